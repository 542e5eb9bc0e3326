"""What people type, as rows of a form and back. Rules are elsewhere: here is only shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from tongban.cases.rules.plan import PlannedField

WIDTHS = {"idcard": "input--w18", "uscc": "input--w18", "phone": "input--w11", "integer": "input--w11", "decimal": "input--w11",
          "money": "input--w11"}  # fmt: skip
KEYBOARDS = {"phone": "tel", "integer": "numeric", "decimal": "decimal", "money": "decimal", "email": "email"}


@dataclass(frozen=True)
class OptionRow:
    """One choice of a field."""

    value: str
    label: str
    hint: str
    checked: bool


@dataclass(frozen=True)
class DatePart:
    """Year, month or day of a date."""

    name: str
    label: str
    value: str
    width: str


@dataclass(frozen=True)
class FieldRow:
    """A field as the component `ui/field.html` draws it."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    error: str = ""
    hint: str = ""
    source: str = ""
    required: bool = True
    unit: str = ""
    width: str = ""
    inputmode: str = ""
    type: str = "text"
    autocomplete: str = "off"
    options: tuple[OptionRow, ...] = ()
    parts: tuple[DatePart, ...] = ()

    @property
    def id(self) -> str:
        """The id of the input."""
        return f"f-{self.name}"

    @property
    def described(self) -> str:
        """The ids of hint and error, for screen readers."""
        return " ".join([f"{self.id}-h"] * bool(self.hint) + [f"{self.id}-e"] * bool(self.error))


def row(planned: PlannedField, value: str, *, error: str = "", source: str = "") -> FieldRow:
    """Return the row of a planned field."""
    chosen = value.split("|")
    return FieldRow(
        name=planned.element, label=planned.name, kind=planned.kind, value=value, error=error, hint=planned.hint,
        source=source, required=planned.required, unit=planned.unit, width=WIDTHS.get(planned.kind, ""),
        inputmode=KEYBOARDS.get(planned.kind, ""),
        options=tuple(OptionRow(o.value, o.label, o.hint, o.value in chosen) for o in planned.choices),
        parts=date_parts(value) if planned.kind == "date" else (),
    )  # fmt: skip


def date_parts(value: str) -> tuple[DatePart, ...]:
    """Return the three inputs of a date."""
    pieces = [*value.split("-"), "", "", ""][:3]
    year, month, day = (piece.strip() for piece in pieces)
    return (
        DatePart("y", "年", year, "input--w4"),
        DatePart("m", "月", month.lstrip("0"), "input--w2"),
        DatePart("d", "日", day.lstrip("0"), "input--w2"),
    )


def typed(post: QueryDict, fields: list[PlannedField]) -> dict[str, str]:
    """Return what was typed for each field, as one text."""
    found: dict[str, str] = {}
    for planned in fields:
        name = planned.element
        if planned.kind == "date":
            pieces = [post.get(f"{name}-{part}", "").strip() for part in "ymd"]
            found[name] = "-".join(pieces) if any(pieces) else ""
        elif planned.kind == "multi":
            found[name] = "|".join(post.getlist(name))
        else:
            found[name] = post.get(name, "")
    return found


def joined_date(post: QueryDict, name: str) -> str:
    """Return a date of three inputs as one text."""
    return "-".join(post.get(f"{name}-{part}", "").strip() for part in "ymd")


def errors(problems: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (anchor, message) pairs for the error summary."""
    return [(f"f-{name}".replace(":", "-"), problem) for name, problem in problems.items()]
