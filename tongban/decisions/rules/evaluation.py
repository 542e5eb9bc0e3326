"""Ask a decision table: which rows match, what they answer together, and why.

A table is compiled once; asking it then takes microseconds. A value that is missing (None, empty text) or is not of its
column's type meets `-` and nothing else: no condition, no `not(...)`. Asking never raises.
Source: DMN 1.3 chapter 8.2.8 (hit policies).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tongban.decisions.rules import feel
from tongban.decisions.rules.feel import Anything, Compare, Joined, Kind, Not, Said, Value, Within
from tongban.decisions.rules.table import Row, Table

Given = str | int | float | Decimal | bool | date | None
Outcome = dict[str, Value | None] | list[dict[str, Value | None]] | None
Holds = Callable[[Value], bool]
Facts = Mapping[str, Value | None]
Verdict = Callable[[Facts], bool | None]


@dataclass(frozen=True)
class Reason:
    """Why a row matched: this input met this test."""

    row: int
    input: str
    value: str
    test: str

    @property
    def words(self) -> str:
        """The reason as people read it."""
        return f"第 {self.row} 行：{self.input}是{self.value}，符合 {self.test}"


@dataclass(frozen=True)
class Result:
    """What a table answers. `rows` are the numbers (from 1) of the rows that count, `problem` why there is no answer."""

    outcome: Outcome
    rows: tuple[int, ...]
    reasons: tuple[Reason, ...]
    problem: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether the table gave an answer."""
        return self.outcome is not None


# Compiling


def _never(value: Value) -> bool:
    return False


