"""What a file may be: extension, first bytes and size. Source: assurance guide §8."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

MEDIA = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "ofd": "application/ofd",
    "mp4": "video/mp4",
}
PAPERS = ("pdf", "jpg", "png", "ofd")  # what applicants hand in
SHOTS = ("jpg", "png", "mp4")  # what officers take on the spot
_ALIASES = {"jpeg": "jpg"}
_MAGIC = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "ofd": b"PK\x03\x04"}
_WORDS = {"pdf": "PDF", "jpg": "JPG 照片", "png": "PNG 图片", "ofd": "OFD", "mp4": "MP4 视频"}


def extension(name: str) -> str:
    """Return the lower-case extension without dot, jpeg as jpg."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _ALIASES.get(ending, ending)


def kind_problem(name: str, head: bytes, *, kinds: Collection[str] = PAPERS) -> str | None:
    """Return why a file's kind cannot be taken, in Chinese, or None. `kinds` are the extensions taken here."""
    ending = extension(name)
    if ending not in kinds:
        said = f"“.{ending}”文件" if ending else "没有后缀的文件"
        return (
            f"不能上传{said}，请转成 PDF，或拍照存成 JPG、PNG"
            if "pdf" in kinds
            else f"不能上传{said}，请拍照或录像后上传"
        )
    real = next((kind for kind, magic in _MAGIC.items() if head.startswith(magic)), None)
    real = "mp4" if head[4:8] == b"ftyp" else real
    if real != ending:
        found = f"其实是 {_WORDS[real]} 文件" if real else f"内容不是 {_WORDS[ending]}"
        return f"文件后缀是 .{ending}，{found}，请另存为正确的格式再上传"
    return None


def label(name: str) -> str:
    """Return a file name as a harmless label: no path, no control or direction characters, at most 100 long."""
    base = re.split(r"[\\/]", name)[-1]
    clean = "".join(ch for ch in base if unicodedata.category(ch)[0] != "C").strip(" .")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:90]}.{ending[:9]}" if dot and stem else clean[:100] or "未命名文件"
