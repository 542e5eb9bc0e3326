"""A decision table while it is edited as a form: what was typed, as it was typed, and what each button does to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from tongban.decisions.rules.checks import Flaw, Path
from tongban.decisions.rules.table import MOST_INPUTS, MOST_OUTPUTS, MOST_ROWS, Input, Output, Table
from tongban.rules.specs import Document, SpecError, load

# A form carries at most 1,000 fields (settings); larger tables are edited as files.
MOST_FIELDS = 940


@dataclass(frozen=True)
class Column:
    """An input or an output as typed."""

    name: str = ""
    label: str = ""
    type: str = "string"
    values: str = ""

    @property
    def words(self) -> str:
        """The column as people read it."""
        return self.label or self.name


@dataclass(frozen=True)
class Line:
    """A row as typed."""

    when: tuple[str, ...]
    then: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Draft:
    """A table as typed, whole or not."""

    code: str
    name: str
    org: str
    hit: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Line, ...]

    @property
    def size(self) -> int:
        """How many fields the form of this draft has."""
        return (
            20
            + len(self.inputs) * 5
            + len(self.outputs) * 4
            + len(self.rows) * (len(self.inputs) + len(self.outputs) + 1)
        )

    @property
    def fits_a_form(self) -> bool:
        """Whether the draft can be edited as a form."""
        return self.size <= MOST_FIELDS


def blank(org: str) -> Draft:
    """Return a draft with one input, one output and one row."""
    result = Column("result", "结论", "string", '"approve","manual"')
    return Draft("", "", org, "UNIQUE", "LIST", (Column(),), (result,), (Line(("-",), ("",)),))


def of_table(table: Table) -> Draft:
    """Return a table as a draft."""
    return Draft(
        table.code, table.name, table.org, table.hit, table.aggregation, tuple(map(_column, table.inputs)),
        tuple(map(_column, table.outputs)), tuple(Line(row.when, row.then, row.note) for row in table.rows),
    )  # fmt: skip


def _column(column: Input | Output) -> Column:
    return Column(column.name, column.label, column.type, column.values)


def read(sent: Mapping[str, str], *, org: str, code: str) -> Draft:
    """Return what a form sent; what is missing is empty, what is too much is left out."""
    inputs = _count(sent, "inputs", MOST_INPUTS)
    outputs = _count(sent, "outputs", MOST_OUTPUTS)
    rows = _count(sent, "rows", MOST_ROWS)
    return Draft(
        code=code,
        name=_text(sent, "name"),
        org=org,
        hit=_text(sent, "hit"),
        aggregation=_text(sent, "aggregation") if _text(sent, "hit") == "COLLECT" else "LIST",
        inputs=tuple(_read_column(sent, f"in-{n}") for n in range(inputs)),
        outputs=tuple(_read_column(sent, f"out-{n}") for n in range(outputs)),
        rows=tuple(
            Line(
                tuple(_text(sent, f"r-{r}-w-{n}") or "-" for n in range(inputs)),
                tuple(_text(sent, f"r-{r}-t-{n}") for n in range(outputs)),
                _text(sent, f"r-{r}-note"),
            )
            for r in range(rows)
        ),
    )


def _count(sent: Mapping[str, str], name: str, most: int) -> int:
    text = sent.get(name, "")
    return min(int(text), most) if re.fullmatch(r"[0-9]{1,4}", text) else 0


def _text(sent: Mapping[str, str], name: str) -> str:
    return re.sub(r"\s+", " ", sent.get(name, "")).strip()


def _read_column(sent: Mapping[str, str], key: str) -> Column:
    return Column(**{field.name: _text(sent, f"{key}-{field.name}") for field in fields(Column)})


def acted(draft: Draft, act: str) -> tuple[Draft, str]:
    """Return the draft after a button, and the id of the field that the eye goes to. Unknown buttons do nothing."""
    match = re.fullmatch(r"(row|input|output)-(add|copy|remove|up|down)(?:-(\d{1,3}))?", act)
    if match is None:
        return draft, ""
    n = int(match[3]) if match[3] else -1
    changed, focus = _ACTS.get((match[1], match[2]), lambda d, _: (d, ""))(draft, n)
    return (changed, focus) if changed.fits_a_form else (draft, "")


def _add_row(draft: Draft, n: int) -> tuple[Draft, str]:
    at = n + 1 if 0 <= n < len(draft.rows) else len(draft.rows)
    row = Line(("-",) * len(draft.inputs), ("",) * len(draft.outputs))
    return _rows(draft, [*draft.rows[:at], row, *draft.rows[at:]], at)


def _copy_row(draft: Draft, n: int) -> tuple[Draft, str]:
    if not 0 <= n < len(draft.rows):
        return draft, ""
    return _rows(draft, [*draft.rows[: n + 1], *draft.rows[n:]], n + 1)


def _remove_row(draft: Draft, n: int) -> tuple[Draft, str]:
    if not 0 <= n < len(draft.rows) or len(draft.rows) == 1:
        return draft, ""
    return _rows(draft, [*draft.rows[:n], *draft.rows[n + 1 :]], min(n, len(draft.rows) - 2))


def _move_row(draft: Draft, n: int, to: int) -> tuple[Draft, str]:
    if not (0 <= n < len(draft.rows) and 0 <= to < len(draft.rows)):
        return draft, ""
    rows = list(draft.rows)
    rows.insert(to, rows.pop(n))
    return _rows(draft, rows, to)


def _rows(draft: Draft, rows: list[Line], at: int) -> tuple[Draft, str]:
    return replace(draft, rows=tuple(rows[:MOST_ROWS])), f"r-{at}-w-0"


def _add_input(draft: Draft, n: int) -> tuple[Draft, str]:
    rows = tuple(replace(row, when=(*row.when, "-")) for row in draft.rows)
    if len(draft.inputs) == MOST_INPUTS:
        return draft, ""
    return replace(draft, inputs=(*draft.inputs, Column()), rows=rows), f"in-{len(draft.inputs)}-name"


def _add_output(draft: Draft, n: int) -> tuple[Draft, str]:
    rows = tuple(replace(row, then=(*row.then, "")) for row in draft.rows)
    if len(draft.outputs) == MOST_OUTPUTS:
        return draft, ""
    return replace(draft, outputs=(*draft.outputs, Column()), rows=rows), f"out-{len(draft.outputs)}-name"


def _remove_input(draft: Draft, n: int) -> tuple[Draft, str]:
    if not 0 <= n < len(draft.inputs) or len(draft.inputs) == 1:
        return draft, ""
    rows = tuple(replace(row, when=row.when[:n] + row.when[n + 1 :]) for row in draft.rows)
    return replace(draft, inputs=draft.inputs[:n] + draft.inputs[n + 1 :], rows=rows), f"in-{max(n - 1, 0)}-name"


def _remove_output(draft: Draft, n: int) -> tuple[Draft, str]:
    if not 0 <= n < len(draft.outputs) or len(draft.outputs) == 1:
        return draft, ""
    rows = tuple(replace(row, then=row.then[:n] + row.then[n + 1 :]) for row in draft.rows)
    return replace(draft, outputs=draft.outputs[:n] + draft.outputs[n + 1 :], rows=rows), f"out-{max(n - 1, 0)}-name"


_ACTS = {
    ("row", "add"): _add_row, ("row", "copy"): _copy_row, ("row", "remove"): _remove_row,
    ("row", "up"): lambda draft, n: _move_row(draft, n, n - 1), ("row", "down"): lambda draft, n: _move_row(draft, n, n + 1),
    ("input", "add"): _add_input, ("input", "remove"): _remove_input,
    ("output", "add"): _add_output, ("output", "remove"): _remove_output,
}  # fmt: skip


def table(draft: Draft) -> tuple[Table | None, list[Flaw]]:
    """Return the table that a draft is, or what keeps it from being one, each with its place."""
    body = {
        "code": draft.code, "name": draft.name, "org": draft.org, "hit": draft.hit, "aggregation": draft.aggregation,
        "inputs": [vars(column) for column in draft.inputs], "outputs": [vars(column) for column in draft.outputs],
        "rows": [vars(row) for row in draft.rows],
    }  # fmt: skip
    places = list(_places(body, ()))
    document = Document("", None, {path: n for n, path in enumerate(places)})
    try:
        return load(Table, replace(document, data=body)), []  # type: ignore[arg-type]  # tuples are lists here
    except SpecError as problem:
        found = [Flaw(places[f.line], "error", f.rule, f.message, f.remedy) for f in problem.findings]
        return None, [_friendly(flaw) for flaw in found if not _is_of_its_parts(flaw, found)]


def _is_of_its_parts(flaw: Flaw, found: list[Flaw]) -> bool:
    """A list with wrong parts counts as too short, too: only the parts are worth telling."""
    return any(len(other.path) > len(flaw.path) and other.path[: len(flaw.path)] == flaw.path for other in found)


_PATTERNS = {
    "code": ("编码要写小写字母和数字", "2 至 63 个，可以用 - 连接，例如 subsidy-instant"),
    "name": ("名称要写，而且以字母或汉字开头", "只用字母、汉字、数字、- 和 _，例如 premises-area"),
}


def _friendly(flaw: Flaw) -> Flaw:
    """Say what fits a form: nobody who edits a table reads a pattern."""
    said = _PATTERNS.get(str(flaw.path[-1])) if flaw.path and flaw.rule == "pattern" else None
    if flaw.path == ("name",):
        return replace(flaw, message="表的名称要写", remedy="1 至 60 个字")
    return replace(flaw, message=said[0], remedy=said[1]) if said else flaw


def _places(value: object, path: Path) -> list[Path]:
    """Return the place of every value inside, so that a finding can say which it means."""
    inside: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list | tuple):
        inside = list(enumerate(value))
    return [path, *(place for key, each in inside for place in _places(each, (*path, key)))]


def field_of(path: Path) -> str:
    """Return the id of the form field at a place of the table."""
    match path:
        case ("rows", r, "when", c):
            return f"r-{r}-w-{c}"
        case ("rows", r, "then", c):
            return f"r-{r}-t-{c}"
        case ("rows", r, *rest):
            return f"r-{r}-note" if rest == ["note"] else f"r-{r}"
        case ("inputs" | "outputs" as side, n, *rest):
            return f"{'in' if side == 'inputs' else 'out'}-{n}-{rest[0] if rest else 'name'}"
        case (name, *_):
            return str(name)
        case _:
            return "name"
