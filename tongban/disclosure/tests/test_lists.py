from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tongban.catalogue.tests.factories import spec
from tongban.disclosure.rules import lists
from tongban.disclosure.rules.lists import Around, Entry
from tongban.orgs.rules import OrganisationSpec
from tongban.vocabulary.rules import MaterialType

BODY = OrganisationSpec.model_validate({"code": "police", "name": "公安局", "full_name": "市公安局", "uscc": "11421083MADEMX003P",
                                        "region": "421083000000"})  # fmt: skip
AROUND = Around({"lease": MaterialType(code="lease", name="租赁合同")}, date(2026, 5, 2))
GRANT = {"held_by": "market", "document": "示例赋权〔2025〕1号"}
GRANTED = {"grant": GRANT, "power_source": "3", "from_on": "2026-01-01"}
BASIS = {"law": "某法", "article": "第一条"}


def entry(**more: Any) -> Entry:
    return Entry(spec(**more), 3, date(2026, 5, 1), BODY)


def rows(code: str, *entries: Entry) -> list[tuple[Any, ...]]:
    return [row.cells[2:] for row in lists.drawn(code, entries, AROUND).rows]


def test_catalogue_says_what_each_item_is() -> None:
    (row,) = lists.drawn("items", [entry(ways=["1"], visits=1, online=["4"])], AROUND).rows
    kind = lists.LISTS["items"][0]
    assert (row.item, dict(zip(kind.columns, row.cells, strict=True))) == ("hotel-licence", {
        "事项名称": "旅馆许可", "实施主体": "市公安局", "实施编码": "11421083MADEMX003P4420100005000", "基本编码": "420100005000",
        "事项类型": "行政许可", "行使层级": "县级", "权力来源": "法定本级行使", "服务对象": "法人和其他组织",
        "设定依据": "《旅馆业治安管理办法》第四条",
        "法定时限（工作日）": 20, "承诺时限（工作日）": 10, "办件类型": "承诺件", "到现场次数": 1, "收费": "不收费",
        "网办深度": "Ⅲ级（网上受理办理，最多跑一次）", "状态": "在用", "版本": 3, "公布日期": "2026-05-01"})  # fmt: skip


@pytest.mark.parametrize(
    ("code", "more", "expected"),
    [
        ("commitments", {"materials": [{"type": "lease", "commitment": "我承诺", "check_days": 15}, {"type": "map"}]},
         [("租赁合同", "我承诺", 15)]),
        ("deferrable", {"materials": [{"type": "map", "necessity": "deferrable", "defer_days": 5, "defer_lapse": "refuse"}, {"type": "lease"}]},
         [("map", 5, "不予许可")]),
        ("intermediaries", {"intermediaries": [{"name": "安全评价", "basis": BASIS}]}, [("安全评价", "《某法》第一条")]),
        ("fees", {"fee": {"standard": "每证 10 元", "basis": "某文件", "amount_fen": 1000}, "pay_online": True},
         [("每证 10 元", "10.00", "某文件", "可以")]),
        ("fees", {"fee": {"standard": "按面积", "basis": "某文件"}}, [("按面积", "按具体情况", "某文件", "不可以")]),
        ("across", {"reach": "2"}, [("全省通办", "在用", "2026-05-01")]),
        ("across", {"reach": "2", "from_on": "2026-09-01"}, [("全省通办", "暂停", "2026-09-01")]),
        ("across", {"reach": "1", "prepared": False}, [("全国通办", "编制中", "2026-05-01")]),
        ("instant", {"instant": {"table": "hotel-table", "mode": "live"}}, [("秒批", "决策表自动审批", 0)]),
        ("instant", {"promised_days": 0}, [("即办", "窗口或网上当日办结", 0)]),
        ("instant", {"instant": {"table": "hotel-table", "mode": "shadow"}}, []),
        ("items", {"statutory_days": None}, None),
        *[("grants", {**GRANTED, **more}, [("market", "上级授权", "示例赋权〔2025〕1号", "2026-01-01", *cells)]) for more, cells in (
            ({}, ("有效", "", "", "")), ({"until_on": "2026-05-03"}, ("有效", "2026-05-03", "", "")),
            ({"until_on": "2026-05-02"}, ("已到期", "2026-05-02", "", "")),
            ({"until_on": "2026-05-02", "grant": {**GRANT, "revoked_by": "示例〔2026〕2号", "reason": "承接不了"}},
             ("已收回", "2026-05-02", "示例〔2026〕2号", "承接不了")),
        )],
        *[(code, {}, []) for code in lists.LISTS if code != "items"],
    ],
)  # fmt: skip
def test_list_holds_what_the_items_say(code: str, more: dict[str, Any], expected: list[tuple[Any, ...]] | None) -> None:
    found = rows(code, entry(**more))
    assert found == expected if expected is not None else "没有规定" in found[0]


def test_list_is_dated_by_the_last_publication_and_an_empty_one_has_no_date() -> None:
    later = Entry(entry().item, 4, date(2026, 6, 1), BODY)
    assert lists.drawn("fees", [later, entry()], AROUND).updated_on == date(2026, 6, 1)
    assert lists.drawn("fees", [], AROUND).updated_on is None


def test_every_list_has_as_many_cells_as_columns_and_shows_columns_that_exist() -> None:
    everything = entry(**GRANTED, reach="2", promised_days=0,
                       intermediaries=[{"name": "评价", "basis": BASIS}], fee={"standard": "按件", "basis": "某文件"},
                       materials=[{"type": "lease", "commitment": "我承诺", "necessity": "deferrable", "defer_days": 3}])  # fmt: skip
    for code, (kind, _) in lists.LISTS.items():
        found = lists.drawn(code, [everything], AROUND).rows
        assert [len(row.cells) for row in found] == [len(kind.columns)]
        assert set(kind.shown) <= set(range(len(kind.columns)))


@pytest.mark.parametrize(
    ("query", "found"), [("", 2), ("旅馆许可", 1), ("旅馆许可 公安", 1), ("PET 公安局", 1), ("旅馆 没有", 0)]
)
def test_rows_are_found_by_all_the_words_of_a_query(query: str, found: int) -> None:
    listing = lists.drawn("items", [entry(), entry(code="pet-shop", name="Pet 店许可")], AROUND)
    assert len(lists.matching(listing, query)) == found


def test_code_that_is_no_list_is_refused() -> None:
    with pytest.raises(KeyError):
        lists.drawn("no-such", [], AROUND)


def test_a_grant_of_tomorrow_does_not_hold_yet() -> None:
    (row,) = rows("grants", entry(**{**GRANTED, "from_on": "2026-05-03"}))
    assert row[4] == "还没生效"
