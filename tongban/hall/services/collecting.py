"""出件: tell the applicant that a paper result waits, remind once, hand it out against identity and signature (签收)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from tongban.attachments import queries as attachments
from tongban.audit import services as audit
from tongban.calendars import queries as calendars
from tongban.cases.queries import counter, fees
from tongban.cases.queries.counter import Case, JointCase
from tongban.cases.services import handing, serving
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents.rules import Way
from tongban.hall import rules
from tongban.hall.models import Collection, Pickup
from tongban.hall.queries import pickups
from tongban.jobs import services as jobs
from tongban.notices import services as notices
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Presence
from tongban.orgs.rules import DOCUMENTS
from tongban.rules import clock, masking
from tongban.rules.errors import Conflict, Invalid, NotAllowed

REMINDER = "hall.pickup_reminder"
HOUR = 9


@transaction.atomic
def announce(joint_id: UUID) -> list[Pickup]:
    """Tell the applicant of each decided case whose paper result waits at the hall, once, and set the reminder. Idempotent."""
    return [row for case in counter.decided(joint_id) if (row := _announce(case)) is not None]


def _announce(case: Case) -> Pickup | None:
    at = time.now()
    row, is_new = Pickup.objects.get_or_create(case=case, decided_at=pickups.decided_at(case), defaults={"told_at": at})
    if not is_new:
        return None
    on = clock.due(time.day_of(at), limit=rules.REMIND_AFTER_DAYS, unit="workday", calendar=calendars.calendar()).due_on
    jobs.schedule([(REMINDER, row.pk, "1", time.at_china(on, HOUR))])
    _tell(case, "可以领取了", "带身份证原件")
    return row


def _tell(case: Case, words: str, bring: str) -> None:
    joint = case.joint_case
    place = orgs.place(joint.pack)
    notices.notify(
        [joint.applicant_id, joint.agent_id],
        title=f"{words}：{case.name}",
        text=f"结果已经送到{place.hall}出件窗口，{bring}领取；请别人代领的，代领人再带授权委托书。编号 {joint.number}。",
        link=f"/me/cases/{joint.pk}",
    )


@transaction.atomic
def remind(pickup_id: UUID) -> None:
    """Remind the applicant, once, of a result that still waits."""
    row = Pickup.objects.select_for_update(of=("self",)).filter(pk=pickup_id).first()
    if row is None or row.collection_id is not None or row.reminded_at is not None:
        return
    case = counter.case(row.case_id)
    if case.closed_at != row.decided_at:
        return  # It was reopened since: nothing waits.
    row.reminded_at = time.now()
    row.save(update_fields=["reminded_at"])
    _tell(case, "还没有领取", "请带身份证原件")
    audit.record("hall.pickup_reminded", "case", case.pk, by=Actor.system())


@transaction.atomic
def collect(
    joint_id: UUID, *, case_ids: Iterable[UUID], signature: str, letter_id: UUID | None, presence_id: UUID, by: Actor
) -> Collection:
    """Hand results out to the person whose identity was checked at the window, under the typed signature (签收).

    The person is the applicant, represents it, holds its mandate, or brings a letter of authority, of which the scan is kept.
    Raises NotAllowed, Invalid; Conflict, saying who got them and when, when they were handed out before.
    """
    joint = handing.lock(joint_id)
    here = orgs.presence(presence_id, by=by)
    present = orgs.at_window(presence_id, by=by)
    right = _require_right(joint, here, letter_id, by=by)
    announce(joint_id)
    wanted = set(case_ids)
    ready = {result.case.pk: result for result in pickups.results(joint_id)}
    problems: dict[str, str] = {}
    if not wanted or wanted - ready.keys():
        problems["cases"] = "请选择要发给他的结果"
    if not rules.signs(signature, here.person.name):
        problems["signature"] = f"请领取人签名：与证件上的姓名“{here.person.name}”一致"
    if problems:
        raise Invalid("hall.collect", f"有 {len(problems)} 处要改", fields=problems)
    _require_waiting(ready[pk] for pk in wanted)
    for pk in wanted:
        fees.require_settled(ready[pk].case)
    row = Collection.objects.create(
        joint_case=joint, window=here.window, presence=here, collector=here.person, authority=right,
        letter_id=letter_id if right == "letter" else None, signature=masking.normal(signature), handed_by_id=by.account,
        at=time.now(),
    )  # fmt: skip
    cases = [ready[pk].case for pk in wanted]
    for case in cases:
        Pickup.objects.filter(case=case, decided_at=pickups.decided_at(case)).update(collection=row)
    for case in cases:
        serving.served_with_result(case.pk, Way.DIRECT, recipient=row.signature, by=present)
    _write_down(joint, row, here, sorted(cases, key=lambda case: case.position), by=present)
    return row


def _require_right(joint: JointCase, here: Presence, letter_id: UUID | None, *, by: Actor) -> str:
    """Return by which right the person collects. Raises NotAllowed, Invalid for a foreign file."""
    if not pickups.hands_out(here.window):
        raise NotAllowed("hall.not_pickup_window", "这个窗口不发结果", remedy="请到市政务服务大厅的窗口领取")
    if here.assistance is not None:
        raise NotAllowed(
            "hall.helper_collects", "帮代办不能代领，领取要当面核对证件", remedy="请本人或带授权委托书的代领人到场"
        )
    if letter_id is not None and not attachments.belongs_to([str(letter_id)], account_id=by.account):
        raise Invalid("hall.letter", "有 1 处要改", fields={"letter": "请上传授权委托书的扫描件"})
    right = pickups.authority(joint, here, has_letter=letter_id is not None)
    if not right:
        raise NotAllowed(
            "hall.not_collector", f"{here.person.name}不是申请人，也没有委托，不能领取",
            remedy="请申请人到场，或上传授权委托书后再发",
        )  # fmt: skip
    return right


def _require_waiting(results: Iterable[pickups.Result]) -> None:
    for result in results:
        taken = result.collection
        if taken is not None:
            when = f"{taken.at.astimezone(time.CHINA):%m-%d %H:%M}"
            raise Conflict(
                "hall.collected", f"“{result.case.name}”在 {when} 已由{taken.handed_by.name}发给{taken.signature}，没有重复发",
                remedy="核对签收记录",
            )  # fmt: skip


def _write_down(joint: JointCase, row: Collection, here: Presence, cases: list[Case], *, by: Actor) -> None:
    facts = {
        "collection": str(row.pk), "collector": str(row.collector_id), "signature": row.signature, "authority": row.authority,
        "document": DOCUMENTS.get(here.document, here.document), "cases": [case.number for case in cases],
    }  # fmt: skip
    handing.note_collected(joint, facts=facts, by=by)
    who = "你" if row.authority == "self" else f"{masking.name(row.signature)}（{rules.AUTHORITIES[row.authority]}）"
    notices.notify(
        [joint.applicant_id, joint.agent_id],
        title=f"已领取：{joint.title}",
        text=f"{who}在{here.window.place} {here.window.number} 号窗口领取了 {len(cases)} 项结果：{'、'.join(case.name for case in cases)}。",
        link=f"/me/cases/{joint.pk}",
    )
    audit.record("hall.collected", "collection", row.pk, by=by, organisation=here.window.organisation.code)
