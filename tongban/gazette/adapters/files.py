"""Open a file by its extension with the adapter that reads it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from tongban.gazette.adapters import plain, portable, sheets, word
from tongban.gazette.rules.shapes import Document, Refused

_READERS: dict[str, Callable[[Path], Document]] = {
    ".txt": plain.read,
    ".docx": word.read,
    ".xlsx": sheets.read,
    ".pdf": portable.read,
}
_MAX_BYTES = 50_000_000
_MAX_UNPACKED_BYTES = 500_000_000


def document(path: Path) -> Document:
    """Return what a file holds. Raises Refused when it is missing, too large, of another kind or broken."""
    if not path.is_file():
        raise Refused("gazette.missing", f"找不到文件：{path}", remedy="请核对文件路径")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        kinds = "、".join(_READERS)
        remedy = f"请另存为 {kinds} 之一后重试"
        raise Refused("gazette.extension", f"不支持“{path.suffix or path.name}”文件", remedy=remedy)
    try:
        size = path.stat().st_size
        if not 0 < size <= _MAX_BYTES:
            reason = "是空的" if size == 0 else f"超过 {_MAX_BYTES // 1_000_000} MB"
            raise Refused("gazette.size", f"文件{reason}：{path}", remedy="请核对文件后重试")
        if zipfile.is_zipfile(path):
            _refuse_bomb(path)
        return reader(path)
    except OSError as error:
        remedy = "请核对文件是否损坏、是否有读取权限"
        raise Refused("gazette.unreadable", f"文件打不开：{path}", remedy=remedy) from error


def _refuse_bomb(path: Path) -> None:
    """Refuse an office file that unpacks to far more than any list of tasks needs."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        return  # the adapter says what is wrong with it
    if unpacked > _MAX_UNPACKED_BYTES:
        raise Refused("gazette.size", f"文件解压后过大：{path}", remedy="请删去图片等无关内容后重试")
