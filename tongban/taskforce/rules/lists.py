"""An uploaded list as a grid to check: doubtful cells with the reader's words, double numbers, units matched by name, moved years."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

COLUMNS = {
    "seq": "序号", "section": "任务类别", "requirement": "工作要求", "deadline": "完成时限", "lead": "牵头单位", "responsible": "责任单位",
}  # fmt: skip
_QUOTED = re.compile(r"“([^”]+)”")
_PLACE = re.compile(r"^序号(?P<seq>\d+)(?:-(?P<sub>[^（]+))?（")
_ABOUT_UNITS = re.compile(r"单位|部门")
_ABOUT_DEADLINE = re.compile(r"时限|日期|年份|时间")
_ABOUT_NUMBER = re.compile(r"序号|编为")


@dataclass(frozen=True)
class Doubt:
    """One thing the reader is unsure of: the column and the reader's words."""

    column: str
    words: str


@dataclass(frozen=True)
class Row:
    """A row of the grid. `deadline` is the text as printed, `due_on` its day; `left_out` says why it is not taken."""

    seq: str
    sub: str
    section: str
    requirement: str
    deadline: str
    due_on: date | None
    syncs: bool
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()
    left_out: str = ""

    @property
    def number(self) -> str:
        """The number as people say it: 8 or 8-2."""
        return f"{self.seq}-{self.sub}" if self.sub else self.seq


def place_of(where: str) -> tuple[str, str] | None:
    """Return number and sub-number of the row that a finding of the reader is about, or None for one about the whole list."""
    found = _PLACE.match(where)
    return (found["seq"], found["sub"] or "") if found else None


def cells_in(reason: str) -> set[str]:
    """Return the cells that the words of a finding quote."""
    return set(_QUOTED.findall(reason))


def column_of(reason: str) -> str:
    """Return the column that the words of a finding are about."""
    if _ABOUT_NUMBER.search(reason):
        return "seq"
    if "牵头单位" in reason:
        return "lead"
    if _ABOUT_UNITS.search(reason):
        return "responsible"
    return "deadline" if _ABOUT_DEADLINE.search(reason) else "requirement"


def faults(rows: Sequence[Row]) -> list[list[Doubt]]:
    """Return what of each row keeps the list from being taken; a row left out on purpose has no faults."""
    taken = [row for row in rows if not row.left_out]
    numbers = Counter(row.number for row in taken)
    found: list[list[Doubt]] = []
    for row in rows:
        own: list[Doubt] = []
        if not row.left_out:
            if not row.seq:
                own.append(Doubt("seq", "没有序号"))
            elif numbers[row.number] > 1:
                own.append(Doubt("seq", f"序号 {row.number} 有 {numbers[row.number]} 行，请改成不同的序号"))
            if not row.requirement:
                own.append(Doubt("requirement", "工作要求为空"))
            if not row.lead and not row.responsible:
                own.append(Doubt("lead", "没有牵头单位，也没有责任单位"))
        found.append(own)
    return found


# Years


def year_shift(days: Iterable[date | None], to_year: int) -> int:
    """Return by how many years a list is moved so that its first year becomes `to_year`; 0 for a list without days."""
    years = [day.year for day in days if day]
    return to_year - min(years) if years else 0


def moved(day: date | None, years: int) -> date | None:
    """Return a day some years later; the last day of a month stays the last day."""
    if day is None or years == 0:
        return day
    last = calendar.monthrange(day.year + years, day.month)[1]
    is_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(day.year + years, day.month, last if is_end else min(day.day, last))


# Units

