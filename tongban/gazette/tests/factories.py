"""Make the files of the tests: Word, Excel and PDF tables of the kinds that offices publish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import docx
import noto_cjk_sans_otc  # type: ignore[import-untyped]  # it ships no types
import typst
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

Rows = Sequence[Sequence[str]]
FONTS = Path(noto_cjk_sans_otc.__file__).parent
Merge = tuple[int, int, int, int]  # top, left, bottom, right; the text of the first cell stays


def write_docx(path: Path, rows: Rows, *, before: Iterable[str] = (), merges: Iterable[Merge] = ()) -> Path:
    """Write paragraphs and one table; merged cells keep the text of their first cell."""
    document = docx.Document()
    for text in before:
        document.add_paragraph(text)
    table = document.add_table(len(rows), len(rows[0]))
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    for top, left, bottom, right in merges:
        text = rows[top][left]
        table.cell(top, left).merge(table.cell(bottom, right)).text = text
    document.save(str(path))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[object]], *, merges: Iterable[Merge] = ()) -> Path:
    """Write one sheet; a date is written as a date cell."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy/m/d"})
    sheet = book.add_worksheet("清单")
    for top, left, bottom, right in merges:
        sheet.merge_range(top, left, bottom, right, "")
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if value != "":
                sheet.write(y, x, value)
    book.close()
    return path


def write_pdf(
    path: Path,
    rows: Rows,
    *,
    widths: Sequence[str],
    before: Iterable[str] = (),
    merges: Iterable[Merge] = (),
    ruled: bool = True,
    height: str = "297mm",
) -> Path:
    """Write a table that wraps its cells and breaks over pages with a repeated head."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges}
    hidden = {(y, x) for top, left, bottom, right in merges for y in range(top, bottom + 1)
              for x in range(left, right + 1)} - set(spans)  # fmt: skip
    cells = [
        _cell(text, *spans.get((y, x), (1, 1)))
        for y, row in enumerate(rows)
        for x, text in enumerate(row)
        if (y, x) not in hidden
    ]
    head, body = cells[: len(rows[0])], cells[len(rows[0]) :]
    source = (
        f'#set page(width: 210mm, height: {height}, margin: 15mm, numbering: "— 1 —")\n'
        '#set text(font: "Noto Sans CJK SC", size: 10pt, lang: "zh")\n'
        + "\n\n".join(before)
        + f"\n\n#table(columns: ({', '.join(widths)}), {'' if ruled else 'stroke: none,'}\n"
        + f"table.header({', '.join(head)}), {', '.join(body)})\n"
    )
    path.with_suffix(".typ").write_text(source, encoding="utf-8")
    compiler = typst.Compiler(str(path.with_suffix(".typ")), font_paths=[str(FONTS)], ignore_system_fonts=True)
    content = compiler.compile(format="pdf")
    assert isinstance(content, bytes)
    path.write_bytes(content)
    return path


def _cell(text: str, rowspan: int, colspan: int) -> str:
    content = text.replace("#", "\\#").replace("\n", " \\\n")
    content = content.replace("1.", "1\\.").replace("2.", "2\\.").replace("3.", "3\\.")
    return f"table.cell(rowspan: {rowspan}, colspan: {colspan})[{content}]"
