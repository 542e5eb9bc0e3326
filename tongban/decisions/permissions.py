"""Who may look after decision tables: the administrators of the organisation that answers for them."""

from __future__ import annotations

from tongban.core.actor import Actor
from tongban.rules.errors import NotAllowed

ADMIN = "admin"


def may_edit(organisation: str, *, by: Actor) -> bool:
    """Return whether the actor may see and publish the tables of an organisation."""
    return by.has_role(organisation, ADMIN)


def require_edit(organisation: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor may publish the tables of an organisation."""
    if not may_edit(organisation, by=by):
        raise NotAllowed("decisions.not_admin", "只有本单位的管理员能改决策表", remedy="请联系负责这张表的单位的管理员")
