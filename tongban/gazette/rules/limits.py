"""Read a limit of a theme (联办后办理时限) in working days."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongban.gazette.rules import ordinals, texts

_IMMEDIATE = re.compile(r"即时|即办|即来即办|随到随办|当场|现场办|现场办结|立等可取|立即|马上|秒批|秒办")
_DAYS = re.compile(r"(?P<days>\d+(?:\.\d+)?|半)个?工作日")
_SPAN = re.compile(r"\d+(?:\.\d+)?(?:个?工作日)?[-~—–－至到+]+\d+(?:\.\d+)?个?工作日")
_BARE = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Limit:
    """A limit in working days, or at once; `doubt` says in Chinese why neither is known."""

    working_days: int | float | None = None
    immediate: bool = False
    doubt: str = ""


def read(text: str, *, in_working_days: bool = False) -> Limit:
    """Return the main limit of a text; what brackets or “其中” add is left in the text.

    `in_working_days` tells that the head of the column names the unit, so that a bare number counts.
    """
    shown = f"“{texts.clean(text)}”"
    if texts.is_blank(text):
        return Limit(doubt="办理时限为空")
    bare = ordinals.arabic(texts.plain(text))
    main = re.split("其中", texts.without_brackets(bare))[0] or bare
    if in_working_days and _BARE.fullmatch(main):
        return Limit(_number(main))
    found = {_number(match["days"]) for match in _DAYS.finditer(main)}
    if _SPAN.search(main):
        return Limit(doubt=f"{shown}不是单一的工作日数")
    if not found:
        if _IMMEDIATE.search(main):
            return Limit(immediate=True)
        return Limit(doubt=f"{shown}不是工作日数，也不是即办")
    if len(found) > 1 or _IMMEDIATE.search(main):
        return Limit(doubt=f"{shown}写有多个时限，未取数")
    return Limit(found.pop())


def _number(text: str) -> int | float:
    value = 0.5 if text == "半" else float(text)
    return int(value) if value.is_integer() else value
