"""Find the day on which a document was issued (发文日期): a deadline without a year belongs to that year."""

from __future__ import annotations

import re
from datetime import date

from tongban.gazette.rules import ordinals, texts

_DAY = r"(?P<year>(?:19|20)\d{2})[年\-/.](?P<month>\d{1,2})[月\-/.](?P<day>\d{1,2})日?"
# In order of authority: the labelled date, the printing note, the date under the signature, the file number.
_LABELLED = re.compile(r"(?:发文|印发|成文|签署|制发|签发|发布)(?:日期|时间)[:：]?" + _DAY)
_PRINTED = re.compile(_DAY + r"(?:印发?|发布|公布|下发|制发|签发)[)）]?$")
_SIGNED = re.compile(r"[(（]?" + _DAY + r"[)）]?")
_NUMBERED = re.compile(r"(?:文号[:：])?[^，。、；《》“”]{2,20}[〔\[【(（](?P<year>(?:19|20)\d{2})[〕\]】)）]\d{1,4}号")


def issued_on(prose: str) -> date | None:
    """Return the day of issue written in the text outside of the tables, or None when there is none."""
    lines = [ordinals.arabic(texts.plain(line)) for line in prose.splitlines()]
    for pattern in (_LABELLED, _PRINTED):
        for line in lines:
            day = _day(pattern.search(line))
            if day:
                return day
    signed = [day for line in lines if (day := _day(_SIGNED.fullmatch(line)))]
    return signed[-1] if signed else None


def year_of(prose: str) -> int | None:
    """Return the year of issue: of the day of issue, else of the file number (文号) on a line of its own."""
    day = issued_on(prose)
    if day:
        return day.year
    found = next(filter(None, (_NUMBERED.fullmatch(texts.plain(line)) for line in prose.splitlines())), None)
    return int(found["year"]) if found else None


def _day(found: re.Match[str] | None) -> date | None:
    if not found:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
