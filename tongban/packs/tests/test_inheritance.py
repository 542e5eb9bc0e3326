from __future__ import annotations

import re
from pathlib import Path

import pytest

from tongban.packs.adapters import folder
from tongban.packs.tests.factories import PACKS, XIANGXI, change, copy_of_pack

ALLOWANCE, COMMON = "items/old-age-allowance.yaml", "../common/items/old-age-allowance.yaml"
WORDS = "../common/vocabulary/village-life.yaml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    pack = copy_of_pack(tmp_path, XIANGXI)
    (pack / "generate.yaml").unlink()  # Nothing here is about generated rows, or about more than two items.
    for path in (*pack.glob("items/*.yaml"), *pack.glob("themes/*.yaml"), *pack.glob("../common/items/*.yaml")):
        if path.stem not in ("old-age-allowance", "elderly-card"):
            path.unlink()
    return pack


def read(pack: Path) -> list[tuple[str, int, str]]:
    return [(f.file, f.line, f.rule) for f in folder.read(pack)[1]]


def line_of(pack: Path, name: str, words: str) -> int:
    text = (pack / name).read_text("utf-8")
    return text[: text.index(words)].count("\n") + 1


def test_value_that_is_wrong_in_the_common_body_is_found_there(pack: Path) -> None:
    line = change(pack, COMMON, "promised_days: 7", "promised_days: 70")
    assert read(pack) == [(COMMON, line, "1.5-8")]


def test_value_that_is_wrong_in_the_place_s_own_file_is_found_there(pack: Path) -> None:
    line = change(pack, ALLOWANCE, 'level: "6"', 'level: "6"\npromised_days: 70') + 1
    assert read(pack) == [(ALLOWANCE, line, "1.5-8")]


def test_place_that_mends_a_wrong_common_value_has_nothing_wrong(pack: Path) -> None:
    change(pack, COMMON, "promised_days: 7", "promised_days: 70")
    change(pack, ALLOWANCE, 'level: "6"', 'level: "6"\npromised_days: 7')
    assert read(pack) == []


def test_value_that_neither_says_is_missed_in_the_place_s_own_file(pack: Path) -> None:
    change(pack, ALLOWANCE, "org: county-civil-affairs\n", "")
    change(pack, COMMON, "summary: ", "# summary: ")
    assert sorted(read(pack)) == [(ALLOWANCE, 1, "missing"), (ALLOWANCE, 1, "missing")]


def test_lists_of_the_place_replace_the_common_ones_whole(pack: Path) -> None:
    change(pack, ALLOWANCE, 'level: "6"', 'level: "6"\nconditions:\n  - 户籍在湘西州')
    item = folder.read(pack)[0].items["old-age-allowance"].spec
    assert item.conditions == ("户籍在湘西州",)
    assert "老人补贴" in item.keywords


BROKEN = [
    (ALLOWANCE, "inherits: old-age-allowance", "inherits: no-such-item", ALLOWANCE, "inherits"),
    (ALLOWANCE, "inherits: old-age-allowance", "inherits: ../honghu/items/bank-account", ALLOWANCE, "inherits"),
    (ALLOWANCE, "inherits: old-age-allowance", "inherits: [old-age-allowance]", ALLOWANCE, "inherits"),
    (ALLOWANCE, "inherits: old-age-allowance\n", "inherits: old-age-allowance\nsumary: 别字\n", ALLOWANCE, "unknown"),
    (ALLOWANCE, "code: old-age-allowance", "code: old-age", ALLOWANCE, "file-name"),
    (COMMON, "code: old-age-allowance", "code: old-age-allowance\ninherits: elderly-card", COMMON, "inherits"),
    (COMMON, "code: old-age-allowance", "code: old-age", COMMON, "file-name"),
    (COMMON, "summary: ", "sumary: ", COMMON, "unknown"),
    (COMMON, "summary: ", "summary ", COMMON, "yaml"),
    (WORDS, "kind: integer, section: family, min: 1, max: 30", "kind: whole, section: family, min: 1, max: 30", WORDS, "choice"),
    (WORDS, "elements:", "windows:\n  - {code: x}\nelements:", WORDS, "common"),
    (WORDS, "code: household-members", "code: household-size", WORDS, "code-twice"),
    ("pack.yaml", "common: common", "common: ../../etc", "pack.yaml", "common"),
    ("pack.yaml", "common: common", "common: elsewhere", "pack.yaml", "common"),
    ("pack.yaml", "common: common", "common: pack", "pack.yaml", "common"),
    ("pack.yaml", "common: common", "common: [common]", "pack.yaml", "common"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "file", "rule"), BROKEN, ids=[f"{n}-{row[4]}" for n, row in enumerate(BROKEN)]
)
def test_broken_inheritance_is_found_in_the_file_and_on_the_line_of_the_fault(
    pack: Path, name: str, old: str, new: str, file: str, rule: str
) -> None:
    line = change(pack, name, old, new)
    found = [row for row in folder.read(pack)[1] if (row.file, row.rule) == (file, rule)]
    assert found, read(pack)[:5]
    assert abs(found[0].line - line) <= 1, (found[0], line)
    assert any("\u4e00" <= ch <= "\u9fff" for ch in found[0].remedy)


