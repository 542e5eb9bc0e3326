"""Read an event log of permits that others recorded (历史办件): which column holds what, moments as written, cases folded.

A row is an activity of a case. What belongs to the case (planned end, end, channel) may stand on any of its rows: the last
one that is not empty counts. A moment without zone is China time. A day without hour lasts until its midnight.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from tongban.rules.errors import Invalid
from tongban.rules.specs import Spec
from tongban.vocabulary.rules import Text

CHINA = ZoneInfo("Asia/Shanghai")
MOST_PROBLEMS = 20
# What programs write for "nothing".
NOTHING = frozenset(("", "nan", "nat", "null", "none", "n/a", "#n/a", "missing"))


class Columns(Spec):
    """Which column holds what; `encoding`, `time_format` and `delimiter` say how the file is written."""

    case: Text
    activity: Text
    time: Text
    resource: str | None = None
    planned_end: str | None = None
    end: str | None = None
    channel: str | None = None
    encoding: str | None = None
    time_format: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=4)

    @property
    def columns(self) -> dict[str, str]:
        """Return the columns that are mapped: what -> name of the column."""
        names = ("case", "activity", "time", "resource", "planned_end", "end", "channel")
        return {name: column for name in names if (column := getattr(self, name))}


@dataclass(frozen=True)
class Written:
    """A moment as it was written: the instant, its day and month where it was written, whether it is a day only."""

    at: datetime
    on: date
    is_day: bool

    @property
    def month(self) -> str:
        """The month as one reads it in the file."""
        return f"{self.on:%Y-%m}"


@dataclass(frozen=True)
class Line:
    """A row of the log: activity of a case."""

    number: int
    case: str
    activity: str
    time: Written
    resource: str
    planned_end: Written | None
    end: Written | None
    channel: str


@dataclass
class HistoricCase:
    """A case of the log with what its rows say of it."""

    ref: str
    first: Written
    planned_end: Written | None = None
    end: Written | None = None
    channel: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Whether it ended after it was planned to."""
        return is_late(self.planned_end, self.end)


def is_late(planned: Written | None, end: Written | None) -> bool:
    """Return whether an end lies after the planned one. Where one is a day only, days are compared."""
    if planned is None or end is None:
        return False
    if planned.is_day or end.is_day:
        return end.on > planned.on
    return end.at > planned.at


