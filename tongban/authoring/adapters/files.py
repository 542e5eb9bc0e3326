"""A file that somebody wants to import: what it really is, whether it is too large, its sheets. Source: assurance §8."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

from tongban.authoring.rules import sheets
from tongban.authoring.rules.sheets import Grid
from tongban.rules.errors import Invalid, TooLarge, Unsupported

MEGABYTE = 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后重试"
MOST_ENTRIES = 2000


def grids(path: Path, name: str) -> tuple[list[Grid], list[str]]:
    """Return the sheets of a file and what was noticed. Raises TooLarge, Unsupported, Invalid, each saying what to do."""
    size = path.stat().st_size
    if size > sheets.MOST_BYTES:
        raise TooLarge(
            "import.too_large",
            f"“{name}”有 {size // MEGABYTE} MB，最多 {sheets.MOST_BYTES // MEGABYTE} MB",
            remedy="分成几个文件，或删去图片再存",
        )
    if not size:
        raise Invalid("import.empty", f"“{name}”是空文件", remedy="请重新选择文件")
    with path.open("rb") as file:
        head = file.read(4096)
    kind, notes = _kind(path, name, head), list[str]()
    if kind == "csv":
        rows, notes = _csv(path.read_bytes(), name)
        found = [Grid(Path(name).stem[:31] or "CSV", rows)]
    else:
        found, notes = _workbook(path, name)
        ending = name.rpartition(".")[2].lower()
        if ending != kind:
            notes = [f"文件名是 .{ending}，内容其实是 {kind}，照内容读", *notes]
    _require_size(found, name)
    return found, notes


def _kind(path: Path, name: str, head: bytes) -> str:
    """Return csv, xlsx or xls by what the file holds. Raises Unsupported."""
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path, name)
    if head.startswith(_OLE):
        return _compound(path.read_bytes(), name)
    said = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, words in (
        (b"%pdf-", "PDF"),
        (b"<html", "网页"),
        (b"<!doctype", "网页"),
        (b"<table", "网页"),
        (b"<?xml", "XML"),
        (b"<meta", "网页"),
        (b"{\\rtf", "RTF 文档"),
    ):
        if said.startswith(mark):
            raise Unsupported("import.kind", f"“{name}”其实是{words}，不是 Excel 表格", remedy=_SAVE_AS)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unsupported("import.kind", f"“{name}”不是表格文件", remedy="收 .xlsx、.xls 和 .csv")
    if not name.lower().endswith((".csv", ".txt", ".tsv")):
        raise Unsupported(
            "import.kind",
            f"“{name}”不是 Excel 表格，里面是文字",
            remedy="是逗号分隔的文字，就把文件名改成 .csv；不是，另存为 .xlsx",
        )
    return "csv"


def _zipped(path: Path, name: str) -> str:
    """Return xlsx for a workbook that unpacks to a bearable size. Raises TooLarge, Unsupported."""
    try:
        with zipfile.ZipFile(path) as package:
            entries, names = package.infolist(), set(package.namelist())
            if any(each.startswith("word/") for each in names):
                raise Unsupported(
                    "import.kind", f"“{name}”其实是 Word 文档，不是 Excel 表格", remedy="把表格复制到 Excel，存成 .xlsx"
                )
            if not any(each.startswith("xl/") for each in names):
                raise Unsupported("import.kind", f"“{name}”不是 Excel 表格", remedy=_SAVE_AS)
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > sheets.MOST_UNPACKED:
                raise _too_much(name)
            for (
                entry
            ) in entries:  # What the directory says of a size may be a lie: reading finds it out by the checksum.
                with package.open(entry) as part:
                    while part.read(MEGABYTE):
                        pass
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        RuntimeError,
        OSError,
        ValueError,
        zlib.error,
    ) as problem:
        raise _broken(name) from problem
    return "xlsx"


def _too_much(name: str) -> TooLarge:
    words = f"“{name}”解开后超过 {sheets.MOST_UNPACKED // MEGABYTE} MB"
    return TooLarge("import.unpacked", words, remedy="删去空白格式和图片，或分成几个文件")


def _broken(name: str) -> Unsupported:
    return Unsupported("import.broken", f"“{name}”打不开，可能已经损坏", remedy=_SAVE_AS)


def _locked(name: str) -> Unsupported:
    return Unsupported("import.password", f"“{name}”设了打开密码", remedy="去掉密码，另存后重试")


def _compound(content: bytes, name: str) -> str:
    """Return xls for an old workbook. Raises Unsupported for a document, a locked workbook, anything else."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _locked(name)
    if "WordDocument".encode("utf-16-le") in content:
        raise Unsupported(
            "import.kind", f"“{name}”其实是 Word 文档（.doc），不是 Excel 表格", remedy="把表格复制到 Excel，存成 .xlsx"
        )
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return "xls"
    raise Unsupported("import.kind", f"“{name}”不是 Excel 表格", remedy=_SAVE_AS)


