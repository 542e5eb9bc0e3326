"""Data elements (数据元), material types (材料类型) and form sections: the words that specs share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tongban.rules.specs import Spec, Wrong

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Kind = Literal[
    "text", "textarea", "integer", "decimal", "money", "date", "choice", "multi", "idcard", "uscc", "phone", "email"
]  # fmt: skip


class Choice(Spec):
    """One accepted value of a data element or answer of a question."""

    value: Code
    label: Text
    hint: str = ""


class Section(Spec):
    """A part of the one form (一张表): fields of a section stand on one page, sections in the order given."""

    code: Code
    name: Text
    lead: str = ""


class Element(Spec):
    """A data element (数据元): one meaning of a form field, asked at most once in one application."""

    code: Code
    name: Text
    kind: Kind
    section: Code
    hint: str = ""
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = Field(default=100, ge=1, le=2000)
    min: float | None = None
    max: float | None = None
    mask: Literal["C0", "C1", "C2", "C3"] = "C1"
    # Where the value can be fetched: "person.name", "person.code", "person.phone", "party.name", "party.code",
    # or "licence:<licence type>:<face key>". Source: 国务院令第716号 art. 7 (nothing is asked that is already held).
    prefill: str = Field(default="", pattern=r"^(|(person|party)\.(name|code|phone)|licence:[a-z0-9-]+:[a-z0-9-]+)$")

    @model_validator(mode="after")
    def _choices_fit_the_kind(self) -> Element:
        if self.kind in ("choice", "multi") and len(self.choices) < 2:
            raise Wrong("单选、多选的数据元至少要有两个选项；在 choices 下补上选项", "choices")
        if self.kind not in ("choice", "multi") and self.choices:
            raise Wrong("只有单选、多选的数据元才有选项；删去 choices，或把 kind 改为 choice", "choices")
        if len({choice.value for choice in self.choices}) != len(self.choices):
            raise Wrong("选项的 value 重复；每个选项用不同的 value", "choices")
        return self


class MaterialType(Spec):
    """A material type (材料类型): one kind of paper, handed in at most once in one application."""

    code: Code
    name: Text
    why: str = ""
    issuer: str = ""
    sample: str = ""
    # The licence type that this paper is, when a licence in hand can stand for it.
    licence_type: Code | None = None
    # True when a department can look it up itself (部门核验) and the applicant hands nothing in.
    by_check: bool = False
    checked_by: str = ""
