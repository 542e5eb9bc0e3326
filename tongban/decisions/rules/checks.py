"""What is wrong with a decision table before anybody asks it: each flaw with its place and its remedy.

Each input column is cut into samples: every value that a cell names, one between two neighbours, one beyond each end.
A cell then is the set of samples that it accepts, so that overlaps, gaps and rows that nothing reaches are set
arithmetic on integers. Cells that look at several inputs at once are left out of it, on the safe side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from tongban.decisions.rules import evaluation, feel
from tongban.decisions.rules.feel import Anything, FeelError, Kind, Said, Test, Value
from tongban.decisions.rules.table import Output, Table

Path = tuple[str | int, ...]
MOST_FLAWS = 50
MOST_STEPS = 20_000


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a table. An error stops publication; a hint is for the editor to weigh."""

    path: Path
    kind: Literal["error", "hint"]
    rule: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Fact:
    """What a case knows under a name: its kind, and the only values it can have where there are such."""

    kind: Kind
    values: frozenset[str] = frozenset()


def flaws(table: Table, facts: Mapping[str, Fact] | None = None) -> list[Flaw]:
    """Return all that is wrong with a table, errors first; with `facts`, also names that no case knows."""
    found = [*_columns(table), *_cells(table), *_results(table), *(_unknown(table, facts) if facts is not None else ())]
    if not found:
        found = list(_together(table))
    return sorted(found[: MOST_FLAWS * 4], key=lambda flaw: flaw.kind)[:MOST_FLAWS]


def errors(table: Table, facts: Mapping[str, Fact] | None = None) -> list[Flaw]:
    """Return what stops a table from being published."""
    return [flaw for flaw in flaws(table, facts) if flaw.kind == "error"]


def _error(path: Path, rule: str, message: str, remedy: str) -> Flaw:
    return Flaw(path, "error", rule, message, remedy)


def _columns(table: Table) -> Iterator[Flaw]:
    for n, column in enumerate(table.inputs):
        try:
            test = feel.read(column.values)
            if feel.names_of(test):
                yield _error(
                    ("inputs", n, "values"), "values", "可填的值里写了名称", '只写值，例如 "a","b" 或 [0..120]'
                )
            else:
                yield from _kinds(test, column.name, {column.name: column.type}, ("inputs", n, "values"))
        except FeelError as problem:
            yield _error(("inputs", n, "values"), "feel", problem.message, problem.remedy)
    for n, output in enumerate(table.outputs):
        yield from _output(output, ("outputs", n, "values"))
    if table.hit == "PRIORITY" and not any(output.values for output in table.outputs):
        yield _error(("outputs", 0, "values"), "priority", "按先后取一行，但没有写结果的先后",
                     "在输出的“可能的值”里从最优先的写起")  # fmt: skip
    if table.aggregation in ("SUM", "MIN", "MAX") and table.outputs[0].type != "number":
        yield _error(
            ("outputs", 0, "type"), "aggregation", "相加、取最小、取最大的输出要是数字", "把类型改为数字，或改成列出来"
        )


def _output(output: Output, path: Path) -> Iterator[Flaw]:
    if not output.values:
        return
    try:
        values = feel.literals(output.values)
    except FeelError as problem:
        yield _error(path, "feel", problem.message, problem.remedy)
        return
    if any(feel.kind_of(value) != output.type for value in values):
        yield _error(path, "type", f"可能的值里有的不是{feel.KIND_WORDS[output.type]}", _example(output.type))
    if len({*values}) != len(values):
        yield _error(path, "twice", "可能的值里有的写了两次", "每个值只写一次")


def _example(kind: Kind) -> str:
    return {"string": '文字写在半角引号里，例如 "retail"', "number": "数字不加引号，例如 3000",
            "boolean": "写 true 或 false", "date": '日期写 date("2026-01-01")'}[kind]  # fmt: skip


def _cells(table: Table) -> Iterator[Flaw]:
    kinds = {column.name: column.type for column in table.inputs}
    allowed = [_allowed(column.values) for column in table.inputs]
    for r, row in enumerate(table.rows):
        for c, (column, text) in enumerate(zip(table.inputs, row.when, strict=True)):
            path: Path = ("rows", r, "when", c)
            try:
                test = feel.read(text, own=column.name)
            except FeelError as problem:
                yield _error(path, "feel", problem.message, problem.remedy)
                continue
            wrong = list(_kinds(test, column.name, kinds, path))
            yield from wrong or _values(test, allowed[c], column.type, path)


def _kinds(test: Test, own: str, kinds: Mapping[str, Kind], path: Path) -> Iterator[Flaw]:
    for leaf in feel.leaves(test):
        name = leaf.name or own
        if name not in kinds:
            yield _error(path, "name", f"没有叫“{name}”的输入", "文字加半角引号；条件里的名称要是一列输入")
            continue
        value, kind = leaf.low if isinstance(leaf, feel.Within) else leaf.value, kinds[name]
        if feel.kind_of(value) != kind:
            what = f"“{name}”" if leaf.name else "这一列"
            yield _error(path, "type", f"{what}是{feel.KIND_WORDS[kind]}，这里写的是{feel.KIND_WORDS[feel.kind_of(value)]}",
                         _example(kind))  # fmt: skip
        elif isinstance(leaf, feel.Compare) and leaf.sign not in ("=", "!=") and kind in ("string", "boolean"):
            yield _error(path, "order", f"{feel.KIND_WORDS[kind]}没有大小", "列出允许的值")


