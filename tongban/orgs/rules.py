"""Regions (行政区划), organisations (机构), posts (岗位) as specs, and what a role may do."""

from __future__ import annotations

import enum
from typing import Literal

from pydantic import Field, field_validator

from tongban.rules import numbers
from tongban.rules.specs import Spec
from tongban.vocabulary.rules import Code, Text


class Role(enum.StrEnum):
    """What a post may do. Roles hang on posts, not on persons (assurance 5.1)."""

    CLERK = "clerk"  # 受理
    REVIEWER = "reviewer"  # 审查
    HEAD = "head"  # 决定
    ADMIN = "admin"  # keeps the organisation's own staff and posts


class PlaceSpec(Spec):
    """A place (市县) that publishes its catalogue as a pack: who hosts it, where its hall is."""

    code: Code
    name: Text
    region: str = Field(pattern=r"^\d{12}$")
    host: Text
    hall: str = ""
    hours: str = ""
    phone: str = "12345"
    # The body that defined the licence types; its credit code is the first part of their type codes.
    definer: str

    @field_validator("definer")
    @classmethod
    def _definer_checks(cls, value: str) -> str:
        return _checked_uscc(value)


def _checked_uscc(value: str) -> str:
    if not numbers.is_uscc(value):
        raise ValueError(f"统一社会信用代码 {value} 的校验位不对；按 GB 32100 重新核对 18 位代码")
    return value


class RegionSpec(Spec):
    """A region with its 12-digit code (GB/T 2260 and the statistical extension)."""

    code: str = Field(pattern=r"^\d{12}$")
    name: Text
    parent: str | None = Field(default=None, pattern=r"^\d{12}$")


class OrganisationSpec(Spec):
    """An organisation (机构): a department, or an outside body whose work is only tracked."""

    code: Code
    name: Text
    full_name: Text
    uscc: str
    region: str = Field(pattern=r"^\d{12}$")
    kind: Literal["department", "party", "public_institution", "enterprise", "bank"] = "department"
    external: bool = False
    address: str = ""
    phone: str = ""
    aliases: tuple[str, ...] = ()

    @field_validator("uscc")
    @classmethod
    def _uscc_checks(cls, value: str) -> str:
        return _checked_uscc(value)