class _Problems:
    """What is wrong with a file, line by line."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.count = 0

    def add(self, line: int, words: str) -> None:
        """Note what is wrong with a line."""
        self.count += 1
        if len(self.found) < MOST_PROBLEMS:
            self.found[f"第 {line} 行"] = words

    def raise_if_any(self) -> None:
        """Raise Invalid with the first of them, where there are any."""
        if self.count:
            more = f"，下面是前 {MOST_PROBLEMS} 处" if self.count > MOST_PROBLEMS else ""
            raise Invalid(
                "history.lines",
                f"文件有 {self.count} 处读不懂{more}，没有导入",
                remedy="改好后重新导入",
                fields=self.found,
            )


def text_of(content: bytes, encoding: str | None) -> str:
    """Return the text of a file. Without encoding UTF-8 is tried, then GB 18030. Raises Invalid with the line."""
    if encoding:
        try:
            "".encode(encoding)
        except LookupError as problem:
            raise Invalid(
                "history.encoding", f"没有“{encoding}”这种编码", remedy="encoding 写 utf-8、gb18030、utf-16 或 latin-1"
            ) from problem
    names = [encoding] if encoding else ["utf-8-sig", "gb18030"]
    for name in names:
        try:
            return content.decode(name).lstrip("\ufeff")
        except UnicodeDecodeError as problem:
            wrong = problem
    line = content[: wrong.start].count(b"\n") + 1
    said = f"第 {line} 行不是 {encoding or 'UTF-8 或 GB 18030'} 的文字"
    raise Invalid("history.encoding", said, remedy="在对应文件里用 encoding 写明文件的编码")


def lines(content: bytes, mapping: Columns) -> list[Line]:
    """Return the rows of a log. Raises Invalid: a column that is missing, a row that cannot be read, each with its line."""
    text = text_of(content, mapping.encoding)
    rows = _rows(text, mapping)
    head_at, head = next(rows, (1, []))
    if not head:
        raise Invalid("history.empty", "文件是空的，没有表头", remedy="第一行写各列的名称")
    places = _places(head, mapping, head_at)
    problems, found = _Problems(), []
    for number, row in rows:
        if len(row) != len(head):
            problems.add(number, f"有 {len(row)} 格，表头有 {len(head)} 格；检查引号和分隔符")
            continue
        line = _line(
            number, {name: row[at].replace("\x00", "").strip() for name, at in places.items()}, mapping, problems
        )
        if line is not None:
            found.append(line)
    problems.raise_if_any()
    return found


LONGEST_CELL = 131_072


def _unreadable(number: int) -> Invalid:
    return Invalid("history.csv", f"第 {number} 行读不懂", remedy="检查引号是否成对，单元格不超过 13 万字")


def _rows(text: str, mapping: Columns) -> Iterator[tuple[int, list[str]]]:
    delimiter = _delimiter(text, mapping)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as problem:
            raise _unreadable(number) from problem
        if row is not None and any(len(cell) > LONGEST_CELL for cell in row):
            raise _unreadable(number)  # The reader's own limit is set for the whole process, elsewhere higher.
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield number, row
        number = reader.line_num + 1


def _delimiter(text: str, mapping: Columns) -> str:
    if mapping.delimiter:
        return {"\\t": "\t", "tab": "\t"}.get(mapping.delimiter, mapping.delimiter[0])
    head = text.lstrip().split("\n", 1)[0]
    wanted = set(mapping.columns.values())

    def fits(mark: str) -> tuple[int, int]:
        cells = next(csv.reader([head], delimiter=mark), [])
        return len(wanted & {cell.strip() for cell in cells}), len(cells)

    return max(",;\t|", key=fits)


def _places(head: Sequence[str], mapping: Columns, line: int) -> dict[str, int]:
    names = [cell.strip() for cell in head]
    missing = {name: column for name, column in mapping.columns.items() if column not in names}
    if missing:
        said = "、".join(f"“{column}”（{name}）" for name, column in missing.items())
        raise Invalid(
            "history.columns",
            f"第 {line} 行（表头）没有这些列：{said}",
            remedy=f"文件里有的列：{'、'.join(names)}"[:500],
        )
    twice = [column for column in mapping.columns.values() if names.count(column) > 1]
    if twice:
        raise Invalid("history.columns", f"第 {line} 行（表头）有重名的列：{'、'.join(twice)}", remedy="改成不同的名称")
    return {name: names.index(column) for name, column in mapping.columns.items()}


def _line(number: int, cells: Mapping[str, str], mapping: Columns, problems: _Problems) -> Line | None:
    moments: dict[str, Written | None] = {}
    before = problems.count
    for name in ("case", "activity"):
        if not cells[name]:
            problems.add(number, f"“{mapping.columns[name]}”是空的")
    for name in ("time", "planned_end", "end"):
        said = cells.get(name, "")
        moments[name] = None
        if said.lower() in NOTHING:
            if name == "time":
                problems.add(number, f"“{mapping.time}”是空的")
            continue
        moments[name] = moment(said, mapping.time_format)
        if moments[name] is None:
            problems.add(number, f"“{mapping.columns[name]}”的时间读不懂：{said[:40]}")
    time = moments["time"]
    if problems.count > before or time is None:
        return None
    channel = cells.get("channel", "")
    return Line(
        number, cells["case"], cells["activity"], time, cells.get("resource", ""), moments["planned_end"], moments["end"],
        "" if channel.lower() in NOTHING else channel,
    )  # fmt: skip


# Formats tried after the one that the mapping names and ISO 8601.
_FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日",
            "%Y.%m.%d %H:%M:%S", "%Y.%m.%d")  # fmt: skip
_LETTERS = (("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%M"), ("SSSSSS", "%f"), ("SSS", "%f"),
            ("ss", "%S"), ("XXX", "%z"), ("Z", "%z"))  # fmt: skip


def moment(said: str, time_format: str | None = None) -> Written | None:
    """Return a moment as written; None when nobody can read it. Without zone it is China time.

    `time_format` is one of Python's (`%d-%m-%Y %H:%M:%S`) or of letters (`dd-MM-yyyy HH:mm:ss`); `iso`, or none, is ISO 8601.
    """
    wanted = (time_format or "").strip()
    if wanted and wanted.lower().replace(" ", "").replace("-", "") not in ("iso", "iso8601", "auto"):
        found = _by_format(said, _percents(wanted))
        if found is not None:
            return found
    found = _iso(said)
    if found is not None:
        return found
    return next((found for form in _FORMATS if (found := _by_format(said, form)) is not None), None)


def _percents(form: str) -> str:
    if "%" in form:
        return form
    for letters, percent in _LETTERS:
        form = form.replace(letters, percent)
    return form.replace("'", "")


def _by_format(said: str, form: str) -> Written | None:
    try:
        return _written(datetime.strptime(said, form), is_day=not re.search(r"%[HIcXsT]", form))  # noqa: DTZ007  # the zone follows
    except ValueError:
        return None


def _iso(said: str) -> Written | None:
    said = re.sub(r"\s+(UTC|GMT|Z)$", "+00:00", said)
    said = re.sub(r"\s+([+-]\d\d:?\d\d)$", r"\1", said)
    said = re.sub(r"(\.\d{6})\d+", r"\1", said)
    try:
        return _written(
            datetime.fromisoformat(said), is_day=bool(re.fullmatch(r"\d{4}-?\d\d-?\d\d|\d{4}-?W\d\d-?\d", said))
        )
    except ValueError:
        return None


def _written(at: datetime, *, is_day: bool) -> Written:
    aware = at if at.tzinfo else at.replace(tzinfo=CHINA)
    try:
        aware.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError("no calendar goes that far") from problem
    return Written(aware, at.date(), is_day)


def cases(found: Sequence[Line]) -> list[HistoricCase]:
    """Return the cases of rows, in the order in which the file first names them."""
    known: dict[str, HistoricCase] = {}
    for line in found:
        row = known.setdefault(line.case, HistoricCase(line.case, line.time))
        if line.time.at < row.first.at:
            row.first = line.time
        row.planned_end, row.end = line.planned_end or row.planned_end, line.end or row.end
        row.channel = line.channel or row.channel
        row.lines.append(line)
    return list(known.values())
