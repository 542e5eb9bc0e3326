"""The typesetter: what people wrote draws papers and nothing else; no character becomes an empty box."""

from __future__ import annotations

import io
import time as stopwatch

import pytest
from pypdf import PdfReader

from tongban.core import time
from tongban.documents.adapters import fonts, typst_pdf
from tongban.documents.rules import TemplateFault


def drawn(text: str) -> str:
    content = typst_pdf.written_pdf(text, {"title": "决定书"}, qr="http://127.0.0.1/check/1", at=time.now())
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_template_draws_its_data() -> None:
    assert "决定书" in drawn('#set text(font: "Noto Sans CJK SC")\n#json(bytes(sys.inputs.data)).title')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('#read("/etc/passwd")', 1),
        ('a\n#read("../../../../etc/passwd")', 2),
        ('#include "paper.typ"', 1),
        ('#let p = "@pre" + "view/cetz:0.2.2"\n\n#import p: *', 3),
        ('#image("x.png")', 1),
        ("#let f(x) = f(x)\n#f(1)", 1),
        ("a\n\n#nothing", 3),
        ('a\n#text(font: "Comic Sans")[a]', 2),
    ],
)
def test_template_can_open_nothing_and_its_fault_stands_at_its_line(text: str, line: int) -> None:
    with pytest.raises(TemplateFault) as refusal:
        drawn(text)
    assert refusal.value.line == line


def test_template_of_more_pages_than_any_paper_has_is_refused() -> None:
    with pytest.raises(TemplateFault, match="超过 50 页"):
        typst_pdf.written_svg("#for n in range(60) { pagebreak() }", {}, at=time.now())


@pytest.mark.parametrize("text", ['#("a" * 900000000)', "#for n in range(100000000) [#n]"])
def test_template_that_would_never_end_is_stopped(text: str) -> None:
    began = stopwatch.monotonic()
    with pytest.raises(TemplateFault, match="太大，或者一直算不完"):
        drawn(text)
    assert stopwatch.monotonic() - began < typst_pdf.WAIT_S + 2


def test_page_for_the_screen_has_no_links_no_scripts_and_no_pictures() -> None:
    text = '#link("javascript:alert(1)")[a] #link("http://example.cn/")[b] #image(bytes(sys.inputs.qr))'
    (page,) = typst_pdf.written_svg(text, {}, at=time.now())
    plain = typst_pdf.harmless(page + b'<script>x</script><g onload="x"/><a href="http://x/">')
    assert plain.startswith("<svg")
    for bad in ("javascript:", "http://example", "<image", "data:", "<script", "onload", 'href="http'):
        assert bad not in plain
    assert 'xlink:href="#' in plain
    assert 'fill="#d0d0d0"' in plain


def test_character_that_the_font_lacks_is_shown_with_its_code_point() -> None:
    assert fonts.shown("王龘𠮷·艾力 ABC\n1") == "王龘𠮷·艾力 ABC\n1"
    assert fonts.shown("க王") == "〓（U+0B95）王"
    assert ord("〓") in fonts.printable()


def test_punctuation_of_official_papers_is_in_the_font() -> None:
    assert all(ord(ch) in fonts.printable() for ch in "，。、；：？！“”‘’（）《》〈〉〔〕【】—…·×°㎡①②③★＿　")