_SIGNS: dict[str, Callable[[Value, Value], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _leaf(test: Compare | Within, kind: Kind) -> Holds:
    """Return the test of one value; a literal of another kind is never met (the checks report it)."""
    if isinstance(test, Within):
        if feel.kind_of(test.low) != kind:
            return _never
        above = _leaf(Compare(None, ">" if test.is_low_open else ">=", test.low), kind)
        below = _leaf(Compare(None, "<" if test.is_high_open else "<=", test.high), kind)
        return lambda value: above(value) and below(value)
    if feel.kind_of(test.value) != kind or (test.sign not in ("=", "!=") and kind in ("string", "boolean")):
        return _never
    compare, bound = _SIGNS[test.sign], test.value
    return lambda value: compare(value, bound)


def of_own(test: Said, kind: Kind) -> Holds:
    """Return a test of the cell's own input alone as a function of its value."""
    match test:
        case Compare() | Within():
            return _leaf(test, kind)
        case Not(inner):
            holds = of_own(inner, kind)
            return lambda value: not holds(value)
        case Joined("or", tests) if all(isinstance(t, Compare) and t.sign == "=" for t in tests):
            return frozenset(v for v in feel.values_of(test) if feel.kind_of(v) == kind).__contains__
        case _:
            several = [of_own(each, kind) for each in test.tests]
            if test.word == "or":
                return lambda value: any(holds(value) for holds in several)
            return lambda value: all(holds(value) for holds in several)


def _full(test: Said, own: str, kinds: Mapping[str, Kind]) -> Verdict:
    """Compile a test that looks at several inputs; a missing one makes it unknown (None), as in FEEL."""
    match test:
        case Compare() | Within():
            name = test.name or own
            holds = _leaf(test, kinds[name]) if name in kinds else _never
            return lambda facts: None if facts.get(name) is None else holds(facts[name])  # type: ignore[arg-type]  # asked above
        case Not(inner):
            verdict = _full(inner, own, kinds)
            return lambda facts: None if (said := verdict(facts)) is None else not said
        case _:
            several = [_full(each, own, kinds) for each in test.tests]
            decisive = test.word == "or"
            return lambda facts: _joined([verdict(facts) for verdict in several], decisive)


def _joined(verdicts: list[bool | None], decisive: bool) -> bool | None:
    if decisive in verdicts:
        return decisive
    return None if None in verdicts else not decisive


@dataclass(frozen=True)
class _Row:
    simple: tuple[tuple[int, Holds], ...]
    full: tuple[tuple[int, Verdict], ...]
    then: dict[str, Value | None]


@dataclass(frozen=True)
class Compiled:
    """A table ready to be asked."""

    table: Table
    rows: tuple[_Row, ...]
    ranks: tuple[tuple[str, dict[Value, int]], ...]


def compiled(table: Table) -> Compiled:
    """Return the table ready to be asked. Raises FeelError for a cell that cannot be read."""
    kinds = {column.name: column.type for column in table.inputs}
    ranks = tuple(
        (column.name, {value: n for n, value in enumerate(feel.literals(column.values))})
        for column in table.outputs if column.values
    )  # fmt: skip
    return Compiled(table, tuple(_row(table, row, kinds) for row in table.rows), ranks)


def _row(table: Table, row: Row, kinds: Mapping[str, Kind]) -> _Row:
    simple, full = [], []
    for n, (column, text) in enumerate(zip(table.inputs, row.when, strict=True)):
        test = feel.read(text, own=column.name)
        if isinstance(test, Anything):
            continue
        if feel.names_of(test):
            full.append((n, _full(test, column.name, kinds)))
        else:
            simple.append((n, of_own(test, column.type)))
    then = {column.name: feel.literal(text) for column, text in zip(table.outputs, row.then, strict=True)}
    return _Row(tuple(simple), tuple(full), then)


# Values as they come

MOST_PLACES = 400  # more than a float has; what is longer is no number of an application
_TOO_MUCH = 10**MOST_PLACES
_NUMBER = re.compile(rf"[+-]?\d{{1,{feel.MOST_DIGITS}}}(\.\d{{1,{feel.MOST_DIGITS}}})?")


def value_of(given: Given, kind: Kind) -> Value | None:
    """Return what was given as a value of the kind, or None when nothing, or something else, was given.

    Forms and files send text: “3000” is a number, “2026-01-01” a day and “true” a truth value where the column says so.
    """
    match kind:
        case "string":
            return given if isinstance(given, str) and given else None
        case "boolean":
            return given if isinstance(given, bool) else {"true": True, "false": False}.get(str(given))
        case "date":
            return _day(given)
        case _:
            return _number(given)


def _day(given: Given) -> date | None:
    if isinstance(given, str):
        try:
            return date.fromisoformat(given) if len(given) == 10 else None
        except ValueError:
            return None
    return given if isinstance(given, date) and not isinstance(given, datetime) else None


def _number(given: Given) -> int | Decimal | None:
    number: int | Decimal | None = None
    if isinstance(given, int | Decimal) and not isinstance(given, bool):
        number = given
    elif isinstance(given, float):
        number = Decimal(repr(given))
    elif isinstance(given, str) and given.isascii() and _NUMBER.fullmatch(given):
        number = Decimal(given)
    if isinstance(number, Decimal):
        return number if number.is_finite() and abs(number.adjusted()) < MOST_PLACES else None
    return number if number is None or abs(number) < _TOO_MUCH else None


# Asking


def ask(compiled: Compiled, given: Mapping[str, Given]) -> Result:
    """Return what the table answers to some values; names it does not know are left aside. Never raises."""
    inputs = compiled.table.inputs
    facts: dict[str, Value | None] = {c.name: value_of(given.get(c.name), c.type) for c in inputs}
    values = list(facts.values())
    stops = compiled.table.hit == "FIRST"
    matched: list[int] = []
    for n, row in enumerate(compiled.rows):
        if _matches(row, values, facts):
            matched.append(n)
            if stops:
                break
    return _answer(compiled, matched, facts)


def _matches(row: _Row, values: list[Value | None], facts: Facts) -> bool:
    for n, holds in row.simple:
        value = values[n]
        if value is None or not holds(value):
            return False
    return all(values[n] is not None and verdict(facts) is True for n, verdict in row.full)


def _answer(compiled: Compiled, matched: list[int], facts: Facts) -> Result:
    table = compiled.table
    if not matched and table.aggregation != "COUNT":
        return Result(None, (), (), "没有一行对得上")
    if table.hit == "UNIQUE" and len(matched) > 1:
        rows = tuple(n + 1 for n in matched)
        said = "、".join(map(str, rows))
        return Result(None, rows, _reasons(compiled, matched, facts), f"第 {said} 行都对得上，这张表只许一行")
    if table.hit == "PRIORITY":
        matched = [min(matched, key=lambda n: _rank(compiled, n))]
    outcome: Outcome = compiled.rows[matched[0]].then if matched else None
    if table.hit == "COLLECT":
        outcome = _collected(compiled, matched)
    problem = "" if outcome is not None else "对上的行没有数字可以汇总"
    return Result(outcome, tuple(n + 1 for n in matched), _reasons(compiled, matched, facts), problem)


def _rank(compiled: Compiled, n: int) -> tuple[int, ...]:
    """Return where a row stands by its outputs; what is not listed comes last, and the upper row first."""
    then = compiled.rows[n].then
    return tuple(
        ranks[value] if (value := then[name]) is not None and value in ranks else len(ranks)
        for name, ranks in compiled.ranks
    )


def _collected(compiled: Compiled, matched: list[int]) -> Outcome:
    rows = [compiled.rows[n].then for n in matched]
    kind = compiled.table.aggregation
    if kind == "LIST":
        return rows
    name = compiled.table.outputs[0].name
    if kind == "COUNT":
        return {name: len(rows)}
    numbers = [value for row in rows if isinstance(value := row[name], int | Decimal) and not isinstance(value, bool)]
    if not numbers:
        return None
    return {name: sum(numbers) if kind == "SUM" else min(numbers) if kind == "MIN" else max(numbers)}


def _reasons(compiled: Compiled, matched: list[int], facts: Facts) -> tuple[Reason, ...]:
    table = compiled.table
    return tuple(
        Reason(n + 1, column.words, shown(facts[column.name]), text)
        for n in matched
        for column, text in zip(table.inputs, table.rows[n].when, strict=True)
        if text not in ("", "-")
    )


def nearest(compiled: Compiled, given: Mapping[str, Given]) -> tuple[int, tuple[str, ...]] | None:
    """Return the number of the row that fails in the fewest inputs, and their names; None when a row matches."""
    inputs = compiled.table.inputs
    facts: dict[str, Value | None] = {c.name: value_of(given.get(c.name), c.type) for c in inputs}
    values = list(facts.values())
    failed = []
    for row in compiled.rows:
        wrong = [n for n, holds in row.simple if (v := values[n]) is None or not holds(v)]
        wrong += [n for n, verdict in row.full if values[n] is None or verdict(facts) is not True]
        failed.append(sorted(wrong))
    best = min(range(len(failed)), key=lambda n: len(failed[n]))
    return (best + 1, tuple(inputs[n].words for n in failed[best])) if failed[best] else None


# Showing and keeping

Plain = str | int | bool | None


def shown(value: Value | None) -> str:
    """Return a value as people read it."""
    match value:
        case None:
            return "没有填"
        case bool():
            return "是" if value else "否"
        case str():
            return f"“{value}”"
        case _:
            return str(plain(value))


def plain(value: Value | None) -> Plain:
    """Return a value as JSON keeps it without loss: days and broken numbers as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def plain_outcome(outcome: Outcome) -> dict[str, Plain] | list[dict[str, Plain]] | None:
    """Return an outcome as JSON keeps it."""
    if isinstance(outcome, list):
        return [{name: plain(value) for name, value in row.items()} for row in outcome]
    return None if outcome is None else {name: plain(value) for name, value in outcome.items()}


def plain_inputs(table: Table, given: Mapping[str, Given]) -> dict[str, Plain]:
    """Return the values that a table looks at, as JSON keeps them; nothing else of what was given is kept."""
    return {c.name: plain(value_of(given.get(c.name), c.type)) for c in table.inputs}
