"""Who sees and who handles bad ratings: supervisors, heads and administrators; never whoever dealt with the matter.

Source: standards reference 4.2; assurance 5.4, S34.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.core.actor import Actor
from tongban.evaluation import models
from tongban.evaluation.rules import handling
from tongban.evaluation.rules.grades import Kind
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import NotAllowed, NotFound

AT_WINDOW = ("window", "assist")
LEADS = (Role.HEAD.value, Role.ADMIN.value)


def handling_body(pack: str, organisation: str) -> str:
    """Return the body that reviews ratings of a unit: who supervises; for that body itself, the one that decides appeals."""
    overseer = orgs.overseer(pack)
    return (orgs.appeals_body(pack) or overseer) if organisation == overseer else overseer


def judge(pack: str, organisation: str) -> str:
    """Return the body that decides appeals of a unit against ratings; "" where that would be the unit itself."""
    body = handling_body(pack, organisation)
    return "" if body == organisation else body


def supervises(pack: str, *, by: Actor) -> bool:
    """Return whether the actor supervises the whole place."""
    return by.has_role(orgs.overseer(pack), Role.SUPERVISOR.value)


def visible_to(by: Actor, pack: str) -> QuerySet[models.BadRating]:
    """Return the bad ratings that the actor may know of: all of the place, or those of the units that he leads.

    Who decides appeals sees those of the supervising body.
    """
    rows = models.BadRating.objects.filter(pack=pack)
    if supervises(pack, by=by):
        return rows
    wanted = Q(organisation__in=by.organisations_as(*LEADS))
    if by.has_role(orgs.appeals_body(pack), Role.SUPERVISOR.value):
        wanted |= Q(organisation=orgs.overseer(pack))
    return rows.filter(wanted)


def concerned(invitation: models.Invitation) -> frozenset[UUID]:
    """Return the accounts that dealt with the matter that was rated: for a visit, those at the window."""
    events = invitation.joint_case.events.exclude(account_id=None)
    if invitation.kind == Kind.CASE:
        events = events.filter(Q(case_id=invitation.case_id) | Q(case=None, channel__in=AT_WINDOW))
    else:
        events = events.filter(channel__in=AT_WINDOW)
    found = {account for account in events.values_list("account_id", flat=True) if account is not None}
    reception = getattr(invitation.joint_case, "reception", None)
    if reception is not None:
        found |= {reception.received_by_id} | ({reception.presence.checked_by_id} if reception.presence else set())
    return frozenset(found)


def require_handler(bad: models.BadRating, *, by: Actor) -> None:
    """Raise NotFound for what is not the actor's to see, NotAllowed for whoever dealt with the matter."""
    require_seen(bad, by=by)
    handling.require_other(by.account_id, concerned(bad.rating.invitation))


def require_seen(bad: models.BadRating, *, by: Actor) -> None:
    """Raise NotFound when a bad rating is not the actor's to see."""
    if not visible_to(by, bad.pack).filter(pk=bad.pk).exists():
        raise hidden()


def reviews(bad: models.BadRating, *, by: Actor) -> bool:
    """Return whether the actor sits in the body that reviews a rating, whatever he did with the matter."""
    return by.has_role(handling_body(bad.pack, bad.organisation), Role.SUPERVISOR.value)


def require_reviewer(bad: models.BadRating, what: str, *, by: Actor) -> None:
    """Raise unless the actor supervises in the body that reviews the rating, and never dealt with the matter.

    Raises NotFound, NotAllowed.
    """
    require_seen(bad, by=by)
    if not reviews(bad, by=by):
        body = orgs.organisations(bad.pack).get(handling_body(bad.pack, bad.organisation))
        raise NotAllowed(
            "evaluation.not_reviewer", f"{what}只由{body.name if body else '监督部门'}的监督岗办理，你没有这个权限",
            remedy="请联系监督部门",
        )  # fmt: skip
    handling.require_other(by.account_id, concerned(bad.rating.invitation))


def require_lead(bad: models.BadRating, *, by: Actor) -> None:
    """Raise unless the actor leads or administers the unit that was rated. Raises NotFound, NotAllowed."""
    require_seen(bad, by=by)
    if not by.has_role(bad.organisation, *LEADS):
        raise NotAllowed(
            "evaluation.not_lead", "申诉由被评价单位的负责人或管理员提出", remedy="请本单位负责人或管理员办理"
        )


def require_supervisor(pack: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor supervises the whole place."""
    if not supervises(pack, by=by):
        raise NotAllowed("evaluation.not_supervisor", "只有监督部门的监督岗能这样做", remedy="请联系监督部门")


def hidden() -> NotFound:
    """Return the answer for a bad rating that does not exist or is not the actor's: the two look alike."""
    return NotFound("evaluation.none", "没有找到这条评价，或者它不归你处理", remedy="回到好差评页面重新选择")
