from __future__ import annotations

import pytest

from tongban.search import rules


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("营业执照", ["营业", "业执", "执照"]),
        ("店", ["店"]),
        ("办ID卡2张", ["办", "id", "卡", "2", "张"]),
        ("ＡＢＣ 酒店", ["abc", "酒店"]),
        ("！？……", []),
        ("", []),
    ],
)
def test_text_becomes_pairs_of_characters_and_latin_words(text: str, terms: list[str]) -> None:
    assert rules.terms(text) == terms


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("我要开个小旅馆怎么办", "旅馆"), ("怎么办理营业执照", "营业"), ("请问医保去哪里缴", "医保"), ("yyzz", "yyzz"),
    ],
)  # fmt: skip
def test_words_of_asking_are_left_out(query: str, wanted: str) -> None:
    found = rules.query_terms(query, [])
    assert wanted in found
    assert "怎么" not in found


def test_query_of_nothing_but_asking_is_still_looked_for() -> None:
    assert rules.query_terms("怎么办", [])


def test_synonyms_bring_their_words() -> None:
    assert "旅馆" in rules.query_terms("民宿", [frozenset({"民宿", "旅馆"})])


def test_title_is_found_by_its_initials_and_its_pinyin() -> None:
    assert {"yyzz", "yingyezhizhao"} <= set(rules.index_terms("营业执照", []).split())


def test_long_query_is_cut() -> None:
    assert len(rules.query_terms("一二三四五六七八九十" * 100, [])) <= 40