ALL = "*"  # a collective (“州直相关单位”) that stands for every department of the place
_LEVEL = re.compile(r"^(中共|国家税务总局|.{2,3}?(省|自治州|州|市|县|区)|省|州|市|县|区|各)")
_KIND = re.compile(r"(委员会|管理局|监督局|局|委|办公室|办|厅|部|中心|大队|支队|公司)$")
_LONG = (("市场监督管理", "市场监管"), ("发展和改革", "发改"), ("人力资源和社会保障", "人社"), ("住房和城乡建设", "住建"),
         ("卫生健康", "卫健"), ("医疗保障", "医保"), ("文化和旅游", "文旅"), ("城市管理执法", "城管执法"), ("教育和体育", "教体"))  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """An organisation a printed name may mean: its code, its short and full name and aliases."""

    code: str
    name: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """What a printed name stands for: codes, or outside text; `how` says by what it was matched."""

    codes: tuple[str, ...] = ()
    outside: bool = False
    how: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it is settled what the name stands for; a mere likeness is not."""
        return self.outside or (bool(self.codes) and self.how != "like")


HOW_WORDS = {
    "name": "名称相同",
    "alias": "别名",
    "before": "以前的清单选过",
    "hand": "人工选定",
    "like": "名称相近，请确认",
    "": "没有对上",
}


def key(name: str) -> str:
    """Return a name for comparison: no blanks, brackets half-width."""
    return re.sub(r"\s+", "", name).replace("（", "(").replace("）", ")")


def core(name: str) -> str:
    """Return what is left of a name without level, place and kind of body, long forms shortened: 州发展和改革委员会 gives 发改."""
    text = key(name)
    for long, short in _LONG:
        text = text.replace(long, short)
    for _ in range(3):
        text = _LEVEL.sub("", text)
    return _KIND.sub("", text)


def match(name: str, units: Sequence[Unit], before: Mapping[str, Sequence[str]]) -> Match:
    """Return what a printed name stands for: by name, by alias, by an earlier list, else what it is like; or nobody."""
    wanted = key(name)
    for unit in units:
        if wanted == key(unit.name):
            return Match((unit.code,), how="name")
    for unit in units:
        if wanted in {key(other) for other in unit.names}:
            return Match((unit.code,), how="alias")
    if wanted in before:
        return Match(tuple(before[wanted]), outside=not before[wanted], how="before")
    stem = core(name)
    if len(stem) < 2:
        return Match()
    like = [unit for unit in units if stem in {core(other) for other in (unit.name, *unit.names)}]
    return Match((like[0].code,), how="like") if len(like) == 1 else Match()


@dataclass(frozen=True)
class Share:
    """Who does what of a task: an organisation's code ("" for outside), the printed name, whether it leads."""

    code: str
    name: str
    leads: bool


def shares(row: Row, known: Mapping[str, Match], everybody: Sequence[str] = ()) -> list[Share]:
    """Return who takes part in a task, each once: who leads is not named again as responsible.

    `everybody` are the codes that a collective stands for.
    """
    found: dict[tuple[str, str], Share] = {}
    for leads, names in ((True, row.lead), (False, row.responsible)):
        for name in names:
            met = known.get(name, Match())
            codes = [code for given in met.codes for code in (everybody if given == ALL else (given,))]
            for code in codes or [""]:
                found.setdefault((code, "" if code else name), Share(code, name, leads))
    return list(found.values())


@dataclass(frozen=True)
class Check:
    """What of a list still stands in the way of taking it."""

    faults: list[list[Doubt]] = field(default_factory=list)
    unknown: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether the list can be taken."""
        return not self.unknown and not any(self.faults)


def names_of(rows: Sequence[Row]) -> list[str]:
    """Return the printed names of units of the rows that are taken, each once, in their order."""
    return list(dict.fromkeys(name for row in rows if not row.left_out for name in (*row.lead, *row.responsible)))


def check(rows: Sequence[Row], known: Mapping[str, Match]) -> Check:
    """Return the faults of the rows and the names that nobody knows yet."""
    unknown = tuple(name for name in names_of(rows) if not known.get(name, Match()).is_known)
    return Check(faults(rows), unknown)


def split_names(text: str) -> tuple[str, ...]:
    """Return the names typed into a cell, parted by 、 ，；or line ends; brackets keep theirs."""
    parts: list[str] = []
    depth, word = 0, ""
    for char in text:
        depth += (char in "（(") - (char in "）)")
        if char in "、，,；;\n" and depth <= 0:
            parts.append(word)
            word = ""
        else:
            word += char
    return tuple(dict.fromkeys(part.strip() for part in [*parts, word] if part.strip()))
