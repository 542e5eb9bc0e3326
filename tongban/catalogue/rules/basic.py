"""The basic list (基本目录): what exists in law, the same for every body that offers it. Source: standards reference 1.2."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongban.catalogue.rules.parts import Basis
from tongban.rules.specs import Spec
from tongban.vocabulary.rules import Code, Text


class BasicItem(Spec):
    """An entry of the basic list: implementation lists refer to it by its code of 12 digits and keep to its elements.

    `statutory_days` and `promised_days` are working days; None says nothing. `materials` are types of material.
    """

    code: str = Field(pattern=r"^\d{12}$")
    name: Text
    type: Literal["01", "05", "07", "08", "09", "10", "20"]
    basis: tuple[Basis, ...] = ()
    audience: tuple[Literal["person", "firm"], ...] = Field(min_length=1)
    statutory_days: int | None = Field(default=None, ge=0, le=365)
    promised_days: int | None = Field(default=None, ge=0, le=365)
    materials: tuple[Code, ...] = ()
    charges: bool = False