def _allowed(text: str) -> Said | None:
    """Return what a column's values may be; None when everything may, or when the list itself is wrong."""
    try:
        test = feel.read(text)
    except FeelError:
        return None
    return None if isinstance(test, Anything) or feel.names_of(test) else test


def _values(test: Test, allowed: Said | None, kind: Kind, path: Path) -> Iterator[Flaw]:
    if allowed is None:
        return
    holds = evaluation.of_own(allowed, kind)
    for leaf in feel.leaves(test):
        if isinstance(leaf, feel.Compare) and leaf.name is None and leaf.sign in ("=", "!=") and not holds(leaf.value):
            said = evaluation.shown(leaf.value)
            yield _error(path, "unknown", f"{said}不在这一列可填的值里", "改成可填的值，或在列的说明里加上它")


def _results(table: Table) -> Iterator[Flaw]:
    allowed = [_listed(output) for output in table.outputs]
    for r, row in enumerate(table.rows):
        for c, (output, text) in enumerate(zip(table.outputs, row.then, strict=True)):
            path: Path = ("rows", r, "then", c)
            try:
                value = feel.literal(text)
            except FeelError as problem:
                yield _error(path, "feel", problem.message, problem.remedy)
                continue
            if value is not None and feel.kind_of(value) != output.type:
                yield _error(path, "type", f"这一列是{feel.KIND_WORDS[output.type]}，这里写的是{feel.KIND_WORDS[feel.kind_of(value)]}",
                             _example(output.type))  # fmt: skip
            elif value is not None and allowed[c] and value not in allowed[c]:
                yield _error(
                    path,
                    "unknown",
                    f"{evaluation.shown(value)}不在这一列可能的值里",
                    "改成列出的值，或在列的说明里加上它",
                )


def _listed(output: Output) -> list[Value]:
    try:
        return feel.literals(output.values) if output.values else []
    except FeelError:
        return []


def _unknown(table: Table, facts: Mapping[str, Fact]) -> Iterator[Flaw]:
    for n, column in enumerate(table.inputs):
        fact = facts.get(column.name)
        if fact is None:
            yield _error(("inputs", n, "name"), "fact", f"没有叫“{column.name}”的数据元或引导题目", "改为已有的名称")
        elif fact.kind != column.type:
            yield _error(("inputs", n, "type"), "fact", f"“{column.name}”是{feel.KIND_WORDS[fact.kind]}", "改列的类型")
        elif fact.values:
            yield from _unlisted(table, n, fact.values)


def _unlisted(table: Table, n: int, values: frozenset[str]) -> Iterator[Flaw]:
    places: list[tuple[Path, str]] = [(("inputs", n, "values"), table.inputs[n].values)]
    places += [(("rows", r, "when", n), row.when[n]) for r, row in enumerate(table.rows)]
    for path, text in places:
        try:
            wrong = sorted({str(v) for v in feel.values_of(feel.read(text, own=table.inputs[n].name))} - values)
        except FeelError:
            continue
        if wrong:
            known = "、".join(sorted(values))
            yield _error(path, "choice", f"“{table.inputs[n].name}”没有“{wrong[0]}”这个选项", f"改为：{known}"[:200])


# Rows against each other


def _together(table: Table) -> Iterator[Flaw]:
    columns = [_Column.of(table, n) for n in range(len(table.inputs))]
    if table.hit == "UNIQUE":
        yield from _overlaps(table, columns)
    sweep = _Sweep(table, columns)
    sweep.run()
    yield from _empty(table, columns)
    if table.hit == "FIRST" and sweep.is_complete:
        yield from _unreached(table, columns, sweep.reached)
    for gap in sweep.gaps:
        yield Flaw(("rows",), "hint", "gap", f"没有一行管到：{gap}", "补一行，或确认这种情形本来就由人来办")


@dataclass(frozen=True)
class _Column:
    """A column cut into samples; cell r accepts at most the samples of `most[r]`, and surely those of `least[r]`."""

    name: str
    samples: tuple[Value, ...]
    most: tuple[int, ...]
    least: tuple[int, ...]

    @property
    def all(self) -> int:
        return (1 << len(self.samples)) - 1

    @classmethod
    def of(cls, table: Table, n: int) -> _Column:
        """Return column n of a table, cut into samples."""
        column = table.inputs[n]
        tests = [feel.read(row.when[n], own=column.name) for row in table.rows]
        allowed = _allowed(column.values)
        samples = _samples([*tests, *([allowed] if allowed else [])], column.type)
        if allowed is not None:
            samples = [value for value in samples if evaluation.of_own(allowed, column.type)(value)]
        everything = (1 << len(samples)) - 1
        most, least = [], []
        for test in tests:
            is_open = bool(feel.names_of(test))
            mask = everything if is_open or isinstance(test, Anything) else _mask(test, column.type, samples)
            most.append(mask)
            least.append(0 if is_open else mask)
        return cls(column.words, tuple(samples), tuple(most), tuple(least))


