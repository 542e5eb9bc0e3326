"""Read an official list from a file: the one call that edges and other apps make."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tongban.gazette.adapters import files
from tongban.gazette.rules import tasks, themes
from tongban.gazette.rules.shapes import Kind, Reading


def read(path: Path, kind: Kind, *, year: int | None = None, names: Iterable[str] = ()) -> Reading:
    """Return the rows of a list (.txt, .docx, .xlsx, .pdf) and the findings.

    `year` completes deadlines without a year, `names` are known unit names. Raises Refused when the file cannot be
    read or holds no list of this kind.
    """
    document = files.document(path)
    if kind is Kind.THEMES:
        return themes.read(document, names=names)
    return tasks.read(document, year=year, names=names)
