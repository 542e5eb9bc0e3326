from __future__ import annotations

from pathlib import Path

import pytest

from tongban.core.actor import Actor
from tongban.documents import queries
from tongban.packs import services
from tongban.packs.tests.factories import copy_of_pack

pytestmark = pytest.mark.usefixtures("own_caches")
GOOD = """templates:
  - code: place
    name: 全市
    text: |
      #set text(font: "Noto Sans CJK SC")
      全市版式
  - code: market-grant
    name: 准予
    org: market
    kind: grant
    text: 准予
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_pack(tmp_path)


def test_templates_of_a_pack_are_published_and_exported(honghu: str, pack: Path, tmp_path: Path) -> None:
    (pack / "templates.yaml").write_text(GOOD, "utf-8")
    assert services.apply(pack, by=Actor.system()).create == ("template/place", "template/market-grant")
    assert queries.templates(honghu)["place"].spec.text.endswith("全市版式")
    services.export(honghu, tmp_path / "out")
    assert services.plan(tmp_path / "out").is_empty


@pytest.mark.parametrize(
    ("was", "now", "line", "said"),
    [
        ("全市版式", "#nothing", 6, "没有叫“nothing”的变量"),
        ("org: market", "org: nobody", 9, "没有定义机构“nobody”"),
        ("    org: market\n    kind: grant\n", "", 7, "用于同样的文书"),
        ("kind: grant", "kind: letter", 10, ""),
    ],
)
def test_faulty_template_of_a_pack_is_found_at_its_line(pack: Path, was: str, now: str, line: int, said: str) -> None:
    (pack / "templates.yaml").write_text(GOOD.replace(was, now), "utf-8")
    (finding,) = services.check(pack)
    assert (finding.file, finding.line, said in finding.message) == ("templates.yaml", line, True), finding