def _workbook(path: Path, name: str) -> tuple[list[Grid], list[str]]:
    command = [sys.executable, "-m", "tongban.authoring.adapters.workbook", str(path)]
    found, is_stopped = {}, True
    try:
        run = subprocess.run(command, capture_output=True, timeout=90, check=False)  # noqa: S603  # fixed command
        is_stopped = run.returncode < 0
        found = json.loads(run.stdout or b"{}")
    except (subprocess.TimeoutExpired, ValueError):
        pass
    if found.get("problem") == "password":
        raise _locked(name)
    if "sheets" not in found:
        if not is_stopped:
            raise _broken(name)
        raise TooLarge(
            "import.too_complex", f"“{name}”太大，读不出来", remedy="删去表格最右边和最下面的空白格式，或分成几个文件"
        )
    rows = [
        Grid(sheet["name"], tuple(tuple(row) for row in sheet["rows"]), tuple((t, left, b, r) for t, left, b, r in sheet["merged"]))
        for sheet in found["sheets"]
    ]  # fmt: skip
    return rows, list(found["notes"])


def _csv(content: bytes, name: str) -> tuple[tuple[tuple[str, ...], ...], list[str]]:
    text, notes = _decoded(content, name), list[str]()
    first = next((row for row in text.splitlines() if row.strip()), "")
    mark = max(",\t;|", key=first.count)
    csv.field_size_limit(MEGABYTE)
    try:
        rows = tuple(tuple(cell.removeprefix("'") if cell.startswith(("'=", "'+", "'-", "'@")) else cell for cell in row)
                     for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark))  # fmt: skip
    except csv.Error as problem:
        raise Invalid(
            "import.csv", f"“{name}”的引号没有配对，读不出来", remedy="用 Excel 打开，另存为 .xlsx 后重试"
        ) from problem
    if mark != ",":
        notes.append(f"照“{'制表符' if mark == chr(9) else mark}”分列")
    return rows, notes


def _decoded(content: bytes, name: str) -> str:
    codings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codings = ["utf-16"]
    for coding in codings:
        try:
            return content.decode(coding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise Unsupported("import.coding", f"“{name}”里的文字读不出来", remedy="另存为“CSV UTF-8”，或存成 .xlsx")


def _require_size(found: list[Grid], name: str) -> None:
    rows = sum(len(grid.rows) for grid in found)
    wide = max((len(row) for grid in found for row in grid.rows), default=0)
    if rows > sheets.MOST_ROWS + 100:
        raise TooLarge("import.rows", f"“{name}”有 {rows} 行，一次最多 {sheets.MOST_ROWS} 行", remedy="分成几个文件")
    if wide > sheets.MOST_COLUMNS:
        raise TooLarge(
            "import.columns",
            f"“{name}”有 {wide} 列，最多 {sheets.MOST_COLUMNS} 列",
            remedy="删去用不着的列和最右边的空白格式",
        )
