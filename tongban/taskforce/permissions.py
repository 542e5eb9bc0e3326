"""Who runs campaigns (the overseer's supervisor), and who speaks for a unit (its head or administrator)."""

from __future__ import annotations

from django.conf import settings

from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import NotAllowed
from tongban.taskforce.rules.moves import SIDES, Act, Side


def runs(by: Actor) -> bool:
    """Return whether the actor runs the campaigns of this place: the overseer's supervisor, or the command line."""
    return by.channel == "system" or by.has_role(orgs.overseer(settings.PLACE), Role.SUPERVISOR.value)


def units(by: Actor) -> list[str]:
    """Return the organisations that the actor speaks for."""
    return by.organisations_as(Role.HEAD.value, Role.ADMIN.value)


def require_runs(by: Actor) -> None:
    """Raise NotAllowed when the actor does not run campaigns."""
    if not runs(by):
        raise NotAllowed(
            "taskforce.not_overseer", "只有督办机构的监督岗能做这一步", remedy="请联系督办机构，或用监督岗账号登录"
        )


def require_unit(organisation: str, by: Actor) -> None:
    """Raise NotAllowed when the actor does not speak for the unit."""
    if organisation not in units(by):
        raise NotAllowed(
            "taskforce.not_unit", "只有承担单位的负责人或管理员能做这一步", remedy="请本单位负责人或管理员登录后操作"
        )


def require(act: Act, organisation: str, by: Actor) -> None:
    """Raise NotAllowed when an act is not the actor's: of the overseer, or of the unit concerned."""
    if SIDES[act] is Side.OVERSEER:
        require_runs(by)
    else:
        require_unit(organisation, by)
