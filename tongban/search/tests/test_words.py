from __future__ import annotations

import pytest

from tongban.search.rules import words


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
    assert words.terms(text) == terms


@pytest.mark.parametrize(
    ("query", "core"),
    [
        ("我要开个小旅馆怎么办", "开 小旅馆"), ("怎么办理营业执照", "营业执照"), ("开个农家乐", "开 农家乐"), ("开家政公司", "开家政公司"),
        ("注册个体户", "注册个体户"), ("怎么办", "怎么办"), ("yyzz", "yyzz"),
    ],
)  # fmt: skip
def test_words_of_asking_are_left_out_unless_nothing_else_is_said(query: str, core: str) -> None:
    assert words.core(query) == core


@pytest.mark.parametrize(
    ("query", "matter"), [("办证", "证"), ("我想申请补贴", "补贴"), ("办", "办"), ("领养老金", "养老金")]
)
def test_verb_is_no_matter(query: str, matter: str) -> None:
    assert words.matter(query) == matter


def test_title_is_found_by_its_initials_and_its_pinyin() -> None:
    found = words.index_terms("办理营业执照", ["特行证", "一句很长的说明文字不会有拼音的"])
    assert {"yyzz", "yingyezhizhao", "txz"} <= set(found.split())
    assert "yjhcdsmwzbhypyd" not in found


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("我想开民宿", "民宿"), ("公司的名字想改一下", "公司 改"), ("ＳＣ证要不要", "SC证"),
    ],
)  # fmt: skip
def test_word_of_a_group_that_is_said_means_the_others(query: str, word: str) -> None:
    said = words.said(query, [(word, "目录里的词", "另 一部分")])
    assert said.meant == (words.Meant(word, ("目录里的词",)),)


@pytest.mark.parametrize("query", ["公司要搬", "改一下", "造飞船"])
def test_word_with_a_blank_counts_only_when_all_its_parts_are_said(query: str) -> None:
    assert words.said(query, [("公司 改", "企业变更")]).meant == ()


def test_word_inside_a_longer_one_that_counts_says_nothing_of_its_own() -> None:
    said = words.said("补社保卡", [("社保", "参保"), ("社保卡", "卡片")])
    assert [meant.said for meant in said.meant] == ["社保卡"]


def test_syllables_typed_apart_are_one_run() -> None:
    assert words.said("ying ye zhi zhao", []).letters == ("yingyezhizhao",)
    assert words.said("ID 卡", []).letters == ("id",)
    assert words.said("a", []).letters == ()


@pytest.mark.parametrize(("query", "character"), [("办证", "证"), ("a", ""), ("补贴", "")])
def test_one_character_that_is_left_is_told(query: str, character: str) -> None:
    assert words.said(query, []).character == character


@pytest.mark.parametrize(
    ("typed", "folded"), [("zhizhao", "zizao"), ("shengchan", "sencan"), ("lüguan", "lvguan"), ("yingye", "yinye")]
)
def test_sounds_that_people_mix_up_are_one(typed: str, folded: str) -> None:
    assert words.folded(typed) == folded


def test_long_query_is_cut() -> None:
    said = words.said("一二三四五六七八九十" * 100, [])
    assert len(said.terms) <= 40
    assert len(said.text) == 100
