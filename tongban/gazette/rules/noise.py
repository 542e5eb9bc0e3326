"""Drop what pages add to a table: page numbers, repeated titles, the foot of the document."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from tongban.gazette.rules import ordinals, texts

_PAGE_NUMBER = re.compile(
    r"[-—–－·•~]+\d{1,4}[-—–－·•~]+|第\d{1,4}页([,，/(（]?共\d{1,4}页[)）]?)?|\d{1,4}/\d{1,4}页?|[Pp]age\d{1,4}(of\d{1,4})?"
)
_FOOT = re.compile(
    r"(抄送|主送|抄报|分送|报送)[:：]|[（(]?(注|备注|说明|附注)\d?[:：]|附件(\d{1,2}|[一二三四五])?([:：]|$)|联系人[:：]|填表人"
    r"|[（(]?此件.{0,8}公开|.{0,30}\d{4}年\d{1,2}月\d{1,2}日印发?$"
)
_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_TOTAL = re.compile(r"(合计|总计|小计|共计)[:：]?")
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_BANNER = re.compile(rf"({_NUMERAL}[、.．]|[(（]{_NUMERAL}[)）]|第{_NUMERAL}[部章节])\S")


def lines(text: str) -> list[str]:
    """Return the lines of a text without page numbers; a form feed counts as a blank line."""
    pages = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").split("\f")
    kept: list[str] = []
    for page in pages:
        found = page.split("\n")
        edges = _edge_numbers(found) if len(pages) > 1 else set()
        kept += [line for at, line in enumerate(found) if at not in edges and not is_page_number(line)]
        kept.append("")
    return kept[:-1]


def _edge_numbers(found: list[str]) -> set[int]:
    """Return the index of a bare number that stands alone at the foot of a page."""
    filled = [at for at, line in enumerate(found) if line.strip()]
    return {at for at in filled[-1:] if re.fullmatch(r" *\d{1,4} *", found[at])}


def is_page_number(line: str) -> bool:
    """Tell whether a line is nothing but a page number."""
    return "\t" not in line.strip() and _PAGE_NUMBER.fullmatch(texts.compact(line)) is not None


def is_foot(line: str, *, dates: bool = True) -> bool:
    """Tell whether a line opens what follows a table: 抄送, 注：, 附件2, the date of printing (印发).

    `dates` tells that a bare day is the one under a signature, as it cannot be a deadline here.
    """
    bare = texts.compact(line)
    return _FOOT.match(bare) is not None or (dates and _DAY.fullmatch(bare) is not None)


def is_total(cell: str) -> bool:
    """Tell whether the first cell of a row opens a sum (合计), not a row of its own."""
    return _TOTAL.fullmatch(texts.compact(cell)) is not None


def is_banner(line: str) -> bool:
    """Tell whether a line reads like a heading over rows: “一、…”, “（二）…”."""
    bare = texts.compact(line)
    return len(bare) <= 60 and not bare.endswith(("。", "；", "，")) and _BANNER.match(bare) is not None


def cut_foot(text: str, *, titles: Collection[str], dates: bool) -> tuple[str, str]:
    """Split the last cell of a table from the foot that runs into it; repeated title lines go to the foot."""
    found = text.split("\n")
    for at, line in enumerate(found):
        if is_foot(line, dates=dates) or (titles and texts.key(line) in titles):
            return "\n".join(found[:at]), "\n".join(found[at:])
    return text, ""


def titles(found: Iterable[str]) -> frozenset[str]:
    """Return the keys of lines long enough to be recognised as titles when a later page repeats them."""
    return frozenset(key for key in map(texts.key, found) if len(key) >= 6 and ordinals.ordinal(key) is None)