def _mask(test: Said, kind: Kind, samples: list[Value]) -> int:
    holds = evaluation.of_own(test, kind)
    return sum(1 << n for n, value in enumerate(samples) if holds(value))


def _samples(tests: Iterable[Test], kind: Kind) -> list[Value]:
    values = {value for test in tests for value in feel.values_of(test)}
    if kind == "boolean":
        return [True, False]
    if kind == "string":
        other = "其他"
        while other in values:
            other += "的"
        return [*sorted(str(value) for value in values), other]
    return _days(values) if kind == "date" else _numbers(values)


def _days(values: set[Value]) -> list[Value]:
    days = {value for value in values if isinstance(value, date)}
    for each in list(days):
        days |= {each - timedelta(1) if each > date.min else each, each + timedelta(1) if each < date.max else each}
    return sorted(days or {date(2026, 1, 1)})


def _numbers(values: set[Value]) -> list[Value]:
    points = sorted(Decimal(value) for value in values if isinstance(value, int | Decimal))
    if not points:
        return [Decimal(0)]
    between = [(low + high) / 2 for low, high in pairwise(points)]
    return sorted({points[0] - 1, *points, *between, points[-1] + 1})


def _overlaps(table: Table, columns: list[_Column]) -> Iterator[Flaw]:
    rows = range(len(table.rows))
    for second in rows:
        for first in range(second):
            if all(column.least[first] & column.least[second] for column in columns):
                example = "，".join(
                    f"{column.name}{_said(column, column.least[first] & column.least[second])}" for column in columns
                )
                yield _error(("rows", second), "overlap", f"和第 {first + 1} 行会同时对上，例如 {example}",
                             "改条件让两行分开，或把对上的办法改为“取最上面的一行”")  # fmt: skip
                break


def _said(column: _Column, mask: int) -> str:
    value = column.samples[(mask & -mask).bit_length() - 1]
    return f"是{evaluation.shown(value)}" if mask != column.all else "任意"


def _empty(table: Table, columns: list[_Column]) -> Iterator[Flaw]:
    for r in range(len(table.rows)):
        for c, column in enumerate(columns):
            if not column.most[r]:
                yield _error(("rows", r, "when", c), "empty", "没有一个值能对上这一格", "检查范围和可填的值")


def _unreached(table: Table, columns: list[_Column], reached: int) -> Iterator[Flaw]:
    for r in range(len(table.rows)):
        if not reached >> r & 1 and all(column.most[r] for column in columns):
            yield _error(("rows", r), "unreachable", "轮不到这一行：上面的行已经全管到了", "把它往上移，或删去")


class _Sweep:
    """Walks all combinations of samples, those that no cell tells apart taken as one; gives up past MOST_STEPS."""

    def __init__(self, table: Table, columns: list[_Column]) -> None:
        self.rows = len(table.rows)
        self.cuts = [self._cut(column) for column in columns]
        self.columns = columns
        self.steps = 0
        self.reached = 0
        self.gaps: list[str] = []

    @property
    def is_complete(self) -> bool:
        return self.steps <= MOST_STEPS

    def run(self) -> None:
        """Walk, and keep the gaps only when the walk came to its end."""
        every = (1 << self.rows) - 1
        self._walk(0, every, every, [])
        if not self.is_complete:
            self.gaps = []

    def _cut(self, column: _Column) -> list[tuple[int, int, Value]]:
        """Return (rows that may accept, rows that surely accept, an example) for the samples that differ in them."""
        cuts: dict[tuple[int, int], Value] = {}
        for n, value in enumerate(column.samples):
            may = sum(1 << r for r in range(self.rows) if column.most[r] >> n & 1)
            sure = sum(1 << r for r in range(self.rows) if column.least[r] >> n & 1)
            cuts.setdefault((may, sure), value)
        return [(may, sure, value) for (may, sure), value in cuts.items()]

    def _walk(self, at: int, may: int, sure: int, chosen: list[str]) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            return
        if not may:
            if len(self.gaps) < 3:
                self.gaps.append("，".join(chosen))
            return
        if at == len(self.columns):
            first_sure = sure & -sure
            # A row below the first that surely matches is not reached here; those above it may be.
            self.reached |= may & ((first_sure << 1) - 1) if sure else may
            return
        for each_may, each_sure, value in self.cuts[at]:
            said = f"{self.columns[at].name}是{evaluation.shown(value)}"
            self._walk(at + 1, may & each_may, sure & each_sure, [*chosen, said] if len(self.cuts[at]) > 1 else chosen)
