"""How the body of a theme is said in words where two versions of it are held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tongban.authoring.rules.schema import THEME_WORDS
from tongban.catalogue.rules.changed import Codes, Names
from tongban.catalogue.rules.dictionaries import AUDIENCES
from tongban.vocabulary.rules import Choice, Element

PART_WORDS = {
    "item": "事项", "limit_days": "时限（工作日）", "waits_for": "等待", "outside_limit": "不计入联办时限", "why": "为什么问", "choices": "选项",
    "unsure": "“不确定”按", "value": "代码", "label": "名称", "text": "照文件写", "immediate": "即时办结", "excludes": "不含",
    "conditional": "另有时限", "licence_type": "综合许可证", "issuer": "由谁发",
}  # fmt: skip


def theme_names(names: Names, items: Mapping[str, str], *bodies: Mapping[str, Any]) -> Names:
    """Return how bodies of a theme are said: with the names of items, and the items by code; conditions ask its own questions."""
    organisations, licences = names.codes["org", ""], names.codes["result", "licence_type"]
    codes: Codes = {
        ("audience", ""): AUDIENCES, ("lead", ""): organisations, ("responsible", ""): organisations, ("permit", "issuer"): organisations,
        ("permit", "licence_type"): licences, ("members", "item"): items, ("members", "waits_for"): items,
        ("questions", "element"): names.codes["fields", "element"],
    }  # fmt: skip
    asked = {code: element for body in bodies for code, element in _asked(body)}
    return Names(THEME_WORDS, {**names.parts, **PART_WORDS}, codes, asked)


def _asked(body: Mapping[str, Any]) -> Iterable[tuple[str, Element]]:
    """Return the questions of a body by code as what conditions ask about, however incomplete they are."""
    for row in _dicts(body.get("questions")):
        choices = tuple(
            Choice.model_construct(value=str(each.get("value")), label=str(each.get("label") or each.get("value")))
            for each in _dicts(row.get("choices"))
        )
        code = str(row.get("code"))
        yield (
            code,
            Element.model_construct(
                code=code, name=str(row.get("ask") or code), kind="choice", section="", choices=choices
            ),
        )


def _dicts(rows: object) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
