"""Decision tables in a pack are checked against what cases know, applied, and exported again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from tongban.core.actor import Actor
from tongban.decisions import queries
from tongban.packs import services as packs

PACK = Path(__file__).resolve().parents[2] / "packs" / "honghu"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(PACK.parent / "common", tmp_path / "common")
    return Path(shutil.copytree(PACK, tmp_path / "honghu"))


def changed(folder: Path, old: str, new: str) -> list[tuple[str, str, int]]:
    path = folder / "decisions.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return [(finding.file, finding.rule, finding.line) for finding in packs.check(folder)]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("name: employed-on", "name: unheard-of", "decision-fact"), ("type: date}", "type: number}", "decision-fact"),
        ('"seeking"\', \'-\'', '"looking"\', \'-\'', "decision-unknown"),
        ("org: human-resources", "org: nobody", "org"),
        ("< date", "<= date", "decision-overlap"), ("hit: UNIQUE", "hit: ANY", "choice"),
    ],
)  # fmt: skip
def test_table_that_does_not_fit_the_place_is_a_finding_with_its_line(
    folder: Path, old: str, new: str, rule: str
) -> None:
    found = changed(folder, old, new)
    assert found
    assert {(file, said) for file, said, _ in found} >= {("decisions.yaml", rule)}
    assert all(line > 1 for _, _, line in found)


@pytest.mark.django_db
@pytest.mark.usefixtures("honghu", "own_caches")
def test_changed_table_is_planned_applied_and_exported(folder: Path, tmp_path: Path) -> None:
    assert packs.plan(folder).is_empty
    assert changed(folder, "备案信息齐全的当场备案", "信息齐全的当场备案") == []
    assert packs.plan(folder).change == ("decision/prepacked-food-instant",)
    packs.apply(folder, by=Actor.system("测试"))
    assert queries.table("honghu", "prepacked-food-instant").version == 2
    packs.export("honghu", tmp_path / "out")
    rows = yaml.safe_load((tmp_path / "out" / "decisions.yaml").read_text("utf-8"))["decisions"]
    assert [row["code"] for row in rows] == ["employment-registration-instant", "prepacked-food-instant"]
    assert packs.plan(tmp_path / "out").is_empty
