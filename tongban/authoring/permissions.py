"""Who writes and who reviews: two persons. The bureau that hosts the place reviews; it may write for every body."""

from __future__ import annotations

from django.conf import settings

from tongban.authoring.models import Draft
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import NotAllowed, NotFound


def bureau() -> str:
    """Return the code of the organisation that hosts the place (政务服务管理机构); "" when the pack does not list it."""
    return orgs.host(settings.PLACE)


def writes_for(by: Actor) -> frozenset[str] | None:
    """Return the organisations whose items the actor may write; None means all."""
    if by.has_role(bureau(), Role.ADMIN.value):
        return None
    return frozenset(by.organisations_as(Role.ADMIN.value))


def may_write(organisation: str, *, by: Actor) -> bool:
    """Return whether the actor may write items of an organisation."""
    own = writes_for(by)
    return own is None or organisation in own


def require_write(organisation: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor may write items of an organisation."""
    if not may_write(organisation, by=by):
        raise NotAllowed(
            "authoring.not_writer",
            "只有本单位的管理员和政务服务管理机构能编制这个单位的事项",
            remedy="请联系这个单位的管理员",
        )


def is_reviewer(by: Actor) -> bool:
    """Return whether the actor may review drafts: heads and administrators of the hosting bureau."""
    return by.has_role(bureau(), Role.ADMIN.value) or by.has_role(bureau(), Role.HEAD.value)


def require_review(draft: Draft, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor may review this draft: a reviewer who wrote nothing of it."""
    if not is_reviewer(by):
        raise NotAllowed(
            "authoring.not_reviewer", "只有政务服务管理机构的负责人和管理员能审核发布", remedy="请送他们审核"
        )
    if str(by.account_id) in draft.editors:
        raise NotAllowed("authoring.own", "自己编制的稿子要由另一个人审核", remedy="请另一位审核人员办理")


def require_see(draft: Draft, *, by: Actor) -> None:
    """Raise NotFound for who may neither write nor review a draft."""
    if not may_write(draft.organisation, by=by) and not is_reviewer(by):
        raise NotFound("authoring.none", "没有找到这份稿子")
