"""Parse an uploaded file for real, as a child process with limits: `python -m … KIND PATH`.

512 MB of memory, 10 s of CPU (assurance guide §8). Prints one JSON line: {"pages": n} or {"problem": "…"}.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from pathlib import Path

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MEGABYTE = 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_UNPACKED = 50 * MEGABYTE
MOST_ENTRIES = 1000
MOST_OBJECTS = 200_000
ACTIVE = {
    "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA", "/SubmitForm", "/ImportData",
    "/GoToR", "/GoToE",
}  # fmt: skip
# What makes a picture something else as well, for whoever opens it as a page or a document.
STRANGE = (b"<?php", b"<script", b"<html", b"%PDF-")


def main(kind: str, path: str) -> None:
    """Parse the file and print what was found."""
    resource.setrlimit(resource.RLIMIT_AS, (512 * MEGABYTE, 512 * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    try:
        if kind != "ofd":
            _refuse_two_in_one(kind, path)
        result: dict[str, object] = {"pages": {"pdf": pdf, "ofd": ofd, "mp4": video}.get(kind, image)(path)}
    except Refused as refusal:
        result = {"problem": str(refusal)}
    except Exception:  # any parser failure means the same: it cannot be read
        result = {"problem": "文件打不开，可能已损坏，请重新导出或重新拍摄"}
    print(json.dumps(result, ensure_ascii=False))


class Refused(Exception):
    """The file can be read but not taken."""


def _refuse_two_in_one(kind: str, path: str) -> None:
    """Refuse a file that is something else besides: with an archive, a page or a script hidden in it."""
    content = Path(path).read_bytes()
    strange = zipfile.is_zipfile(path)
    if kind == "pdf":
        _, end, rest = content.rpartition(b"%%EOF")
        strange = strange or bool(end and rest.strip(b"\0\t\n\f\r "))
    else:
        strange = strange or any(mark in content for mark in STRANGE)
    if strange:
        raise Refused("文件里还混有别的内容，不能收，请“打印成 PDF”或重新拍照后再上传")


def pdf(path: str) -> int:
    """Return the pages of a PDF without active content."""
    reader = PdfReader(path)
    if reader.is_encrypted:
        raise Refused("PDF 设了密码，打不开，请去掉密码再上传")
    pages = len(reader.pages)
    if not 1 <= pages <= 300:
        raise Refused(f"PDF 有 {pages} 页，最多 300 页，请分成几个文件")
    # All objects of the file's own tables: what its trailer says of their number may be a lie.
    things = [(n, generation) for generation, table in reader.xref.items() for n in table]
    things += [(n, 0) for n in reader.xref_objStm]
    if len(things) > MOST_OBJECTS:
        raise Refused("PDF 太复杂，请“打印成 PDF”后再上传")
    if any(_is_active(_thing(reader, n, generation)) for n, generation in things):
        raise Refused("PDF 里含有脚本或附件，不能收，请“打印成 PDF”后再上传")
    return pages


def _thing(reader: PdfReader, number: int, generation: int) -> object:
    try:
        return reader.get_object(IndirectObject(number, generation, reader))
    except PdfReadError:
        return None  # A free object.


def _is_active(thing: object, depth: int = 0) -> bool:
    """Look into a dictionary and what stands inside it directly; what it refers to is an object of its own."""
    if depth > 50:
        return True
    if isinstance(thing, DictionaryObject):
        names = {str(key) for key in thing} | {str(thing.raw_get("/S")) if "/S" in thing else ""}
        return bool(names & ACTIVE) or any(_is_active(thing.raw_get(key), depth + 1) for key in thing)
    return isinstance(thing, ArrayObject) and any(_is_active(each, depth + 1) for each in list.__iter__(thing))


def image(path: str) -> int:
    """Return 1 for an image that decodes and is not too large."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(path) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused("图片超过 4000 万像素，请缩小后再上传")
        picture.load()
    return 1


def video(path: str) -> int:
    """Return 1 for an MP4 whose boxes fill the file exactly, with a header and a table of contents. Source: ISO/IEC 14496-12."""
    content = Path(path).read_bytes()
    at = 0
    seen: list[bytes] = []
    while at < len(content):
        if len(content) - at < 8 or len(seen) > MOST_ENTRIES:
            raise Refused("视频不完整，请重新录制")
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        size = size or len(content) - at
        if size < 8 or at + size > len(content):
            raise Refused("视频不完整，请重新录制")
        seen.append(kind)
        at += size
    if seen[:1] != [b"ftyp"] or b"moov" not in seen:
        raise Refused("不是能播放的 MP4 视频，请重新录制")
    return 1


def ofd(path: str) -> int:
    """Return the pages of an OFD package after checking its sizes. Source: standards reference 3.5."""
    with zipfile.ZipFile(path) as package:
        entries = package.infolist()
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise Refused("OFD 解开后太大，请减少页数再上传")
        if "OFD.xml" not in package.namelist():
            raise Refused("文件不是 OFD，请另存为正确的格式再上传")
        for entry in entries:  # What the directory says of a size may be a lie: reading finds it out by the checksum.
            with package.open(entry) as part:
                while part.read(MEGABYTE):
                    pass
        return max(1, sum(1 for entry in entries if entry.filename.endswith("Content.xml")))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
