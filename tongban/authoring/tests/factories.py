"""People who write and review, and drafts to work on."""

from __future__ import annotations

from typing import Any

from tongban.authoring.models import Draft
from tongban.authoring.services import drafting
from tongban.core.actor import Actor
from tongban.orgs.tests.factories import at_desk

ITEM = "food-business-licence"


def writer(org: str = "market") -> Actor:
    """Return an administrator of a department."""
    return at_desk(org, "管理员")


def reviewer() -> Actor:
    """Return the head of the hosting bureau."""
    return at_desk("data")


def draft(*, by: Actor, code: str = ITEM, **changes: Any) -> Draft:
    """Begin a draft of an item in force and change some elements."""
    row = drafting.start("honghu", "item", code, by=by)
    return drafting.write(row.pk, {**row.body, **changes}, seen=row.revision, by=by) if changes else row
