"""Which characters the open font can print: read from its table of characters (cmap). Source: OpenType, cmap formats 4 and 12."""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path

import noto_cjk_sans_otc

FONT = next(Path(noto_cjk_sans_otc.__file__).parent.glob("*.ttc"))


@lru_cache(maxsize=1)
def printable() -> frozenset[int]:
    """Return the code points that the first face of the font has; the faces share their characters."""
    content = FONT.read_bytes()
    (first,) = struct.unpack_from(">I", content, 12)
    (tables,) = struct.unpack_from(">H", content, first + 4)
    for n in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", content, first + 12 + 16 * n)
        if tag == b"cmap":
            return frozenset(_points(content, offset))
    raise ValueError(f"{FONT.name} has no cmap")


def _points(content: bytes, cmap: int) -> set[int]:
    """Return the code points of the subtable of format 12, which holds all."""
    (count,) = struct.unpack_from(">H", content, cmap + 2)
    for n in range(count):
        _, _, offset = struct.unpack_from(">HHI", content, cmap + 4 + 8 * n)
        (form,) = struct.unpack_from(">H", content, cmap + offset)
        if form == 12:
            (groups,) = struct.unpack_from(">I", content, cmap + offset + 12)
            rows = struct.iter_unpack(">III", content[cmap + offset + 16 : cmap + offset + 16 + 12 * groups])
            return {point for start, end, _ in rows for point in range(start, end + 1)}
    raise ValueError("the font has no full table of characters")


def shown(text: str) -> str:
    """Return a text as it can be printed: a character that the font lacks becomes 〓 with its code point, never an empty box."""
    known = printable()
    if all(ord(ch) in known or ch in "\n\t\r" for ch in text):
        return text
    return "".join(ch if ord(ch) in known or ch in "\n\t\r" else f"〓（U+{ord(ch):04X}）" for ch in text)
