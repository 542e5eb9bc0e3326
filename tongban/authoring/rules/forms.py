"""The editor of an item as plain forms: how typed text becomes a body and the other way round.

What is typed wrongly stays as typed: the checks say what is wrong with it, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongban.authoring.rules.schema import Column, Input, Sections

CODED = {"steps": "step", "questions": "question"}  # rows that need a code of their own, which nobody types
KEEP = "keep"  # a condition or an order that the form cannot say; it stays as it is


def read(
    inputs: Sequence[Input], sent: Mapping[str, str], many: Mapping[str, Sequence[str]], body: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a body with the elements of a section as typed; `many` holds the ticked boxes. The rest stays."""
    body = dict(body)
    for row in inputs:
        value: Any
        if row.is_list:
            old = body.get(row.key, [])
            value = [_row(row, n, sent, many, old) for n in range(_int(sent.get(f"{row.key}-count", "")) or 0)]
        elif row.columns:
            value = _filled(row.columns, row.key, sent, many, body.get(row.key) or {})
        else:
            value = _value(row.column, row.key, sent, many, body.get(row.key))
        if _is_empty(value) or value == row.column.usual:
            body.pop(row.key, None)
        else:
            body[row.key] = value
    return body


def _is_empty(value: object) -> bool:
    """Return whether nothing was typed; a typed 0 is something."""
    return value is None or value is False or value in ("", [], {})


def _row(row: Input, n: int, sent: Mapping[str, str], many: Mapping[str, Sequence[str]], old: object) -> dict[str, Any]:
    was = _int(sent.get(f"{row.key}-{n}-was", ""))
    before = (
        old[was] if isinstance(old, list) and was is not None and was < len(old) and isinstance(old[was], dict) else {}
    )
    value = _filled(row.columns, f"{row.key}-{n}", sent, many, before)
    if row.key in CODED and "code" not in value:
        taken = {each.get("code") for each in old if isinstance(each, dict)} if isinstance(old, list) else set()
        value["code"] = next(code for code in (f"{CODED[row.key]}-{k}" for k in range(n + 1, 999)) if code not in taken)
    return value


def _filled(
    columns: Sequence[Column],
    name: str,
    sent: Mapping[str, str],
    many: Mapping[str, Sequence[str]],
    before: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a row as typed over what it was: what the form does not show stays."""
    found = {key: dict(value) if isinstance(value, dict) else value for key, value in before.items()}
    for column in columns:
        head, _, tail = column.key.partition(".")
        value = _value(column, f"{name}-{column.key}", sent, many, before.get(head))
        inner = found.setdefault(head, {}) if tail else found
        is_said = value is False if column.usual is True else column.kind == "after" and value == []
        if value == column.usual or (_is_empty(value) and not is_said):
            inner.pop(tail or head, None)
        else:
            inner[tail or head] = value
        if tail and not inner:
            found.pop(head, None)
    return found


def _value(
    column: Column, name: str, sent: Mapping[str, str], many: Mapping[str, Sequence[str]], before: object
) -> Any:
    text = sent.get(name, "").strip()
    match column.kind:
        case "bool":
            return name in sent
        case "lines":
            return [line.strip() for line in sent.get(name, "").splitlines() if line.strip()]
        case "multi":
            return list(many.get(name, []))
        case "int":
            return _int(text) if _int(text) is not None else text
        case "money":
            return _fen(text)
        case "when":
            element, _, value = text.partition("=")
            return before if text == KEEP else {element: [value]} if value else None
        case "after":
            return before if text == KEEP else [] if text == "none" else [text] if text else None
        case "choices":
            return _choices(sent.get(name, ""), before)
        case _:
            return text


def _choices(text: str, before: object) -> list[dict[str, Any]]:
    """Return the choices of a question from lines of labels: one that is there keeps its value and hint, a new one gets a value."""
    old = [row for row in before if isinstance(row, dict)] if isinstance(before, list) else []
    known = {str(row.get("label")): row for row in old}
    labels = [line.strip() for line in text.splitlines() if line.strip()]
    gone = [row for row in old if str(row.get("label")) not in labels]
    taken = {row.get("value") for row in old}
    found = []
    for n, label in enumerate(labels):
        if label in known:
            found.append(known[label])
        elif gone and len(labels) == len(old):  # As many as before: a label was worded anew.
            found.append({**gone.pop(0), "label": label})
        else:
            value = next(code for code in (f"choice-{k}" for k in range(n + 1, 999)) if code not in taken)
            taken.add(value)
            found.append({"value": value, "label": label})
    return found


def _int(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _fen(text: str) -> int | str:
    yuan, _, cents = text.partition(".")
    if (
        not yuan.isascii()
        or not yuan.isdigit()
        or len(yuan) > 8
        or (cents and not (cents.isascii() and cents.isdigit()))
    ):
        return text
    return int(yuan) * 100 + int((cents + "00")[:2]) if len(cents) <= 2 else text


def acted(sections: Sections, body: Mapping[str, Any], act: str) -> tuple[dict[str, Any], str]:
    """Return a body after a button of a list (add-fields, up-fields-2, down-fields-2, remove-fields-2), and where to look next."""
    verb, _, rest = act.partition("-")
    key, _, number = rest.partition("-")
    body = dict(body)
    lists = {row.key for _, inputs in sections.values() for row in inputs if row.is_list}
    if key not in lists or verb not in ("add", "up", "down", "remove"):
        return body, ""
    rows = list(body.get(key, []))
    n = _int(number) or 0
    if verb == "add":
        rows.append({})
        n = len(rows) - 1
    elif verb == "remove" and n < len(rows):
        rows.pop(n)
        n = max(0, n - 1)
    elif verb in ("up", "down"):
        to = n + (1 if verb == "down" else -1)
        if 0 <= to < len(rows) and n < len(rows):
            rows[n], rows[to] = rows[to], rows[n]
            n = to
    body[key] = rows
    if not rows:
        body.pop(key)
    return body, f"{key}-{n}" if rows else key


def shown(column: Column, value: object) -> str:
    """Return a value as its input shows it; what the body leaves out is the usual."""
    value = column.usual if value is None else value
    match column.kind:
        case "lines":
            return "\n".join(map(str, value)) if isinstance(value, list) else ""
        case "choices":
            return (
                "\n".join(str(row.get("label", "")) for row in value if isinstance(row, dict))
                if isinstance(value, list)
                else ""
            )
        case "money":
            return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else str(value or "")
        case "when":
            pairs = _pairs(value)
            return f"{pairs[0][0]}={pairs[0][1]}" if len(pairs) == 1 else KEEP if value else ""
        case "after":
            if not isinstance(value, list):
                return ""
            return "none" if not value else str(value[0]) if len(value) == 1 else KEEP
        case _:
            return "" if value is None else str(value)


def _pairs(value: object) -> list[tuple[str, str]]:
    """Return a plain condition as pairs of element and accepted value."""
    rows = value.items() if isinstance(value, dict) else ()
    return [
        (str(name), str(each)) for name, accepted in rows for each in (accepted if isinstance(accepted, list) else ())
    ]


def inner(value: object, key: str) -> object:
    """Return what a row holds for a column, one level down for “basis.law”."""
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
