"""Receive at a window, and accept there on the department's behalf (收受合一)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.cases.queries import counter
from tongban.cases.queries.counter import Case, JointCase
from tongban.cases.rules.life import INTAKE, WORDS, State
from tongban.cases.services import acceptance, handing
from tongban.cases.services.intake import HandedIn
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall import permissions
from tongban.hall.models import Reception
from tongban.hall.services import transferring
from tongban.notices import services as notices
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Presence
from tongban.rules import masking
from tongban.rules.errors import NotAllowed

LACKS = "没有带来，请补交"


@transaction.atomic
def receive(joint: JointCase, *, by: Actor) -> Reception:
    """Write down that a window received a new application from the person present. Idempotent. Raises NotAllowed."""
    here = orgs.require_presence(by)
    if here is None:
        raise NotAllowed("hall.no_presence", "只有窗口当面核验身份后才能收件", remedy="重新核验身份")
    require_may_receive(
        here, [item["code"] for item in joint.plan["items"]], theme=joint.theme_code, item=joint.item_code
    )
    row, is_new = Reception.objects.get_or_create(
        joint_case=joint,
        defaults={"window": here.window, "presence": here, "received_by_id": by.account, "at": time.now()},
    )
    if is_new:
        audit.record("hall.received", "joint_case", joint.pk, by=by, organisation=here.window.organisation.code)
        if here.assistance is not None:
            _note_help(joint, here, by)
        if not permissions.is_of_place(here.window):
            transferring.start_clocks(joint, here.window, by=by)
    return row


def require_may_receive(here: Presence, item_codes: Sequence[str], *, theme: str, item: str) -> None:
    """Raise NotAllowed when a window does not take some items, or a helper's mandate does not cover theme or item."""
    permissions.require_covers(here, theme=theme, item=item)
    permissions.require_takes(here.window, item_codes)


def _note_help(joint: JointCase, here: Presence, by: Actor) -> None:
    assert here.assistance is not None
    person = masking.name(here.person.name)
    facts = {
        "helper": str(by.account), "person": str(here.person_id), "mandate": str(here.assistance_id),
        "reason": f"{by.name}，授权到 {here.assistance.expires_on}",
    }  # fmt: skip
    handing.note_assisted(joint.pk, facts=facts, by=by)
    notices.notify(
        [here.person_id],
        title=f"已替你申办：{joint.title}",
        text=f"{by.name}替{person}提交了申请，编号 {joint.number}。办得好不好，可以给他打分。",
        link="/me/helpers",
    )


@transaction.atomic
def resubmit(
    case_id: UUID, *, values: Mapping[str, str], materials: Sequence[HandedIn], presence_id: UUID, by: Actor, seen: int
) -> Case:
    """Take in what the one notice asked for, from the person present or within a helper's mandate. Raises as `acceptance.resubmit`."""
    present = _present(counter.case(case_id).joint_case, presence_id, by)
    return acceptance.resubmit(case_id, values=dict(values), materials=list(materials), by=present, seen=seen)


@transaction.atomic
def supply(case_id: UUID, materials: Sequence[HandedIn], *, presence_id: UUID, by: Actor) -> Case:
    """Take in what was to follow (容缺补交), from the person present or within a helper's mandate. Raises as `acceptance.supply`."""
    present = _present(counter.case(case_id).joint_case, presence_id, by)
    return acceptance.supply(case_id, list(materials), by=present)


def _present(joint: JointCase, presence_id: UUID, by: Actor) -> Actor:
    here = orgs.presence(presence_id, by=by)
    permissions.require_covers(here, theme=joint.theme_code, item=joint.item_code)
    return orgs.at_window(presence_id, by=by)


@dataclass(frozen=True)
class Asked:
    """A case that was sent back with one complete notice, and what it lacks."""

    case: Case
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of accepting at the window: accepted, sent back with a notice, and left with the reason in words."""

    accepted: tuple[Case, ...]
    asked: tuple[Asked, ...]
    left: tuple[tuple[Case, str], ...]


@transaction.atomic
def accept_startable(joint_id: UUID, *, by: Actor, seen: Mapping[UUID, int] | None = None) -> Outcome:
    """Accept all members of an application that can start, as the clerk may; ask once for what those lack that are not complete.

    `seen` are the counts of events that the page showed, by case. Raises Conflict, saying who and when, when another
    was faster.
    """
    accepted: list[Case] = []
    asked: list[Asked] = []
    left: list[tuple[Case, str]] = []
    for case in counter.cases_of(joint_id):
        number = (seen or {}).get(case.pk)
        if State(case.state) not in INTAKE and number in (None, case.event_count):
            left.append((case, WORDS[State(case.state)]))
            continue
        try:
            acting = permissions.stand_in(case, by=by)
        except NotAllowed as refusal:
            left.append((case, refusal.message))
            continue
        lacks = counter.lacking(case)
        if lacks and case.asked_at is None:
            rows = [{"kind": "material", "code": m.type, "remark": LACKS} for m in lacks]
            done = acceptance.ask_for_more(case.pk, rows, by=acting, seen=number)
            asked.append(Asked(done, tuple(m.name for m in lacks)))
        elif lacks:
            left.append((case, f"还缺{'、'.join(m.name for m in lacks)}，已经告知过一次"))
        else:
            accepted.append(acceptance.accept(case.pk, by=acting, seen=number))
    return Outcome(tuple(accepted), tuple(asked), tuple(left))


@transaction.atomic
def accept(case_id: UUID, *, by: Actor, seen: int) -> Case:
    """Accept one case at the window. Raises NotFound, NotAllowed, Conflict (with who and when)."""
    return acceptance.accept(case_id, by=permissions.stand_in(counter.case(case_id), by=by), seen=seen)


@transaction.atomic
def ask_for_more(case_id: UUID, items: Sequence[dict[str, str]], *, by: Actor, seen: int) -> Case:
    """Give the one complete notice of what is missing at the window. Raises NotFound, NotAllowed, Conflict, Invalid."""
    acting = permissions.stand_in(counter.case(case_id), by=by)
    return acceptance.ask_for_more(case_id, list(items), by=acting, seen=seen)


@transaction.atomic
def refuse(case_id: UUID, *, reason: str, by: Actor, seen: int) -> Case:
    """Refuse to accept at the window, with the reason in writing. Raises NotFound, NotAllowed, Conflict, Invalid."""
    acting = permissions.stand_in(counter.case(case_id), by=by)
    return acceptance.refuse_acceptance(case_id, reason=reason, by=acting, seen=seen)
