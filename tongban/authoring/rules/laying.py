"""What a line says laid over the body of an item, and a body said as the cells of a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongban.authoring.rules import columns, lines
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.parts import SPECIAL_WORDS, MaterialUse

Body = dict[str, Any]
# Before and after the steps of an item there always are these.
_NO_STEPS = {
    "受理",
    "收件",
    "申请",
    "接件",
    "收件受理",
    "申请受理",
    "受理申请",
    "送达",
    "办结",
    "发证",
    "领证",
    "归档",
    "取件",
    "开始",
    "结束",
}
# What several cells of the same words say in other ways: where they say what stands there already, it stays as it is.
_WORDED = ("text", "area", "names", "sentences", "laws", "questions", "steps", "special", "old")
_DEFAULTS = {key: field.default for key, field in ItemSpec.model_fields.items() if not field.is_required()}
_MATERIAL_DEFAULTS = {key: field.default for key, field in MaterialUse.model_fields.items() if not field.is_required()}


def laid(body: Mapping[str, Any], values: Mapping[str, Any], *, usual: Mapping[str, Any] | None = None) -> Body:
    """Return a body with what a line says; what it does not say stays, and so does what it says already.

    `usual` is what counts where a body says nothing, besides the defaults of an item.
    """
    found = dict(body)
    for key, value in values.items():
        if key.startswith(("@", "m.")) or key == "code":
            continue
        if key == "fee":
            found.pop("fee", None)
        elif not _is_said(key, value, body, usual or {}):
            _put(found, key, value)
    return found


def _is_said(key: str, value: Any, body: Mapping[str, Any], usual: Mapping[str, Any]) -> bool:
    held = inner(body, key)
    if held is None:
        return bool(_plain({**_DEFAULTS, **usual}.get(key)) == value)
    if (
        isinstance(value, list)
        and isinstance(held, list)
        and all(isinstance(each, str) for each in (*value, *held))
        and set(value) == set(held)
    ):
        return True
    return columns.BY_KEY[key].kind in _WORDED and bool(lines.reread(key, shown(key, body)) == value)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def inner(body: Mapping[str, Any], key: str) -> Any:
    """Return what a body holds under a key ("fee.standard" a part of one); None where it holds nothing."""
    first, _, rest = key.partition(".")
    held = body.get(first)
    if rest:
        held = held.get(rest) if isinstance(held, Mapping) else None
    return None if held in ("", []) else held


def _put(body: Body, key: str, value: Any) -> None:
    first, _, rest = key.partition(".")
    if rest:
        held = body.get(first)
        body[first] = {**(held if isinstance(held, Mapping) else {}), rest: value}
    elif key == "steps":
        rows = [name for name in value if name not in _NO_STEPS] or list(value)
        body[key] = _over(body.get(key), "name", [{"code": f"s{n}", "name": name} for n, name in enumerate(rows, 1)])
        _number(body[key])
    elif key == "special":
        body[key] = _over(body.get(key), "kind", [{"kind": kind} for kind in value])
    elif key == "materials":
        body[key] = _joined(body.get(key), [{"type": kind} for kind in value])
    elif key == "basis":
        body[key] = _over(body.get(key), "law", value)
    else:
        body[key] = value


def _rows(held: object) -> list[Body]:
    return [row for row in held if isinstance(row, dict)] if isinstance(held, list) else []


def _over(held: object, name: str, rows: Sequence[Body]) -> list[Body]:
    """Return rows with what the held row of the same name says besides; held rows that are not named go."""
    known = {row.get(name): row for row in _rows(held)}
    return [
        {**row, **known.get(row.get(name), {})} if name != "law" else {**known.get(row.get(name), {}), **row}
        for row in rows
    ]


def _number(steps: list[Body]) -> None:
    used: set[str] = set()
    for step in steps:
        code, n = str(step["code"]), 0
        while code in used:
            n += 1
            code = f"s{len(steps) + n}"
        step["code"] = code
        used.add(code)


def _joined(held: object, rows: Sequence[Body]) -> list[Body]:
    """Return the held materials, and those that they lack."""
    known = _rows(held)
    return [*known, *(row for row in rows if row["type"] not in {each.get("type") for each in known})]


def with_material(body: Mapping[str, Any], values: Mapping[str, Any]) -> Body:
    """Return a body with one material as a line says it; the other materials stay."""
    said: Body = {}
    for key, value in values.items():
        if key.startswith("m.") and key not in ("m.item", "m.item_name", "m.org"):
            first, _, rest = key[2:].partition(".")
            said[first] = {**said.get(first, {}), rest: value} if rest else value
    if said.get("necessity") in ("required", "optional"):
        said.pop("defer_days", None)
    rows = _rows(body.get("materials"))
    held = next((row for row in rows if row.get("type") == said["type"]), None)
    said = {key: value for key, value in said.items() if key in (held or {}) or _MATERIAL_DEFAULTS.get(key) != value}
    if held is None:
        return {**body, "materials": [*rows, said]}
    return {**body, "materials": [{**row, **said} if row is held else row for row in rows]}


def shown(key: str, body: Mapping[str, Any]) -> str:
    """Return what a cell of a column says of a body, so that reading it gives the same."""
    column, value = columns.BY_KEY[key], inner(body, key)
    if key == "@is_fee":
        return "是" if body.get("fee") else "否"
    if value is None:
        return ""
    match column.kind:
        case "choice" | "depth":
            return column.options.get(str(value), str(value))
        case "multi" | "names" | "old":
            return "、".join(column.options.get(str(each), str(each)) for each in value)
        case "sentences":
            return "\n".join(map(str, value))
        case "steps" | "special" | "laws" | "questions":
            return _rows_shown(column.kind, _rows(value))
        case "yes":
            return "是" if value else "否"
        case "yuan":
            return f"{value / 100:.2f}"
        case _:
            return str(value)


def _rows_shown(kind: str, rows: Sequence[Body]) -> str:
    match kind:
        case "steps":
            return "、".join(str(row.get("name", "")) for row in rows)
        case "special":
            return "、".join(SPECIAL_WORDS.get(str(row.get("kind", "")), "") for row in rows)
        case "laws":
            return "\n".join(f"{_titled(str(row.get('law', '')))}{row.get('article', '')}" for row in rows)
        case _:
            return "\n".join(f"问：{row.get('ask', '')}\n答：{row.get('answer', '')}" for row in rows)


def _titled(law: str) -> str:
    return law if "《" in law else f"《{law}》"