def test_broken_common_body_is_told_once_and_not_by_each_who_inherits_it(pack: Path) -> None:
    line = change(pack, COMMON, "summary: ", "summary ")
    assert read(pack) == [(COMMON, line + 1, "yaml")]  # The line on which the reader stops.


def test_folder_that_is_a_link_is_not_shared(pack: Path) -> None:
    (pack.parent / "linked").symlink_to(pack.parent / "common")
    line = change(pack, "pack.yaml", "common: common", "common: linked")
    assert read(pack) == [("pack.yaml", line, "common")]  # Told once, not by each item that inherits.


def test_link_inside_the_shared_folder_is_not_read(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("code: outside", "utf-8")
    (pack.parent / "common" / "items" / "outside.yaml").symlink_to(tmp_path / "outside.yaml")
    assert read(pack) == [("../common/items/outside.yaml", 1, "link")]


def test_items_cannot_inherit_where_the_pack_shares_nothing(pack: Path) -> None:
    change(pack, "pack.yaml", "common: common\n", "")
    found = folder.read(pack)[1]
    assert {row.rule for row in found} == {"inherits"}
    assert line_of(pack, ALLOWANCE, "inherits") in {row.line for row in found if row.file == ALLOWANCE}


def test_place_says_a_common_word_otherwise_and_it_stays_where_it_stood(pack: Path) -> None:
    own = """elements:
  - {code: household-size, name: 家里几口人, kind: integer, section: family}
  - {code: own-word, name: 土话, kind: text, section: family}
"""
    before = folder.read(pack)[0].elements
    (pack / "vocabulary").mkdir(exist_ok=True)
    (pack / "vocabulary" / "village-life.yaml").write_text(own, "utf-8")
    after = folder.read(pack)[0].elements
    said, was = after["household-size"], before["household-size"]
    assert (said.spec.name, said.file, said.position) == ("家里几口人", was.file, was.position)
    last = max(row.position for row in before.values() if row.file == was.file)
    assert (after["own-word"].file, after["own-word"].position) == (was.file, last + 1)


def test_word_that_a_place_says_twice_is_refused(pack: Path) -> None:
    own = "elements:\n" + "  - {code: household-size, name: 家里几口人, kind: integer, section: family}\n" * 2
    (pack / "words.yaml").write_text(own, "utf-8")
    assert read(pack) == [("words.yaml", 3, "code-twice")]


def test_every_common_body_is_inherited_by_some_place() -> None:
    bodies = {path.stem for path in (PACKS / "common" / "items").glob("*.yaml")}
    files = [path for place in PACKS.iterdir() if place.name != "common" for path in place.glob("items/*.yaml")]
    asked = [re.search(r"^inherits: (\S+)", path.read_text("utf-8"), re.MULTILINE) for path in files]
    assert bodies == {found[1] for found in asked if found}
