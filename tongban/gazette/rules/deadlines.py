"""Read a deadline (完成时限) as its last day; what is not a day stays without one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tongban.gazette.rules import ordinals, texts

_YEAR = r"(?:(?P<year>(?:19|20)\d{2})年?度?|(?P<near>今年|本年度?|当年|明年|次年|翌年|来年))?[的,，]?"
_FULL = re.compile(r"(?P<year>(?:19|20)\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)日?")
_YEAR_MONTH = re.compile(r"(?P<year>(?:19|20)\d{2})[-/.](?P<month>0?[1-9]|1[0-2])(?![\d\-/.])月?底?")
_DAY = re.compile(_YEAR + r"(?<!\d)(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?")
_MONTH = re.compile(
    r"(?P<year>(?:19|20)\d{2})年(?:\d{1,2}月?[-~—–－至到])(?P<month>\d{1,2})月(?P<part>)"
    r"|" + _YEAR.replace("<year>", "<year2>").replace("<near>", "<near2>")
    + r"(?<!\d)(?P<month2>\d{1,2})月份?(?P<part2>上旬|中旬|下旬|月?底|末|初|前)?"
)  # fmt: skip
_QUARTER = re.compile(_YEAR + r"(?:第?(?P<quarter>[1-4])季度?|[Qq](?P<q>[1-4]))[末底内]?(?P<part>(?<![末底内])前)?")
_HALF = re.compile(_YEAR + r"(?P<half>上|下)半年[末底内]?(?P<part>(?<![末底内])前)?")
_YEAR_END = re.compile(
    _YEAR + r"(?:年(?:底|末|终|内|度内)|全年|(?<=年)[底末内]|(?<=年度)[底末内])"
    r"|(?P<near3>今年|本年度?|当年|明年|次年)(?P<part4>前)?|(?P<year3>(?:19|20)\d{2})年度?(?P<part3>前)?"
)
_SYNC = re.compile(r"与(?:国家)?[、和]?(?:全|.{1,2})?省.{0,6}同步|(?:按|按照|根据|跟随|随)省.{0,8}同步|同步于省")
_LASTING = re.compile(r"长期|持续|常态|常年|日常|不断|一直|永久")
_RECURRING = re.compile(r"每(?:年|半年|季度?|月|旬|周|日|天)|按(?:月|季|年)")
_NEXT = ("明", "次", "翌", "来")
_RANGE = re.compile(r"[-~—–－至到]+")


@dataclass(frozen=True)
class Deadline:
    """The last day of a deadline; `doubt` says in Chinese why there is none, or what is doubtful about it."""

    day: date | None = None
    sync_with_province: bool = False
    doubt: str = ""


@dataclass(frozen=True)
class _Found:
    """One day named in the text: where, its year as printed, and how to compute it from the year."""

    start: int
    end: int
    year: int | None
    near: str
    day: Callable[[int], date | None]


def read(text: str, *, year: int | None) -> Deadline:
    """Return the last day of a deadline; `year` completes one that names none.

    A deadline kept in step with the province (与省同步推进) or lasting (长期坚持) has no day and is no doubt.
    """
    bare = ordinals.arabic(texts.plain(text))
    shown = f"“{texts.clean(text)}”"
    if texts.is_blank(text):
        return Deadline(doubt="完成时限为空")
    if _SYNC.search(bare):
        return Deadline(sync_with_province=True)
    found = _all(bare)
    if _RECURRING.search(bare):
        return Deadline(doubt=f"{shown}是周期性时限，没有单一日期")
    if not found or (_LASTING.search(bare) and all("全年" in bare[one.start : one.end] for one in found)):
        return Deadline() if _LASTING.search(bare) else Deadline(doubt=f"{shown}认不出日期")
    return _choose(bare, shown, found, year)


def _choose(bare: str, shown: str, found: list[_Found], year: int | None) -> Deadline:
    """Return the one day of the text, the end of a range, or the last of several days with a doubt."""
    days: list[date] = []
    printed: int | None = None
    for one in found:
        printed = one.year or (None if one.near else printed)
        base = printed or year
        if base is None:
            return Deadline(doubt=f"{shown}没有年份，文件里也没有发文日期，请用 --year 指定年份")
        day = one.day(base + (one.near[:1] in _NEXT))
        if day is None:
            return Deadline(doubt=f"{shown}不是明确的日期")
        days.append(day)
    gaps = [bare[left.end : right.start] for left, right in pairwise(found)]
    if len(set(days)) == 1 or (len(days) == 2 and _RANGE.fullmatch(gaps[0])):
        return Deadline(days[-1])
    return Deadline(max(days), doubt=f"{shown}写有多个时间，取最后一个")


def _all(bare: str) -> list[_Found]:
    """Return the days named in a text from left to right; what one pattern took, the next does not see."""
    found: list[_Found] = []
    for pattern, read_one in ((_FULL, _of_day), (_YEAR_MONTH, _of_year_month), (_DAY, _of_day), (_MONTH, _of_month), (_QUARTER, _of_quarter),
                              (_HALF, _of_half), (_YEAR_END, _of_year)):  # fmt: skip
        for match in pattern.finditer(bare):
            found.append(_found(match, read_one(match)))
        bare = pattern.sub(lambda match: "\0" * len(match.group()), bare)
    return sorted(found, key=lambda one: one.start)


def _found(match: re.Match[str], day: Callable[[int], date | None]) -> _Found:
    groups = match.groupdict()
    printed = groups.get("year") or groups.get("year2") or groups.get("year3")
    near = groups.get("near") or groups.get("near2") or groups.get("near3") or ""
    return _Found(match.start(), match.end(), int(printed) if printed else None, near, day)


def _of_day(match: re.Match[str]) -> Callable[[int], date | None]:
    month, day = int(match["month"]), int(match["day"])
    return lambda year: _date(year, month, day)


def _of_month(match: re.Match[str]) -> Callable[[int], date | None]:
    """“6月前” and “6月初” name no last day that all would agree on."""
    month, part = int(match["month"] or match["month2"]), match["part2"] or ""
    if part in ("前", "初"):
        return lambda year: None
    day = {"上旬": 10, "中旬": 20}.get(part)
    return lambda year: _date(year, month, day) if day else _end_of(year, month)


def _of_year_month(match: re.Match[str]) -> Callable[[int], date | None]:
    month = int(match["month"])
    return lambda year: _end_of(year, month)


def _of_quarter(match: re.Match[str]) -> Callable[[int], date | None]:
    month = 3 * int(match["quarter"] or match["q"])
    return lambda year: None if match["part"] else _end_of(year, month)


def _of_half(match: re.Match[str]) -> Callable[[int], date | None]:
    month = 6 if match["half"] == "上" else 12
    return lambda year: None if match["part"] else _end_of(year, month)


def _of_year(match: re.Match[str]) -> Callable[[int], date | None]:
    return lambda year: None if match["part3"] or match["part4"] else date(year, 12, 31)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _end_of(year: int, month: int) -> date | None:
    return date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None
