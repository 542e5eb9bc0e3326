"""Templates and static files hold nothing that the content policy would refuse. Source: assurance §9, style §3."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "tongban").rglob("templates/**/*.html"))
STATIC = sorted(
    path for path in (ROOT / "tongban").rglob("static/**/*") if path.suffix in (".js", ".css", ".svg", ".html")
)
# Names of vocabularies, never fetched.
NAMESPACES = ("http://www.w3.org/", "https://schema.org/")


def hits(paths: list[Path], pattern: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{n} {line.strip()[:100]}"
        for path in paths
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line, re.IGNORECASE)
    ]


def test_there_are_pages_to_look_at() -> None:
    assert TEMPLATES
    assert STATIC


@pytest.mark.parametrize(
    "pattern",
    [
        r"\sstyle\s*=", r"<style\b", r"\son(click|load|change|submit|input|error|focus|blur|key\w+|mouse\w+)\s*=", r"javascript:",
        r"<script(?![^>]*\bsrc=)",
        r"(?<!\{\{ qr)(?<!\{\{ drawing)\|\s*safe\b",  # a QR is drawn by us, a page of a paper made harmless
        r"autoescape\s+off",
    ],
)  # fmt: skip
def test_no_page_has_inline_style_or_script_or_unescaped_text(pattern: str) -> None:
    assert hits(TEMPLATES, pattern) == []


def test_no_page_and_no_script_names_another_host() -> None:
    foreign = hits([*TEMPLATES, *STATIC], r"(https?:)?//[a-z0-9-]+\.[a-z]")
    assert [hit for hit in foreign if not any(name in hit for name in NAMESPACES)] == []


def test_scripts_do_not_build_code_or_markup_from_text() -> None:
    scripts = [path for path in STATIC if path.suffix == ".js"]
    assert hits(scripts, r"\beval\(|new Function|innerHTML|outerHTML|document\.write|insertAdjacentHTML") == []


def test_forms_that_change_something_carry_the_key() -> None:
    bare = []
    for path in TEMPLATES:
        for form in re.findall(r"<form\b.*?</form>", path.read_text("utf-8"), re.DOTALL | re.IGNORECASE):
            if re.search(r"method=.?post", form, re.IGNORECASE) and "csrf_token" not in form:
                bare.append(f"{path.relative_to(ROOT)}: {form[:80]}")
    assert bare == []
