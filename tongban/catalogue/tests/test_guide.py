"""A guide says every element that has a value in people's words, and nothing that is empty."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tongban.catalogue.rules import guide
from tongban.catalogue.rules.item import ItemSpec
from tongban.licences.rules import LicenceType
from tongban.orgs.rules import OrganisationSpec, PlaceSpec
from tongban.rules.conditions import When
from tongban.rules.numbers import demo_uscc
from tongban.vocabulary.rules import Choice, Element, MaterialType

USCC = demo_uscc("11", "421083", 7)
LAW = {"law": "示例法", "article": "第一条"}
KIND = Element(code="kind", name="经营方式", kind="choice", section="main",
               choices=(Choice(value="shop", label="开店"), Choice(value="stall", label="摆摊")))  # fmt: skip
AREA = Element(code="area", name="面积", kind="integer", section="main")
PLAN = MaterialType(code="plan", name="平面图", why="看清出口", issuer="", sample="手画的也行")
DEED = MaterialType(code="deed", name="房产证", issuer="不动产登记中心")
CARD = MaterialType(code="card", name="执照", licence_type="card")
LOOKED_UP = MaterialType(code="looked-up", name="户口", by_check=True, checked_by="公安局")
LICENCE = LicenceType.model_validate(
    {"code": "food", "name": "许可证", "serial": "001", "valid_months": 60,
     "face": [{"key": "holder", "label": "经营者名称", "source": "holder.name"}, {"key": "place", "label": "经营场所", "source": "text:x"}]}
)  # fmt: skip
BARE: dict[str, Any] = {
    "code": "stall", "name": "摆摊登记", "type": "20", "catalog_code": "002000500001", "org": "town", "summary": "登记。", "basis": [LAW],
    "audience": ["person"], "conditions": ["成年"], "promised_days": 0, "fields": [{"element": "kind"}],
    "result": {"kind": "record", "name": "登记"}, "online": ["1"], "ways": ["1"],
}  # fmt: skip


def around(licence: LicenceType | None = None) -> guide.Around:
    organisation = OrganisationSpec(code="town", name="镇", full_name="示例镇人民政府", uscc=USCC, region="421083101000", address="中心街 1 号",
                                    phone="0716-1")  # fmt: skip
    place = PlaceSpec(
        code="place", name="示例市", region="421083000000", host="局", hours="周一至周五", phone="12345", definer=USCC
    )
    kinds = {kind.code: kind for kind in (PLAN, DEED, CARD, LOOKED_UP)}
    return guide.Around(organisation, place, {"kind": KIND, "area": AREA}, kinds, licence)


def item(**more: Any) -> ItemSpec:
    return ItemSpec.model_validate({**BARE, **more})


def told(rows: list[guide.Row]) -> dict[str, str]:
    return {row.label: row.text for row in rows}


def plain(**more: Any) -> dict[str, str]:
    return told(guide.plain_rows(item(**more), around()))


def formal(**more: Any) -> dict[str, str]:
    return told(guide.formal_rows(item(**more), around()))


def only_material(**more: Any) -> guide.Material:
    return guide.materials(item(materials=[{"type": "plan", **more}]), around())[0]


def test_what_is_empty_is_left_out() -> None:
    assert plain() == {"办理机关": "示例镇人民政府", "服务对象": "自然人", "办件类型": guide.ON_THE_SPOT, "办理形式": "窗口办理",
                       "网办深度": "Ⅰ级（信息发布、咨询）"}  # fmt: skip
    assert set(formal()) == {"事项类型", "基本编码", "实施编码", "行使层级", "权力来源", "实施主体性质"}
    assert guide.fee_rows(item(), around()) == []
    assert guide.stops(item()) == [] == guide.variants(item(), around())


@pytest.mark.parametrize(
    ("elements", "label", "text"),
    [
        ({"promised_days": 3}, "办件类型", guide.PROMISED),
        ({"joint_with": ["甲局", "乙局"]}, "联办机构", "甲局、乙局"),
        ({"aliases": ["摆地摊"]}, "也叫", "摆地摊"),
        ({"reach": "3"}, "通办范围", "全市通办"),
        ({"stations": ["township", "village"]}, "基层也能办", "乡镇便民服务中心、村（社区）便民服务站"),
        ({"kiosk": True}, "自助终端", "可以办"),
        ({"in_hall": False}, "不在大厅办", "到办理机关去办"),
        ({"materials": [{"type": "plan", "commitment": "我保证"}, {"type": "deed"}]}, "告知承诺", "平面图"),
        ({"instant": {"table": "t1", "mode": "live"}}, "系统当场决定", "符合条件的，提交后系统马上决定"),
        ({"on_timeout": {"document": "示例文件", "quote": "默认"}}, "超时默认", "到期没有决定的，按同意办（示例文件）"),
    ],
)  # fmt: skip
def test_the_basic_information_tells_what_is_set(elements: dict[str, Any], label: str, text: str) -> None:
    assert label not in plain() or label == "办件类型"
    assert plain(**elements)[label] == text


def test_a_table_that_only_watches_and_an_outside_body_promise_nothing() -> None:
    assert "系统当场决定" not in plain(instant={"table": "t1", "mode": "shadow"})
    assert {"办件类型", "网办深度", "不在大厅办"}.isdisjoint(plain(tracked_only=True, in_hall=False))


@pytest.mark.parametrize(
    ("elements", "label", "text"),
    [
        ({}, "实施编码", f"{USCC}5002000500001"),
        ({"level": "4"}, "行使层级", "县级"),
        ({}, "行使层级", "镇（乡、街道）级"),
        ({"power_source": "5"}, "权力来源", "上级委托"),
        ({"body": "3", "entrusted_by": "市局"}, "委托部门", "市局"),
        ({"guided_by": "部"}, "业务指导部门", "部"),
        ({"old_codes": ["1234567890"]}, "旧编码", "1234567890"),
        ({"person_topics": ["030"]}, "个人办事主题", "就业创业"),
        ({"firm_topics": ["010"]}, "法人办事主题", "准营准办"),
        ({"ways": ["2"], "online": ["2", "4"]}, "网上能做的", "互联网收件、互联网受理"),
        ({"from_on": "2027-01-02"}, "计划生效", "2027-01-02"),
        ({"until_on": "2027-01-03"}, "计划取消", "2027-01-03"),
        ({"long_limit": "示例法"}, "长于 20 日的依据", "示例法"),
        ({"safety": True}, "公共安全", "涉及公共安全、人身健康，不适用超时默认"),
        ({"local": [{"element": "name", "reason": "习惯叫法"}]}, "与上级目录不同", "事项名称：习惯叫法"),
        ({"baseline": {"steps": 4, "materials": 3, "days": 7, "visits": 2, "document": "旧指南"}}, "改革以前",
         "4 个环节、3 份材料、7 个工作日、跑 2 次（旧指南）"),
    ],
)  # fmt: skip
def test_the_entry_in_the_directory_is_told_in_words(elements: dict[str, Any], label: str, text: str) -> None:
    assert formal(**elements)[label] == text


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (None, ""),
        ({"kind": ["shop", "stall"]}, "“经营方式”是“开店”或“摆摊”"),
        ([{"kind": ["shop"], "area": ["9"]}, {"kind": ["stall"]}], "“经营方式”是“开店”、“面积”是“9”，或者“经营方式”是“摆摊”"),
        ({"kind": ["shop"], "nobody-knows": ["x"]}, ""),
    ],
)  # fmt: skip
def test_a_condition_is_said_with_the_words_of_its_fields(when: When, words: str) -> None:
    assert guide.when_words(when, around().elements) == words


def test_what_is_to_come_is_told_before_it_comes() -> None:
    spec = item(suspended={"since": "2027-01-05", "words": "升级"}, until_on="2027-02-01")
    assert guide.coming(spec, date(2027, 1, 4)) == [
        "从 2027-01-05 起暂停办理：升级",
        "到 2027-02-01 取消，之后不再受理",
    ]
    assert guide.coming(spec, date(2027, 1, 5)) == ["到 2027-02-01 取消，之后不再受理"], (
        "what has begun is a notice of its own"
    )
    assert guide.coming(spec, date(2027, 2, 1)) == [] == guide.coming(item(), date(2027, 1, 1))


def test_granules_carry_their_code_and_condition() -> None:
    rows = guide.variants(item(variants=[{"code": "02", "name": "店里摆", "when": {"kind": ["shop"]}}]), around())
    assert [(row.label, row.text, row.hint) for row in rows] == [
        ("店里摆", f"{USCC}500200050000102", "“经营方式”是“开店”")
    ]


@pytest.mark.parametrize(
    ("kind", "more", "source"),
    [
        ("looked-up", {}, "公安局核验，不用交"),
        ("card", {}, "有电子证照的不用交"),
        ("deed", {"source": "government"}, "不动产登记中心"),
        ("plan", {"source": "government"}, "政府部门核发"),
        ("plan", {"source": "other"}, "第三方出具"),
        ("plan", {}, "自备"),
        ("no-such", {}, "自备"),
    ],
)  # fmt: skip
def test_a_material_says_where_it_is_from(kind: str, more: dict[str, Any], source: str) -> None:
    found = only_material(**{"type": kind, **more})
    assert found.source == source
    assert found.is_free == (kind == "looked-up")
    assert found.name == {"looked-up": "户口", "card": "执照", "deed": "房产证", "plan": "平面图"}.get(kind, "no-such")


@pytest.mark.parametrize(
    ("more", "demand"),
    [
        ({}, "必要"),
        ({"necessity": "optional"}, "可以不交"),
        ({"commitment": "我保证"}, "必要；可签承诺书代替"),
        ({"necessity": "deferrable", "defer_days": 5}, "可后补（容缺）：先受理，5 个工作日内补交；过期不补，这一件就终止"),
        ({"necessity": "deferrable", "defer_days": 5, "defer_lapse": "refuse"}, "可后补（容缺）：先受理，5 个工作日内补交；过期不补，按不予办理处理"),
    ],
)  # fmt: skip
def test_a_material_says_how_necessary_it_is(more: dict[str, Any], demand: str) -> None:
    assert only_material(**more).demand == demand


@pytest.mark.parametrize(
    ("more", "form"),
    [({}, "电子件"), ({"copies": 2}, "电子件 2 份"), ({"form": "copy"}, "复印件 1 份"), ({"form": "original", "copies": 3}, "原件 3 份")],
)  # fmt: skip
def test_a_material_says_its_form_and_copies(more: dict[str, Any], form: str) -> None:
    assert only_material(**more).form == form


def test_a_material_says_everything_else_that_is_known() -> None:
    found = only_material(when={"kind": ["shop"]}, accept_rule="清楚", note="签字", basis=LAW, commitment="我保证")
    assert told(list(found.notes)) == {
        "什么时候要": "“经营方式”是“开店”", "受理标准": "清楚", "填报须知": "签字", "样例": "手画的也行", "可以签承诺书代替": "我保证",
        "要这份材料的依据": "《示例法》第一条",
    }  # fmt: skip
    assert found.why == "看清出口"
    unsaid = only_material(when={"nobody-knows": ["x"]})
    assert told(list(unsaid.notes))["什么时候要"] == "看情况，填表时会告诉你要不要"


def test_steps_say_their_days_who_comes_and_what_goes_on_beside() -> None:
    rows = guide.steps(item(steps=[
        {"code": "look", "name": "看", "days": 2, "on_site": True}, {"code": "read", "name": "读", "days": 0, "after": []},
        {"code": "end", "name": "定", "days": 1},
    ]))  # fmt: skip
    assert [(row.name, row.days, row.hint) for row in rows] == [
        ("看", "2 个工作日", "上门查看"), ("读", "当日", "和前一步同时进行"), ("定", "1 个工作日", "")
    ]  # fmt: skip


def test_procedures_say_which_clock_they_stop() -> None:
    spec = item(special=[{"kind": "testing", "days": 10, "basis": LAW}],
                stops=[{"kind": "publicity", "days": 7, "basis": LAW, "quote": "公示"}])  # fmt: skip
    assert told(guide.stops(spec)) == {
        "检测": "最多 10 个工作日，不算在办理时限里", "公示": "最多 7 个工作日，承诺时限暂停，法定时限照算"
    }  # fmt: skip
    assert guide.stops(spec)[0].hint == "《示例法》第一条"


def test_a_fee_is_told_to_the_fen() -> None:
    fee = {"standard": "按面积", "basis": "示例文件", "amount_fen": 123456, "when": "before_decision", "refund": "never",
           "others": [{"amount_fen": 50, "when": {"kind": ["stall"]}}]}  # fmt: skip
    assert told(guide.fee_rows(item(fee=fee, pay_online=True), around())) == {
        "标准": "按面积", "金额": "¥1,234.56", "别的金额": "“经营方式”是“摆摊”：¥0.50", "什么时候交": "受理后、作出决定前交", "退不退": "交了不退",
        "怎么交": "可以网上支付", "依据": "示例文件",
    }  # fmt: skip
    assert set(told(guide.fee_rows(item(fee={"standard": "另算", "basis": "文件"}), around()))) == {
        "标准", "什么时候交", "退不退", "依据"
    }  # fmt: skip
    unsaid = {**fee, "others": [{"amount_fen": 50, "when": {"nobody-knows": ["x"]}}]}
    assert told(guide.fee_rows(item(fee=unsaid), around()))["别的金额"] == "特殊情形：¥0.50"


def test_the_result_says_what_stands_in_it() -> None:
    licensed = item(result={"kind": "licence", "name": "许可证", "licence_type": "food"})
    assert told(guide.result_rows(licensed, around(LICENCE))) == {
        "结果名称": "许可证", "形式": "电子证照", "上面写什么": "经营者名称、经营场所", "有效期": "60 个月"
    }  # fmt: skip
    forever = LICENCE.model_copy(update={"valid_months": None})
    assert told(guide.result_rows(licensed, around(forever)))["有效期"] == "长期"
    paper = item(result={"kind": "paper", "name": "通知书", "sample": "经审查……"})
    assert told(guide.result_rows(paper, around())) == {"结果名称": "通知书", "形式": "文书", "样本": "经审查……"}


def test_the_place_falls_back_to_the_body_and_the_hall() -> None:
    assert told(guide.place_rows(item(), around())) == {
        "窗口": "中心街 1 号", "时间": "周一至周五", "咨询电话": "0716-1", "监督投诉电话": "12345"
    }  # fmt: skip
    own = item(address="二楼", hours="周三", traffic="1 路车", phone="1", supervision_phone="2", ways=["1", "2", "4"])
    assert told(guide.place_rows(own, around())) == {
        "网上": "打开这一项的网页，选“在线办理”", "窗口": "二楼", "时间": "周三", "怎么去": "1 路车", "寄材料": "可以用快递寄材料申请",
        "咨询电话": "1", "监督投诉电话": "2",
    }  # fmt: skip
    assert {"窗口", "时间"}.isdisjoint(told(guide.place_rows(item(ways=["2"]), around())))
