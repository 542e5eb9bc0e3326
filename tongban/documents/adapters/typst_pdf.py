"""Render papers and licences with typst. The open font comes as a wheel, so that every machine draws the same.

What this release brings is drawn here; what people wrote is drawn by a child process that can open nothing.
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

import noto_cjk_sans_otc
import orjson
import segno
import typst

from tongban.documents.rules import TemplateFault, fault_of

TEMPLATES = Path(__file__).resolve().parents[1] / "templates_typst"
FONTS = Path(noto_cjk_sans_otc.__file__).parent
CHILD = Path(__file__).with_name("typesetter.py")
WAIT_S = 15
Form = Literal["pdf", "svg"]
_lock = threading.Lock()
_compilers: dict[str, typst.Compiler] = {}


class MissingFont(RuntimeError):
    """A template of this release names a font that is not there: a broken promise of our own."""


def built_in(template: str) -> str:
    """Return the text of a template that this release brings (file name without ending)."""
    return (TEMPLATES / f"{template}.typ").read_text("utf-8")


def pdf(template: str, content: dict[str, object], *, qr: str, at: datetime) -> bytes:
    """Return a tagged PDF of a template of this release filled with the content, the same for the same input."""
    (page,) = _drawn(template, content, qr=qr_svg(qr), at=at, form="pdf")
    return page


def svg(template: str, content: dict[str, object], *, at: datetime) -> list[bytes]:
    """Return the pages of a template of this release as SVG, with an empty field for the QR."""
    return _drawn(template, content, qr=NO_QR, at=at, form="svg")


def _drawn(template: str, content: dict[str, object], *, qr: str, at: datetime, form: Form) -> list[bytes]:
    inputs = {"data": orjson.dumps(content).decode(), "qr": qr}
    with _lock:
        made, warnings = _compiler(template).compile_with_warnings(
            format=form, sys_inputs=inputs, timestamp=at.replace(microsecond=0)
        )
    _require_fonts(warning.message for warning in warnings)
    return [made] if isinstance(made, bytes) else list(made or ())


def written_pdf(text: str, content: dict[str, object], *, qr: str, at: datetime) -> bytes:
    """Return the PDF of a template that people wrote. Raises TemplateFault."""
    (page,) = _typeset(text, content, qr=qr_svg(qr), at=at, form="pdf")
    return page


def written_svg(text: str, content: dict[str, object], *, at: datetime) -> list[bytes]:
    """Return the pages of a template that people wrote as SVG. Raises TemplateFault."""
    return _typeset(text, content, qr=NO_QR, at=at, form="svg")


def _typeset(text: str, content: dict[str, object], *, qr: str, at: datetime, form: Form) -> list[bytes]:
    """Let the child process draw. It gets nothing of our environment and answers within its time, or not at all."""
    asked = {
        "text": text, "inputs": {"data": orjson.dumps(content).decode(), "qr": qr}, "format": form,
        "at": at.replace(microsecond=0).isoformat(), "fonts": str(FONTS),
    }  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603  # our own program, without a shell
            [sys.executable, "-I", str(CHILD)], input=orjson.dumps(asked) + b"\n", capture_output=True, timeout=WAIT_S,
            check=True, env={"LANG": "C.UTF-8"}, cwd="/",
        )  # fmt: skip
        told = orjson.loads(done.stdout)
    except (subprocess.SubprocessError, orjson.JSONDecodeError) as problem:
        raise TemplateFault(1, "模板太大，或者一直算不完，没有排出来；减少循环和页数") from problem
    if "message" in told:
        raise fault_of(told["message"], told["diagnostic"])
    for message, diagnostic in told["warnings"]:
        if message.startswith("unknown font"):
            raise fault_of(message, diagnostic)
    return [base64.b64decode(page) for page in told["pages"]]


def _require_fonts(warnings: Iterable[str]) -> None:
    found = [words for words in warnings if "font" in words]
    if found:
        raise MissingFont("; ".join(found))


def qr_svg(text: str) -> str:
    """Return a QR as SVG without a border, medium error correction."""
    return str(segno.make(text, error="m").svg_inline(border=0, omitsize=True))


NO_QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#d0d0d0"/></svg>'
_IMAGE = re.compile(rb"<image\b([^>]*?)/?>(?:</image>)?")
_PLACE = re.compile(rb' (x|y|width|height|transform)="[^"]*"')
_OUTSIDE = re.compile(rb'\s(?:xlink:)?href="(?!#)[^"]*"|\son\w+="[^"]*"')


def harmless(page: bytes) -> str:
    """Return an SVG page that may stand inside an HTML page: pictures are grey fields, links lead nowhere."""
    plain = _IMAGE.sub(
        lambda m: b"<rect" + b"".join(p.group(0) for p in _PLACE.finditer(m[1])) + b' fill="#d0d0d0"/>', page
    )
    plain = re.sub(rb"<(/?)(script|style|foreignObject|iframe)\b[^>]*>", b"", plain)
    return _OUTSIDE.sub(b"", plain).decode()


def _compiler(template: str) -> typst.Compiler:
    if template not in _compilers:
        _compilers[template] = typst.Compiler(
            str(TEMPLATES / f"{template}.typ"), root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True
        )
    return _compilers[template]
