from __future__ import annotations

import pytest

from tongban.search.rules import weighing, words
from tongban.search.rules.weighing import Text, Why

HOTEL = Text("旅馆业许可", ("特行证", "民宿许可"), "开业前取得公安的许可", 1.0)


def worth(term: str) -> float:
    return 0.0 if term in ("飞船", "造飞") else 2.0


def weigh(query: str, *groups: tuple[str, ...], thing: Text = HOTEL) -> weighing.Weighed:
    return weighing.weigh(thing, words.said(query, groups), worth)


def test_title_counts_more_than_a_name_and_a_name_more_than_the_text() -> None:
    scores = [weigh(query).score for query in ("馆业", "民宿", "公安")]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_rare_term_is_worth_more() -> None:
    assert weighing.rarity(1, 100) > weighing.rarity(50, 100) > 0


def test_heavier_thing_of_the_same_words_comes_first() -> None:
    assert (
        weigh("旅馆业", thing=Text("旅馆业", (), "", 1.6)).score
        > weigh("旅馆业", thing=Text("旅馆业", (), "", 1.0)).score
    )


@pytest.mark.parametrize(
    ("query", "group", "why"),
    [
        ("旅馆业许可", (), Why("words", meant="旅馆业许可")),
        ("特行证", (), Why("words", meant="特行证")),
        ("txz", (), Why("initials", "txz", "特行证")),
        ("texingzheng", (), Why("pinyin", "texingzheng", "特行证")),
        ("texing", (), Why("pinyin", "texing", "特行证")),
        ("客栈", (("客栈", "旅馆业"),), Why("synonym", "客栈", "旅馆业")),
        ("开业", (), Why("words")),
        ("许可证办理", (), Why("words")),
        ("民宿登记", (), Why("words", meant="民宿许可")),
    ],
)
def test_reason_is_told(query: str, group: tuple[tuple[str, ...], ...], why: Why) -> None:
    assert weigh(query, *group).why == why


def test_whole_name_in_letters_is_worth_more_than_its_beginning() -> None:
    assert weigh("texingzheng").score > weigh("texing").score > 0


@pytest.mark.parametrize(
    ("query", "is_good"),
    [("旅馆业", True), ("造飞船民宿", False), ("造飞船", False), ("办证", True), ("开民宿许可", True), ("tx", False)],
)
def test_sure_hit_covers_most_of_what_was_said(query: str, is_good: bool) -> None:
    assert weigh(query).is_good == is_good


def test_name_that_ends_with_the_one_character_is_worth_more() -> None:
    ends = weigh("办证", thing=Text("房产证", (), "", 1.0))
    holds = weigh("办证", thing=Text("证照查询", (), "", 1.0))
    assert ends.score > holds.score > weigh("办证", thing=Text("登记", (), "", 1.0)).score == 0


def test_two_characters_inside_a_longer_name_are_another_word() -> None:
    group = ("宾馆", "酒店")
    assert weigh("宾馆", group, thing=Text("我要经营", ("烟酒店",), "", 1.0)).score == 0
    assert weigh("宾馆", group, thing=Text("我要经营", ("酒店",), "", 1.0)).score > 0


def test_three_characters_inside_a_longer_name_are_the_word() -> None:
    assert weigh("车", ("车", "驾驶证"), thing=Text("补发", ("驾驶证换发",), "", 1.0)).score > 0


def test_what_was_said_and_what_it_was_taken_for_is_marked() -> None:
    said = words.said("办客栈证", [])
    assert weighing.marked(said, Why("synonym", "客栈", "旅馆业")) == ("客栈", "旅馆业", "办客", "栈证")
    assert weighing.marked(words.said("办证", []), Why("words")) == ("办证", "证")
