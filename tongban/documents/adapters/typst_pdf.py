"""Render papers and licences with typst. The open font comes as a wheel, so that every machine draws the same."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import noto_cjk_sans_otc
import orjson
import segno
import typst

TEMPLATES = Path(__file__).resolve().parents[1] / "templates_typst"
FONTS = Path(noto_cjk_sans_otc.__file__).parent
_lock = threading.Lock()
_compilers: dict[str, typst.Compiler] = {}


class MissingGlyph(RuntimeError):
    """The font lacks a character of the text: an error, never an empty box on an official paper."""


def pdf(template: str, content: dict[str, object], *, qr: str, at: datetime) -> bytes:
    """Return a tagged PDF of a template (file name without ending) filled with the content, the same for the same input."""
    inputs = {"data": orjson.dumps(content).decode(), "qr": qr_svg(qr)}
    with _lock:
        result, warnings = _compiler(template).compile_with_warnings(
            format="pdf", sys_inputs=inputs, timestamp=at.replace(microsecond=0)
        )
    if any("glyph" in warning.message or "font" in warning.message for warning in warnings):
        raise MissingGlyph("; ".join(warning.message for warning in warnings))
    if not isinstance(result, bytes):
        raise TypeError("typst gave several files for one PDF")
    return result


def qr_svg(text: str) -> str:
    """Return a QR as SVG without a border, medium error correction."""
    return str(segno.make(text, error="m").svg_inline(border=0, omitsize=True))


def _compiler(template: str) -> typst.Compiler:
    if template not in _compilers:
        _compilers[template] = typst.Compiler(
            str(TEMPLATES / f"{template}.typ"), root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True
        )
    return _compilers[template]
