"""Cut a text table whose cells are parted by strokes (| or │), as in Markdown or box drawings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tongban.gazette.rules import heads
from tongban.gazette.rules.shapes import Document, Kind, Row, Table

_STROKES = re.compile(r"[|│┃｜]")
_RULE = re.compile(r"[\s|│┃+┼├┤┌┐└┘┬┴╋┣┫┏┓┗┛┳┻─━═:=-]+")


def read(lines: Sequence[str], kind: Kind) -> Document | None:
    """Return the table of a text with strokes between cells, or None when no line is the head of such a table."""
    rows: list[list[str]] = []
    prose: list[str] = []
    ruled = sum(1 for line in lines if _is_rule(line)) > 2  # a rule between all rows: cells may be broken over lines
    fresh = True
    for line in lines:
        if _is_rule(line):
            fresh = True
        elif not _STROKES.search(line):
            prose.append(line)
            fresh = True
        elif fresh or not ruled:
            rows.append(_cells(line))
            fresh = False
        else:
            rows[-1] = [f"{above}\n{cell}" for above, cell in zip(rows[-1], _cells(line), strict=False)]
    found: list[Row] = [tuple(row) for row in rows]
    if not any(heads.layout(row, kind) for row in found):
        return None
    return Document("\n".join(prose), (Table("表", tuple(found)),))


def _is_rule(line: str) -> bool:
    return bool(line.strip()) and _RULE.fullmatch(line) is not None and re.search(r"[-─━═]{2}", line) is not None


def _cells(line: str) -> list[str]:
    parts = [part.strip() for part in _STROKES.split(line.strip())]
    if parts and not parts[0]:
        parts = parts[1:]
    return parts[:-1] if parts and not parts[-1] else parts
