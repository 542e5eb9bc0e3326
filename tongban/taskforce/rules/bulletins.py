"""Bulletins (通报): drafted from frozen figures; the text names figures by placeholders, so nobody types a figure by hand."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


class Kind(enum.StrEnum):
    """A kind of bulletin: what it covers."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"


KIND_WORDS = {Kind.MONTH: "月通报", Kind.QUARTER: "季督查", Kind.HALF: "半年考评"}


@dataclass(frozen=True)
class Figure:
    """A figure as frozen: its name in the text, what it shows, how it is computed, which frozen rows it counts."""

    name: str
    shown: str
    formula: str
    rows: tuple[int, ...] = ()


_PLACE = re.compile(r"\{\{([^{}]*)\}\}")
# A figure typed by hand: a number before a measure that figures have. Days and numbers of papers are no figures.
_TYPED = re.compile(r"\d+(?:\.\d+)?\s*(?:[%％]|项|家|个单位|个百分点|次|分(?!钟|工|管)|名)")


# What a unit said of itself, and the name of a campaign, stay as they are. Both end on their line, and one within
# another is part of it; a mark that is never closed hides nothing.
_QUOTE = re.compile(r"“(?:[^“”\n]|“[^“”\n]*”)*”|《(?:[^《》\n]|《[^《》\n]*》)*》")


def months_of(kind: Kind, last: str) -> list[str]:
    """Return the months (YYYY-MM) that a bulletin ending with a month covers: that month, its quarter, its half-year so far."""
    year, month = int(last[:4]), int(last[5:])
    size = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6}[kind]
    first = (month - 1) // size * size + 1
    return [f"{year:04d}-{each:02d}" for each in range(first, month + 1)]


def period_words(kind: Kind, last: str) -> str:
    """Return the period in words: 2026年8月, 2026年第三季度, 2026年下半年."""
    year, month = int(last[:4]), int(last[5:])
    if kind is Kind.MONTH:
        return f"{year}年{month}月"
    if kind is Kind.QUARTER:
        return f"{year}年第{'一二三四'[(month - 1) // 3]}季度"
    return f"{year}年{'上' if month <= 6 else '下'}半年"


def text_flaws(text: str, figures: Mapping[str, Figure]) -> list[str]:
    """Return what is wrong with a text: placeholders that name no figure, figures typed by hand, broken brackets."""
    flaws = [f"没有叫“{name}”的数，从右边的列表里选" for name in _PLACE.findall(text) if name not in figures]
    bare = _QUOTE.sub("", _PLACE.sub("", text))
    if "{{" in bare or "}}" in bare:
        flaws.append("有占位没有写完整，应当是 {{名称}}")
    flaws += [f"“{typed}”是手写的数，请换成占位，数由平台填" for typed in dict.fromkeys(_TYPED.findall(bare))]
    return flaws


def filled(text: str, figures: Mapping[str, Figure]) -> str:
    """Return a text with its figures filled in. A placeholder that names nothing stays, so that it is seen."""
    return _PLACE.sub(lambda found: figures[found[1]].shown if found[1] in figures else found[0], text)


@dataclass(frozen=True)
class Piece:
    """A piece of a text on a page: plain words, or a figure that opens its rows."""

    words: str
    figure: str = ""


def pieces(line: str, figures: Mapping[str, Figure]) -> list[Piece]:
    """Return a line cut into words and figures."""
    found: list[Piece] = []
    at = 0
    for hit in _PLACE.finditer(line):
        found.append(Piece(line[at : hit.start()]))
        known = figures.get(hit[1])
        found.append(Piece(known.shown, known.name) if known else Piece(hit[0]))
        at = hit.end()
    return [piece for piece in [*found, Piece(line[at:])] if piece.words]


@dataclass(frozen=True)
class Facts:
    """What a draft says: names, not numbers."""

    campaign: str
    kind: Kind
    last: str
    frozen_on: date
    best: Sequence[str] = ()
    worst: Sequence[str] = ()
    overdue: Sequence[str] = ()
    silent: Sequence[str] = ()
    highlights: Sequence[str] = ()
    blockers: Sequence[str] = ()
    left_out: Sequence[str] = ()
    contradictions: Sequence[str] = ()
    next_due: Sequence[str] = ()


def draft(facts: Facts) -> str:
    """Return the first text of a bulletin: one paragraph a line, headings begin with “#”, figures as placeholders."""
    period = period_words(facts.kind, facts.last)
    lines = [
        f"现将{facts.campaign}{period}进展情况通报如下（数据截至 {facts.frozen_on.year}年{facts.frozen_on.month}月{facts.frozen_on.day}日）。",
        "# 一、总体情况",
        "专项共有任务{{任务数}}，涉及单位{{单位数}}，分工{{分工数}}；已销号{{已销号}}，完成率{{完成率}}；正常{{正常}}，落后序时{{落后}}，超期{{超期}}，随省推进或不计时{{不计时}}。",
        "本期应填报{{应报}}，按时填报{{按时报}}，按时填报率{{按时填报率}}；迟报{{迟报}}，未报{{未报}}。",
        "# 二、单位排名", "排名办法和名次见附表。" + (f"排在前面的是{'、'.join(facts.best)}。" if facts.best else ""),
        *([f"未参加排名：{'；'.join(facts.left_out)}。"] if facts.left_out else []),
        "# 三、主要成效",
        *(facts.highlights or ["本期各单位没有填报特色亮点。"]),
        "各单位本期宣传报道{{宣传报道}}，特色亮点{{特色亮点}}。",
        "# 四、存在问题",
        *([f"超期未完成：{'；'.join(facts.overdue)}。"] if facts.overdue else ["没有超期未完成的任务。"]),
        *([f"有应报未报的单位：{'、'.join(facts.silent)}。"] if facts.silent else ["应填报的都已填报。"]),
        *([f"自报高于平台数{{{{自报高于平台数}}}}：{'、'.join(facts.contradictions)}。"] if facts.contradictions else []),
        *([f"反映的困难：{'；'.join(facts.blockers)}。"] if facts.blockers else []),
        "本期发黄色督办单{{黄色督办单}}、红色督办单{{红色督办单}}，约谈{{约谈}}，问责{{问责}}。",
        "# 五、下一步要求",
        *([f"近期到期的任务：{'；'.join(facts.next_due)}。请牵头单位抓紧推进，按时申请销号。"] if facts.next_due else []),
        "请各单位对照台账逐项核对，落后和超期的任务说明原因、提出措施，下期按时填报。",
    ]  # fmt: skip
    return "\n".join(lines)


def due_words(tasks: Iterable[tuple[str, str]]) -> list[str]:
    """Return which tasks (number, last day) are due next, day by day; a task that several units share is said once."""
    days: dict[str, list[str]] = {}
    for task, due_on in dict.fromkeys(tasks):
        days.setdefault(due_on, []).append(task)
    return [f"任务 {'、'.join(days[due_on])}（{due_on} 前）" for due_on in sorted(days)]


def quoted(words: str) -> str:
    """Return words of a unit (特色亮点、困难) as a quote for a draft: one line in quotation marks, no placeholders."""
    plain = " ".join(words.replace("{", "").replace("}", "").replace("“", "‘").replace("”", "’").split())
    return f"“{plain}”"
