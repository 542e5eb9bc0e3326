"""Read .pdf with a text layer: ruled tables page by page, and the text outside of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from tongban.gazette.adapters import glyphs
from tongban.gazette.rules.shapes import Document, Refused, Row, Table

_REMEDY = "请换成有文字层的 PDF（由 Word 等导出），扫描件请先识别文字（OCR），加密件请先去除密码"
# pdfminer lets errors of Python itself through when a file is broken.
_BROKEN = (
    PdfminerException, PDFException, ValueError, TypeError, LookupError, AttributeError, AssertionError,
    ArithmeticError, RecursionError, struct.error, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class _Page:
    """What stands on a page: all glyphs, those outside of tables, and the cells of each table."""

    everything: list[glyphs.Glyph]
    outside: list[glyphs.Glyph]
    tables: list[list[glyphs.Box]]


def read(path: Path) -> Document:
    """Return the tables of each page, and the other text. Raises Refused without a text layer."""
    pages = _pages(path)
    if not any(page.everything for page in pages):
        raise Refused("gazette.no_text_layer", "PDF 没有文字层，可能是扫描件", remedy=_REMEDY)
    tables = tuple(
        Table(f"第{number}页表{at}", _rows(page.everything, boxes))
        for number, page in enumerate(pages, start=1)
        for at, boxes in enumerate(page.tables, start=1)
    )
    return Document("\n\f".join(glyphs.aligned(page.outside) for page in pages), tables)


def _pages(path: Path) -> list[_Page]:
    try:
        with pdfplumber.open(path) as pdf:
            return [_page(page) for page in pdf.pages]
    except _BROKEN as error:
        raise Refused("gazette.broken_pdf", "PDF 文件损坏、加密或无法解析", remedy=_REMEDY) from error


def _page(found: Page) -> _Page:
    page = found.dedupe_chars()
    tables = [table for table in page.find_tables() if len(table.cells) > 1]  # a frame around text is no table
    outside: Page = page
    for table in tables:
        outside = outside.outside_bbox(table.bbox, strict=False)
    read_page = _Page(glyphs.of(page.chars), glyphs.of(outside.chars), [list(table.cells) for table in tables])
    found.close()
    return read_page


def _rows(found: Sequence[glyphs.Glyph], boxes: Sequence[glyphs.Box]) -> tuple[Row, ...]:
    """Return the cells on the grid that their edges make; a cell over several rows leaves None below itself."""
    lefts = _edges([box[0] for box in boxes])
    tops = _edges([box[1] for box in boxes])
    grid: list[list[str | None]] = [[""] * len(lefts) for _ in tops]
    texts = glyphs.cells(found, boxes)
    for (x0, top, x1, bottom), text in zip(boxes, texts, strict=True):
        column, row = _index(lefts, x0), _index(tops, top)
        grid[row][column] = text
        for y in range(row + 1, len(tops)):
            if tops[y] < bottom - 2:
                for x in range(column, len(lefts)):
                    grid[y][x] = None if lefts[x] < x1 - 2 else grid[y][x]
    return tuple(tuple(row) for row in grid)


def _edges(values: list[float]) -> list[float]:
    """Return the distinct edges; two less than two points apart are one line drawn twice."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 2:
            edges.append(value)
    return edges


def _index(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))
