"""Write a bulletin as a .docx file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor


def bulletin(paper: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return a bulletin as .docx: A4 with the margins of official papers, headings, the ranking as a table."""
    document = Document()
    _page(document)
    _line(document, paper["issuer"], size=12, centred=True)
    title = document.add_heading(level=1)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(title.add_run(paper["title"]), 22)
    _line(document, paper["number"], size=12, centred=True)
    if paper["demo"] or paper["example"]:
        _line(document, "示例，演示环境，本件无效", size=10, centred=True)
    for is_heading, words in paper["paragraphs"]:
        if is_heading:
            _font(document.add_heading(level=2).add_run(words), 16)
        else:
            body = _line(document, words, size=16)
            body.paragraph_format.first_line_indent = Pt(32)
    _font(document.add_heading(level=2).add_run("附：单位排名"), 16)
    _line(document, paper["method"], size=11)
    _table(document, paper["head"], paper["rows"])
    _line(document, f"数据冻结于 {paper['frozen']}", size=11)
    for words in (paper["issuer"], paper["date"]):
        _line(document, words, size=16).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    known = document.core_properties
    known.title, known.author, known.language = paper["title"], paper["issuer"], "zh-CN"
    known.created = known.modified = at.astimezone(UTC).replace(tzinfo=None)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def _font(run: Any, size: int) -> None:
    run.font.size, run.font.color.rgb = Pt(size), RGBColor(0, 0, 0)
    run.font.name = "仿宋"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")


def _line(document: Any, words: str, *, size: int, centred: bool = False) -> Any:
    line = document.add_paragraph()
    _font(line.add_run(words), size)
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return line


def _table(document: Any, head: list[str], rows: list[list[str]]) -> None:
    table = document.add_table(rows=1 + len(rows), cols=len(head), style="Table Grid")
    for line, cells in zip(table.rows, [head, *rows], strict=True):
        for cell, words in zip(line.cells, cells, strict=True):
            _font(cell.paragraphs[0].add_run(words), 10)
