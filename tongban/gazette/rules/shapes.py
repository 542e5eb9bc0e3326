"""Name the shapes that pass between the adapters, the rules and the edges of gazette (公文)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

# How an adapter writes the end of a line inside a cell. "\n" means that it cannot know.
WRAP = "\u2028"  # the line was full: the text goes on
HARD = "\u2029"  # the author broke the line here

Row = tuple[str | None, ...]  # None: this cell is merged with the one above it


class Kind(enum.StrEnum):
    """What a list holds: one-thing themes (一件事主题) or tasks (任务)."""

    THEMES = "themes"
    TASKS = "tasks"


class Column(enum.StrEnum):
    """What a column of an official list means; the value is its plain Chinese name."""

    SEQ = "序号"
    SECTION = "任务类别"
    REQUIREMENT = "工作要求"
    DEADLINE = "完成时限"
    LEAD = "牵头单位"
    RESPONSIBLE = "责任单位"
    SUPPORTING = "配合单位"
    THEME = "主题名称"
    ITEMS = "联办事项"
    LIMIT = "办理时限"


class Refused(Exception):
    """A document that cannot be read into rows, with a Chinese sentence and the way to mend it."""

    def __init__(self, code: str, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True)
class Finding:
    """One thing the reader is unsure of: the place in the document and the reason, in Chinese."""

    where: str
    reason: str

    def __str__(self) -> str:
        return " ".join(f"{self.where}：{self.reason}".split())


@dataclass(frozen=True)
class Table:
    """The cells of one table (or of its part on one page), row by row."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Document:
    """A document as an adapter found it: the tables, and all text that stands outside of them."""

    prose: str
    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Line:
    """One row of a list: the raw text of each known column ("" when blank).

    `covered` holds the columns whose cell is merged with the one above. `banner` is the text of a row that is
    nothing but a heading over the following rows.
    """

    where: str
    cells: Mapping[Column, str] = field(default_factory=dict)
    covered: frozenset[Column] = frozenset()
    banner: str = ""

    def text(self, column: Column) -> str:
        """Return the raw text of a column, "" when it is blank or the table has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Listing:
    """All lines of the lists of one kind in a document; `heads` is the head of each column as printed."""

    lines: tuple[Line, ...]
    heads: Mapping[Column, str]
    prose: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Task:
    """One task of a task list (任务清单); `sub` numbers the measures under one number."""

    seq: int | None
    sub: str | None
    section: str | None
    requirement: str
    deadline_text: str
    deadline_date: date | None
    sync_with_province: bool
    lead_units: list[str]
    responsible_units: list[str]


@dataclass(frozen=True)
class Theme:
    """One theme of a one-thing list (“一件事”清单)."""

    seq: int | None
    theme: str
    items: list[str]
    lead_unit: str | None
    responsible_units: list[str]
    combined_limit_text: str | None
    combined_limit_working_days: int | float | None
    immediate: bool


@dataclass(frozen=True)
class Reading:
    """What was read: the rows, and everything the reader is unsure of."""

    rows: tuple[Task, ...] | tuple[Theme, ...]
    findings: tuple[Finding, ...]
