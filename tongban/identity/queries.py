"""Who is who."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.identity.models import Account, Mandate, Party
from tongban.rules.errors import NotFound


def person_of(by: Actor) -> Party | None:
    """Return the natural person behind the actor."""
    return next(iter(db.select(Party, id=by.person_id)), None) if by.person_id else None


def party(party_id: UUID) -> Party:
    """Return a party for services of other apps."""
    (found,) = db.select(Party, id=party_id)
    if found.representative_id:
        (found.representative,) = db.select(Party, id=found.representative_id)
    return found


def account(account_id: UUID) -> Account:
    """Return an account for services of other apps."""
    return Account.objects.select_related("person").get(pk=account_id)


def account_named(username: str) -> Account | None:
    """Return the account of a name, whoever it is, for services of other apps."""
    return Account.objects.filter(username=username).first()


def firms(*, by: Actor) -> list[Party]:
    """Return the firms whose legal representative the actor is."""
    return (
        list(Party.objects.filter(kind="firm", representative_id=by.person_id).order_by("name")) if by.person_id else []
    )


def mandates_given(*, by: Actor) -> list[Mandate]:
    """Return the live and past mandates that the actor's firms gave, newest first."""
    given = Mandate.objects.select_related("principal", "agent").filter(principal__representative_id=by.person_id)
    return list(given.order_by("-granted_at")) if by.person_id else []


def live_mandates(person_id: UUID | None) -> QuerySet[Mandate]:
    """Return the mandates under which a person may act today."""
    return Mandate.objects.select_related("principal", "agent").filter(
        agent_id=person_id, revoked_at=None, expires_on__gte=time.today()
    )


def mandates_held(*, by: Actor) -> list[Mandate]:
    """Return the mandates under which the actor may act today."""
    return list(live_mandates(by.person_id).order_by("principal__name")) if by.person_id else []


def parties(*, by: Actor) -> set[UUID]:
    """Return the parties for whom the actor may act today: self, own firms, firms under a live mandate."""
    return parties_of(by.person_id) if by.person_id is not None else set()


def parties_of(person_id: UUID) -> set[UUID]:
    """Return the parties for whom a person may act today, for services of other apps."""
    own = set(Party.objects.filter(representative_id=person_id, kind="firm").values_list("pk", flat=True))
    return {person_id} | own | set(live_mandates(person_id).values_list("principal_id", flat=True))


def party_with(code_type: str, code: str) -> Party | None:
    """Return the party of a code (111 identity number, 001 credit code), whoever it is, for services of other apps."""
    return Party.objects.select_related("representative").filter(code_type=code_type, code=code).first()


def stands_for(person_id: UUID) -> list[Party]:
    """Return the firms for which a person may act today: those represented, then those under a live mandate."""
    own = list(Party.objects.filter(representative_id=person_id, kind="firm").order_by("name"))
    return own + [mandate.principal for mandate in live_mandates(person_id).order_by("principal__name")]


def agents_of(firm_id: UUID) -> list[Mandate]:
    """Return the live mandates of a firm, for the window."""
    live = Mandate.objects.select_related("agent").filter(
        principal_id=firm_id, revoked_at=None, expires_on__gte=time.today()
    )
    return list(live.order_by("agent__name"))


def acting_for(party_id: UUID, *, by: Actor) -> Actor:
    """Return the actor acting for a party: self, an own firm, or under a live mandate. Raises NotFound."""
    if party_id == by.person_id:
        return by.acting_for(party_id, None)
    if Party.objects.filter(pk=party_id, kind="firm", representative_id=by.person_id).exists():
        return by.acting_for(party_id, None)
    mandate = live_mandates(by.person_id).filter(principal_id=party_id).first()
    if mandate is None:
        raise NotFound(
            "identity.no_mandate", "你现在不能替这个单位办理", remedy="请法定代表人在“我的企业与授权”里授权给你"
        )
    return by.acting_for(party_id, mandate.pk)
