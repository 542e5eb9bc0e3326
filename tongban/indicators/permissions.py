"""Who reports, who chooses targets, who freezes."""

from __future__ import annotations

from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import NotAllowed


def supervises(pack: str, *, by: Actor) -> bool:
    """Return whether the actor supervises the place."""
    return by.has_role(orgs.overseer(pack), Role.SUPERVISOR.value)


def require_supervisor(pack: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor supervises the place."""
    if not supervises(pack, by=by):
        raise NotAllowed(
            "indicators.not_supervisor", "只有监督机构的监督岗能选定目标、冻结数据", remedy="请联系监督机构"
        )


def require_reporter(pack: str, organisation: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor reports for an organisation: its head or administrator, or who supervises."""
    if not (by.has_role(organisation, Role.HEAD.value, Role.ADMIN.value) or supervises(pack, by=by)):
        raise NotAllowed("indicators.not_reporter", "只有本单位负责人、管理员能填报本单位的指标", remedy="请他们填报")
