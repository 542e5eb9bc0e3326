"""Read .txt: UTF-8 (with or without mark), UTF-16 with a mark, or GB 18030."""

from __future__ import annotations

import codecs
from pathlib import Path

from tongban.gazette.rules.shapes import Document, Refused


def read(path: Path) -> Document:
    """Return the text of a file as prose; the rules find the table in it. Raises Refused when it is no text."""
    return Document(decoded(path.read_bytes()))


def decoded(content: bytes) -> str:
    """Return the text of bytes. Raises Refused when they are no text."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused("gazette.not_text", "文件不是文本，或编码无法识别", remedy="请另存为 UTF-8 编码的 .txt 后重试")
