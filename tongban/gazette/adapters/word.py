"""Read .docx: the tables with their merged cells, and the paragraphs outside of them."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row, CT_Tbl, CT_Tc
from docx.oxml.xmlchemy import BaseOxmlElement

from tongban.gazette.rules.shapes import HARD, Document, Refused, Row, Table

# python-docx lets errors of its readers through: zip, XML (a SyntaxError), missing parts.
_BROKEN = (OpcError, zipfile.BadZipFile, SyntaxError, LookupError, ValueError, AttributeError, zlib.error)


def read(path: Path) -> Document:
    """Return tables and paragraphs of a Word document. Raises Refused when the file is none."""
    try:
        body = docx.Document(str(path)).element.body
    except _BROKEN as error:
        remedy = "请用 Word 或 WPS 去掉密码、另存为 .docx 后重试"
        raise Refused("gazette.broken_docx", "不是有效的 Word 文件", remedy=remedy) from error
    tables = [element for element in body.iter(qn("w:tbl")) if isinstance(element, CT_Tbl)]
    prose = [_text(element) for element in body.iter(qn("w:p")) if not _inside_table(element)]
    rows = (tuple(_row(row) for row in table.tr_lst) for table in tables)
    return Document("\n".join(prose), tuple(Table(f"表{at}", found) for at, found in enumerate(rows, start=1)))


def _inside_table(element: BaseOxmlElement) -> bool:
    return next(element.iterancestors(qn("w:tbl")), None) is not None


def _row(row: CT_Row) -> Row:
    """Return the cells of a row; a cell over several columns fills the first, one merged upwards is None."""
    cells: list[str | None] = [""] * row.grid_before
    for cell in row.tc_lst:
        text = None if cell.vMerge == "continue" else _cell(cell)
        cells += [text, *([None if text is None else ""] * (cell.grid_span - 1))]
    return tuple(cells + [""] * row.grid_after)


def _cell(cell: CT_Tc) -> str:
    paragraphs = (element for element in cell.iter(qn("w:p")) if _owner(element) is cell)
    return HARD.join(filter(str.strip, map(_text, paragraphs)))


def _owner(element: BaseOxmlElement) -> BaseOxmlElement | None:
    return next(element.iterancestors(qn("w:tc")), None)


def _text(paragraph: BaseOxmlElement) -> str:
    """Return the text of a paragraph, tracked insertions included, tracked deletions left out."""
    breaks = {qn("w:br"): HARD, qn("w:cr"): HARD, qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
    found = paragraph.iter(qn("w:t"), *breaks)
    runs = (element for element in found if element.getparent().tag == qn("w:r"))  # not the tab stops of w:tabs
    return "".join(element.text or "" if element.tag == qn("w:t") else breaks[element.tag] for element in runs)
