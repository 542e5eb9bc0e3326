from __future__ import annotations

import pytest

from tongban.search.rules import mistakes, words
from tongban.search.rules.mistakes import Mended

BOOK = mistakes.Book(
    [
        "营业执照",
        "旅馆",
        "烟酒行",
        "理发店",
        "社保卡",
        "宠物医院",
        "天然气",
        "公证",
        "SC证",
        "很长很长很长很长很长的一句",
    ]
)
KNOWN = {term for word in BOOK.words for term in words.terms(word)}


def meant(query: str) -> list[str]:
    return [slip.meant for slip in mistakes.mend(query, BOOK, lambda term: term in KNOWN)]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("旅管", "旅馆"), ("开旅管", "旅馆"), ("我想办营业直照", "营业执照"), ("社宝卡", "社保卡"),  # the same sound
        ("营执照", "营业执照"), ("烟行", "烟酒行"), ("宠医院", "宠物医院"),  # one dropped
        ("营营业执照", "营业执照"), ("理发发店", "理发店"),  # one doubled
        ("宠物病院", "宠物医院"),  # another one among four
        ("yinyezhizhao", "营业执照"), ("yingyezhizao", "营业执照"), ("yingyezizhao", "营业执照"),  # sounds mixed up
        ("yingyezhizhoa", "营业执照"), ("ingyezhizhao", "营业执照"), ("yingyezhizhaoo", "营业执照"), ("lvgvan", "旅馆"),  # a letter
    ],
)  # fmt: skip
def test_slip_is_mended(typed: str, word: str) -> None:
    assert word in meant(typed)


@pytest.mark.parametrize(
    "query",
    ["营业执照", "旅馆", "造飞船", "今天天气怎么样", "abcd", "yyzz", "wangba2024", "", "？？"],
)
def test_what_is_no_slip_is_left_alone(query: str) -> None:
    assert meant(query) == []


def test_two_characters_with_nothing_in_common_are_another_word() -> None:
    assert meant("吕管") == []


def test_dropped_character_of_two_is_looked_for_only_where_they_are_all_that_was_said() -> None:
    assert meant("天气") == ["天然气"]
    assert meant("问天气") == []


def test_slip_says_what_was_typed() -> None:
    assert mistakes.mend("我要开旅管", BOOK, lambda term: term in KNOWN)[0] == Mended("旅管", "旅馆")


@pytest.mark.parametrize(
    ("a", "b", "far"),
    [("abc", "abc", 0), ("abc", "abd", 1), ("abc", "acb", 1), ("abc", "ab", 1), ("ab", "xab", 1), ("abc", "cba", 2), ("abcd", "ab", 2),
        ("abc", "axd", 2),
     ("abc", "xy", 2)],
)  # fmt: skip
def test_distance_counts_letters_and_a_swap_once(a: str, b: str, far: int) -> None:
    assert mistakes.distance(a, b) == far


def test_no_more_than_three_ways_to_mend_are_offered() -> None:
    book = mistakes.Book(["旅馆甲乙丙", "旅馆甲乙丁", "旅馆甲乙戊", "旅馆甲乙己", "旅馆甲乙庚"])
    assert len(mistakes.mend("旅馆甲乙辛", book, lambda term: False)) <= mistakes.MOST
