"""Find the table in a plain text, whatever became of its ruling."""

from __future__ import annotations

import re

from tongban.gazette.rules import boxes, columns, noise, streams, tabbed
from tongban.gazette.rules.shapes import HARD, Document, Kind

# A cell pasted from a spreadsheet keeps its line breaks inside quotes.
_QUOTED = re.compile(r'(?<![^\t\n])"((?:[^"\t]|"")*\n(?:[^"\t]|"")*)"(?![^\t\n])')


def read(text: str, kind: Kind) -> Document | None:
    """Return the text as prose and tables, or None when it holds no table of this kind."""
    lines = noise.lines(_QUOTED.sub(_unquoted, text))
    for cut in (tabbed.read, streams.read, boxes.read, columns.read, streams.read_lines):
        document = cut(lines, kind)
        if document:
            return document
    return None


def _unquoted(found: re.Match[str]) -> str:
    return found[1].replace('""', '"').replace("\n", HARD)
