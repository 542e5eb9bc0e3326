"""What the window pages send, and the rows they draw: fields, material states, guidance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict

from tongban.cases.rules.plan import PlannedField
from tongban.rules import masking
from tongban.themes.rules import guidance
from tongban.themes.rules.materials import AUTOMATIC, Standing
from tongban.themes.rules.spec import ThemeSpec
from tongban.themes.services.drafting import Sheet

ANSWER, WAY = "a-", "way-"


@dataclass(frozen=True)
class OptionRow:
    """One choice, with the digit that picks it."""

    value: str
    label: str
    key: int
    is_chosen: bool


@dataclass(frozen=True)
class FieldRow:
    """A field of the form on the right."""

    name: str
    label: str
    kind: str
    value: str
    hint: str
    source: str
    error: str
    required: bool
    unit: str
    options: tuple[OptionRow, ...]
    drives: bool
    is_first: bool = False

    @property
    def id(self) -> str:
        """The id of the input."""
        return f"f-{self.name}"

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width of the form."""
        return self.kind in ("textarea", "multi") or len(self.label + self.unit + self.source) > 12

    @property
    def is_open(self) -> bool:
        """Whether the clerk still has to fill it in."""
        return bool(self.error) or (self.required and not self.value)


def field_row(planned: PlannedField, value: str, *, error: str, source: str, drives: bool) -> FieldRow:
    """Return the row of a planned field."""
    chosen = value.split("|") if value else []
    options = tuple(OptionRow(o.value, o.label, n, o.value in chosen) for n, o in enumerate(planned.choices, 1))
    return FieldRow(planned.element, planned.name, planned.kind, value, planned.hint, source, error, planned.required,
                    planned.unit, options, drives)  # fmt: skip


def focus(rows: list[FieldRow], *, after: str = "") -> list[FieldRow]:
    """Return the rows with the one marked where the cursor goes: the first open one, behind `after` where it is named."""
    names = [row.name for row in rows]
    start = names.index(after) + 1 if after in names else 0
    order = rows[start:] + rows[:start]
    first = next((row.name for row in order if row.is_open), "")
    return [replace(row, is_first=row.name == first) for row in rows]


STATES = (("ready", "齐", "ok"), ("missing", "缺", "bad"), ("defer", "容缺", "warn"), ("free", "免交", "blue"),
          ("commit", "承诺", "blue"))  # fmt: skip
NOTES = {
    "member": "由前一项办理取得", "check": "由部门核验", "licence": "已有电子证照", "reuse": "沿用交过的", "upload": "网上已传",
    "counter": "窗口收原件", "defer": "先受理，限期补交", "commit": "当面签承诺书", "missing": "没有带来", "none": "选交，没有交",
}  # fmt: skip


@dataclass(frozen=True)
class StateRow:
    """One of the five states of a material, as a radio; an empty value cannot be chosen here."""

    value: str
    label: str
    tone: str
    key: int
    is_chosen: bool


@dataclass(frozen=True)
class MaterialRow:
    """A material of the one set."""

    code: str
    name: str
    note: str
    error: str
    states: tuple[StateRow, ...]
    state: str


def material_row(row: Standing, *, provider: str, error: str = "") -> MaterialRow:
    """Return a material with its state."""
    values = {
        "ready": row.way if row.way in ("upload", "reuse") else "counter",
        "missing": "none" if row.material.necessity == "optional" else "missing",
        "defer": "defer", "free": next((w for w in row.ways if w in AUTOMATIC), ""), "commit": "commit",
    }  # fmt: skip
    states = tuple(
        StateRow(values[name] if values[name] in row.ways else "", "不交" if values[name] == "none" else label, tone, n,
                 values[name] == row.way)
        for n, (name, label, tone) in enumerate(STATES, 1)
    )  # fmt: skip
    chosen = next((name for name, _, _ in STATES if values[name] == row.way != "none"), "")
    note = f"由“{provider}”取得" if row.way == "member" and provider else NOTES.get(row.way, "")
    if row.way == "check" and row.material.checked_by:
        note = f"由{row.material.checked_by}核验"
    if row.way == "defer" and row.material.defer_days:
        note = f"先受理，{row.material.defer_days} 个工作日内补交"
    if row.way == "counter":
        note = f"{note} {row.material.copies} 份"
    return MaterialRow(row.material.type, row.material.name, note, error, states, chosen)


@dataclass(frozen=True)
class QuestionRow:
    """A guidance question with its choices."""

    code: str
    ask: str
    options: tuple[OptionRow, ...]
    is_first: bool


def question_rows(theme: ThemeSpec, answers: Mapping[str, str]) -> list[QuestionRow]:
    """Return the questions that apply, the first open one marked."""
    following = guidance.next_question(theme, answers)
    rows = []
    for asked in guidance.applicable(theme, answers):
        choices = [(choice.value, choice.label) for choice in asked.choices]
        if asked.unsure is not None:
            choices.append((guidance.UNSURE, "不确定"))
        options = tuple(OptionRow(v, label, n, answers.get(asked.code) == v) for n, (v, label) in enumerate(choices, 1))
        rows.append(QuestionRow(asked.code, asked.ask, options, following is not None and asked.code == following.code))
    return rows


def sheet(sent: QueryDict, fields: list[PlannedField]) -> Sheet:
    """Return what the screen sent."""
    typed = {
        f.element: "|".join(sent.getlist(f.element)) if f.kind == "multi" else sent.get(f.element, "")
        for f in fields
        if f"shown-{f.element}" in sent
    }
    return Sheet(
        answers={key.removeprefix(ANSWER): str(value) for key, value in sent.items() if key.startswith(ANSWER) and value},
        typed=typed,
        ways={key.removeprefix(WAY): str(value) for key, value in sent.items() if key.startswith(WAY) and value},
        delivery=sent.get("delivery", ""), address=masking.normal(sent.get("address", "")),
    )  # fmt: skip
