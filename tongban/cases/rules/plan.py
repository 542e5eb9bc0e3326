"""The plan of an application: what the composer decided and the joint case keeps, frozen.

One document in every channel: it draws the form, the material list, the schedule and the API's answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from tongban.rules.conditions import Facts, When, holds


@dataclass(frozen=True)
class Option:
    """One accepted value of a field."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class PlannedStep:
    """A step of an item, with the steps it waits for."""

    code: str
    name: str
    role: str
    days: int
    waits_for: tuple[str, ...]
    on_site: bool


@dataclass(frozen=True)
class PlannedItem:
    """A member: who does it, when it starts and ends in working days after acceptance, what it needs."""

    code: str
    version: int
    name: str
    type: str
    implementation_code: str
    org: str
    org_name: str
    tracked_only: bool
    limit_days: int
    alone_days: int
    statutory_days: int | None
    waits_for: tuple[str, ...]
    # Those it cannot do without: their licence is one of its materials.
    needs_from: tuple[str, ...]
    starts_after_days: int
    ends_after_days: int
    due_on: str
    provisional: bool
    is_critical: bool
    outside_limit: bool
    steps: tuple[PlannedStep, ...]
    fields: tuple[str, ...]
    materials: tuple[str, ...]
    visits: int
    fee: str
    result_kind: str
    result_name: str
    licence_type: str | None
    basis: tuple[str, ...]


@dataclass(frozen=True)
class PlannedField:
    """A field of the one form: a data element, asked once, with the items that use it."""

    element: str
    name: str
    kind: str
    section: str
    section_name: str
    required: bool
    items: tuple[str, ...]
    hint: str = ""
    unit: str = ""
    choices: tuple[Option, ...] = ()
    max_length: int = 100
    min: float | None = None
    max: float | None = None
    mask: str = "C1"
    prefill: str = ""
    when: When = None
    # The value that a guidance answer gave; such a field is shown, never asked again.
    answered: str | None = None

    def applies(self, facts: Facts) -> bool:
        """Return whether the field is asked, given what is known; an unknown fact leaves it out for now."""
        return holds(self.when, facts) is True

    def words(self, value: str) -> str:
        """Return a value as people read it: labels of choices, days in Chinese, units."""
        if self.choices:
            labels = {option.value: option.label for option in self.choices}
            return "、".join(labels.get(part, part) for part in value.split("|") if part)
        if self.kind == "date" and value:
            on = date.fromisoformat(value)
            return f"{on.year}年{on.month}月{on.day}日"
        return f"{value} {self.unit}".strip() if value else ""


@dataclass(frozen=True)
class PlannedMaterial:
    """A material of the one set, handed in once, with the strictest demand of the items that use it."""

    type: str
    name: str
    necessity: str
    form: str
    copies: int
    items: tuple[str, ...]
    why: str = ""
    sample: str = ""
    notes: tuple[str, ...] = ()
    issuer: str = ""
    defer_days: int | None = None
    commitment: str = ""
    licence_type: str | None = None
    by_check: bool = False
    checked_by: str = ""
    # The member whose licence this is: nothing is handed in, the member's result is used.
    provided_by: str | None = None
    when: When = None

    def applies(self, facts: Facts) -> bool:
        """Return whether the material is needed, given what is known."""
        return holds(self.when, facts) is not False

    @property
    def is_free(self) -> bool:
        """Whether the applicant hands nothing in (免交): another member provides it or a department looks it up."""
        return self.provided_by is not None or self.by_check


@dataclass(frozen=True)
class Schedule:
    """When all is done: the longest chain in working days, its date, and who breaks the combined limit, if any."""

    start_on: str
    days: int
    due_on: str
    provisional: bool
    critical_path: tuple[str, ...]
    combined_limit_text: str
    combined_limit_days: int | None
    is_kept: bool
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Saving:
    """One comparison of doing the items apart and together, and how it was counted."""

    measure: str
    label: str
    unit: str
    apart: int
    together: int
    how: str

    @property
    def saved(self) -> int:
        """What the joint way saves."""
        return self.apart - self.together


@dataclass(frozen=True)
class Plan:
    """The whole plan."""

    theme: str | None
    item: str | None
    title: str
    lead: str
    lead_name: str
    items: tuple[PlannedItem, ...]
    left_out: tuple[str, ...]
    fields: tuple[PlannedField, ...]
    materials: tuple[PlannedMaterial, ...]
    dependencies: tuple[tuple[str, str], ...]
    schedule: Schedule
    savings: tuple[Saving, ...]
    answers: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the plan as a JSON document; `savings` carry what they save."""
        document: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        for row, saving in zip(document["savings"], self.savings, strict=True):
            row["saved"] = saving.saved
        return document

    def item_of(self, code: str) -> PlannedItem:
        """Return a member by code."""
        return next(item for item in self.items if item.code == code)


_ADAPTER = TypeAdapter(Plan)


def read(document: dict[str, Any]) -> Plan:
    """Return the plan kept as JSON."""
    rows = [{key: value for key, value in row.items() if key != "saved"} for row in document["savings"]]
    return _ADAPTER.validate_python({**document, "savings": rows})


_ITEM_ADAPTER = TypeAdapter(PlannedItem)


def item_of(document: dict[str, Any], code: str) -> PlannedItem:
    """Return one member of the plan kept as JSON, without reading the rest."""
    return _ITEM_ADAPTER.validate_python(next(item for item in document["items"] if item["code"] == code))


def of_materials(document: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """Return the planned materials of one member as they are kept."""
    own = set(next(item["materials"] for item in document["items"] if item["code"] == code))
    return [material for material in document["materials"] if material["type"] in own]
