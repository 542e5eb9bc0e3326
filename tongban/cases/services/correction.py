"""After a case was closed: correct a slip in the decision, re-open by order, undo a default, revoke a grant.

History is never edited: each is an event with a paper of its own. Source: 行政许可法 art. 69; 行政复议法 art. 63–69.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.models import Case, Event
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services import papers, review
from tongban.cases.services.recording import event, finish_tasks, forget_tasks, locked, record, require_seen
from tongban.cases.services.telling import tell
from tongban.catalogue import queries as catalogue
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.licences import queries as licence_rows
from tongban.licences import services as licences
from tongban.rules import clock
from tongban.rules.errors import Conflict


@transaction.atomic
def correct_decision(case_id: UUID, *, was: str, now: str, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Correct a slip of the pen in a decision (更正): what it said, what it should say, why; the decision itself stands.

    Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    reason = checked_reason(reason)
    was, now = checked_reason(was, "was", "原来写的"), checked_reason(now, "now", "更正为")
    case = locked(case_id)
    permissions.require("correct_decision", case, by=by)
    require_seen(case, seen)
    record(case, "correct_decision", by=by, at=time.now(), facts={"was": was, "now": now, "reason": reason})
    paper = papers.corrected(case, was=was, now=now, reason=reason)
    tell(case, f"更正：{case.name}", f"原文“{was}”更正为“{now}”（{paper.number}）。")
    return case


@transaction.atomic
def reopen(case_id: UUID, *, order: str, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Handle a closed case anew by an order (复议决定、判决、上级责令): `order` is its body and number.

    Licence and grant of before end; the clock starts with the re-opening. Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    reason, order = checked_reason(reason), checked_reason(order, "order", "责令重办的文书")
    case = locked(case_id)
    permissions.require("reopen", case, by=by)
    require_seen(case, seen)
    _reopen(case, "reopen", reason=f"{order}：{reason}"[:500], by=by, facts={"order": order, "reason": reason})
    paper = papers.reopened(case, order=order, reason=reason)
    tell(case, f"重新办理：{case.name}", f"依据{order}重新办理（{paper.number}）。")
    return case


@transaction.atomic
def undo_default(case_id: UUID, *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Undo a default approval within the days of the item's spec; the case is decided by people after all.

    Raises Invalid, NotFound, NotAllowed, Conflict (not by default, too late).
    """
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("undo_default", case, by=by)
    require_seen(case, seen)
    life.after("undo_default", State(case.state))
    last = case.events.filter(verb__in=["grant", "grant_by_default"]).order_by("-seq").first()
    spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
    if last is None or last.verb != "grant_by_default" or spec.on_timeout is None:
        raise Conflict("case.not_default", "这件办件不是超时默认准予的，不能撤回", remedy="需要撤销的，走撤销程序")
    until = clock.due(
        time.day_of(last.at), limit=spec.on_timeout.undo_days, unit="workday", calendar=calendars.calendar()
    ).due_on
    if time.today() > until:
        raise Conflict("case.undo_late", f"撤回期已在 {until:%-m月%-d日} 结束", remedy="需要撤销的，走撤销程序")
    _reopen(case, "undo_default", reason=reason, by=by, facts={"reason": reason})
    tell(case, f"撤回默认准予，重新审查：{case.name}", f"理由：{reason}")
    return case


def _reopen(case: Case, verb: str, *, reason: str, by: Actor, facts: dict[str, str]) -> None:
    at = time.now()
    _end_licence(case, reason=reason, by=by)
    case.accepted_at, case.reason = at, ""
    record(case, verb, by=by, at=at, facts=facts)
    finish_tasks(case, by=by, at=at)
    case.tasks.filter(kind="step").update(is_undone=True)
    forget_tasks(case)
    _open_joint(case, by=by, at=at)
    review.open_next(case, by=by, at=at)


def _end_licence(case: Case, *, reason: str, by: Actor) -> None:
    licence = licence_rows.of_cases([case.pk]).get(case.pk)
    if licence is not None and licence.state == "valid":
        licences.revoke(licence.pk, reason=reason, by=by)


def _open_joint(case: Case, *, by: Actor, at: datetime) -> None:
    joint = case.joint_case
    if joint.closed_at is None:
        return
    joint.closed_at = None
    joint.event_count += 1
    joint.save(update_fields=["closed_at", "event_count"])
    db.insert_many(
        Event, [event(joint, None, "reopen", by=by, at=at, seq=joint.event_count, facts={"case": case.number})]
    )


@transaction.atomic
def revoke(case_id: UUID, *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Revoke a grant (撤销), with reason and remedies; its licence ends at once. Raises Invalid, NotFound, NotAllowed, Conflict.

    Source: 行政许可法 art. 69.
    """
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("revoke", case, by=by)
    require_seen(case, seen)
    at = time.now()
    life.after("revoke", State(case.state))
    _end_licence(case, reason=reason, by=by)
    case.reason = reason
    record(case, "revoke", by=by, at=at, facts={"reason": reason})
    finish_tasks(case, by=by, at=at, opinion=reason)
    papers.revocation(case, reason)
    tell(case, f"准予已撤销：{case.name}", f"理由：{reason}")
    return case
