from __future__ import annotations

import pytest

from tongban.cases.rules.asking import askable, named
from tongban.cases.rules.plan import Plan
from tongban.cases.tests.factories import FIRE, LICENCE, plan
from tongban.rules.errors import Invalid

Row = dict[str, str]


@pytest.fixture
def hotel(honghu: str) -> Plan:
    return plan({LICENCE: (), FIRE: (LICENCE,)})


def row(remark: str, code: str = "premises-name", kind: str = "field") -> Row:
    return {"kind": kind, "code": code, "remark": remark}


def test_only_what_the_item_itself_demands_can_be_asked_for(hotel: Plan) -> None:
    assert {kind for kind, _ in askable(hotel, LICENCE)} == {"field", "material"}
    for code in (LICENCE, FIRE):
        item = hotel.item_of(code)
        wanted = {("field", e) for e in item.fields} | {("material", m) for m in item.materials}
        assert askable(hotel, code).keys() == wanted


def test_rows_of_a_notice_carry_the_names_and_no_outer_blanks(hotel: Plan) -> None:
    (told,) = named(hotel, LICENCE, [row(" 和执照一致 ")])
    assert told == row("和执照一致") | {"name": askable(hotel, LICENCE)["field", "premises-name"]}


@pytest.mark.parametrize(
    ("asked", "key", "words"),
    [
        (row("写清楚", "number-of-moons"), "field:number-of-moons", "没有要求“number-of-moons”"),
        (row("写清楚", kind="paper"), "paper:premises-name", "没有要求"),
        (row(" 改 "), "field:premises-name", "2 至 200 个字"),
        (row("改" * 201), "field:premises-name", "2 至 200 个字"),
        (row("请改\U0001f600"), "field:premises-name", "表情符号"),
    ],
)
def test_row_that_asks_for_nothing_or_says_nothing_is_refused(hotel: Plan, asked: Row, key: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        named(hotel, LICENCE, [row("和门牌一致", "premises-address"), asked])
    assert list(refusal.value.fields) == [key]
    assert words in refusal.value.fields[key]


def test_notice_that_asks_for_nothing_is_refused(hotel: Plan) -> None:
    with pytest.raises(Invalid, match="没有选要补正的内容"):
        named(hotel, LICENCE, [])
