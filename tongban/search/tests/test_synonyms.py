from __future__ import annotations

import pytest

from tongban.rules.errors import Invalid
from tongban.search.rules import synonyms
from tongban.search.rules.synonyms import Group, Row

PACK = [Row("pack", ("执照", "营业执照")), Row("pack", ("执照", "驾照"))]


def test_words_of_the_desk_join_the_group_of_the_pack_that_holds_their_word() -> None:
    rows = [*PACK, Row("desk", ("牌照",), joins="驾照"), Row("desk", ("蛐蛐", "蟋蟀"))]
    assert synonyms.groups(rows) == [
        Group(("执照", "营业执照"), (), False), Group(("执照", "驾照"), ("牌照",), False), Group((), ("蛐蛐", "蟋蟀"), False),
    ]  # fmt: skip


def test_words_of_the_desk_stay_with_their_word_when_the_pack_drops_the_group() -> None:
    assert synonyms.in_force([Row("desk", ("牌照",), joins="驾照")]) == [("牌照", "驾照")]


def test_group_that_is_switched_off_does_not_count() -> None:
    rows = [*PACK, Row("off", ("执照", "驾照"))]
    assert synonyms.in_force(rows) == [("执照", "营业执照")]
    assert [group.is_off for group in synonyms.groups(rows)] == [False, True]


def test_words_hold_on_to_a_group_by_a_word_that_no_earlier_group_has() -> None:
    packs = [row.words for row in PACK]
    assert [synonyms.anchor(group, packs) for group in packs] == ["执照", "驾照"]
    assert synonyms.anchor(("执照",), [*packs, ("执照",)]) == "执照"


@pytest.mark.parametrize(
    ("row", "is_done"),
    [
        (Row("desk", ("牌照",), "驾照"), False), (Row("desk", ("执照",), "驾照"), True), (Row("desk", ("蛐蛐", "蟋蟀")), False),
        (Row("off", ("执照", "驾照")), False), (Row("off", ("执照", "旧词")), True),
    ],
)  # fmt: skip
def test_row_is_done_when_the_pack_says_the_same(row: Row, is_done: bool) -> None:
    assert synonyms.is_in_pack(row, [each.words for each in PACK]) == is_done


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("蛐蛐、蟋蟀", ("蛐蛐", "蟋蟀")), (" 蛐蛐 ，\n蟋蟀;蛐蛐|SC证 ", ("蛐蛐", "蟋蟀", "sc证")), ("公司   改名", ("公司 改名",)),
    ],
)  # fmt: skip
def test_words_are_read_as_an_editor_writes_them(text: str, found: tuple[str, ...]) -> None:
    assert synonyms.read(text) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "至少一个词"), ("、，", "至少一个词"), ("证", "只有一个字"), ("蛐" * 31, "太长"), ("？？", "没有文字"),
        ("、".join(f"词语{n}" for n in range(61)), "最多 60"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_used_are_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(Invalid) as refusal:
        synonyms.read(text)
    assert says in refusal.value.fields["words"]


def test_key_changes_with_the_words() -> None:
    assert Group(("甲",), (), False).key != Group(("甲",), ("乙",), False).key
