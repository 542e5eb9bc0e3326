"""What is done with one assignment: 签收 催办 督办单 延期 销号 恢复 约谈 问责. Every act is a row and an audit entry; the table refuses the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.orgs import queries as orgs
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.taskforce import permissions
from tongban.taskforce.models import Assignment, Order, Step
from tongban.taskforce.queries import ledger
from tongban.taskforce.rules import moves
from tongban.taskforce.rules.moves import ACT_WORDS, Act, Side, State
from tongban.taskforce.services import campaigns

COLOURS = {Act.YELLOW: "yellow", Act.RED: "red"}
COLOUR_WORDS = {"yellow": "黄色", "red": "红色"}
# Acts whose decision must not be made by the account that asked.
SECOND = {Act.GRANT_DELAY, Act.REFUSE_DELAY, Act.VERIFY_CLOSE, Act.REFUSE_CLOSE}
REPORTING = {Act.REPORT, Act.ACCEPT_REPORT, Act.RETURN_REPORT, Act.ASSIGN}  # have services of their own


@dataclass(frozen=True)
class Given:
    """What an act says: words, and a day where the act has one (new deadline, reply by, day of a talk)."""

    words: str = ""
    on: date | None = None


def locked(assignment_id: UUID, *, by: Actor) -> Assignment:
    """Return an assignment that the actor may see, locked, in the transaction of the caller. Raises NotFound, Conflict."""
    seen = ledger.visible_to(by).select_related("task__campaign").select_for_update(of=("self",))
    row = seen.filter(pk=assignment_id).first()
    if row is None:
        raise NotFound("taskforce.no_assignment", "没有找到这项分工", remedy="回到台账重新选择")
    if row.task.campaign.closed_at is not None:
        raise Conflict("taskforce.campaign_closed", "这个专项已经结束", remedy="只能查看")
    return row


@transaction.atomic
def act(assignment_id: UUID, wanted: Act, given: Given = Given(), *, by: Actor) -> Assignment:  # frozen
    """Do an act. Raises NotAllowed (role, same person), NotFound, Conflict (state), Invalid (words, day)."""
    if wanted in REPORTING:
        raise Conflict("taskforce.act", f"{ACT_WORDS[wanted]}要从填报或台账页面办", remedy="回到上一页")
    row = locked(assignment_id, by=by)
    permissions.require(wanted, row.organisation, by)
    state = moves.after(wanted, State(row.state))
    if wanted in SECOND and row.asked_by == by.account_id:
        raise NotAllowed("taskforce.same_person", "申请是你提的，要由另一个人审核", remedy="请督办机构的其他人办理")
    flaws = _flaws(row, wanted, given)
    if flaws:
        raise Invalid("taskforce.act", f"有 {len(flaws)} 处要改", fields=flaws)
    _apply(row, wanted, given, by)
    row.state = state.value
    row.save()
    note(row, wanted, given.words, by=by, on=given.on)
    _tell(row, wanted, given)
    return row


def note(row: Assignment, wanted: Act, words: str, *, by: Actor, on: date | None = None) -> None:
    """Write down an act in the history and in the audit, in the transaction of the caller."""
    Step.objects.create(
        assignment=row, act=wanted.value, words=words.strip()[:500], on=on, by_id=by.account_id, by_name=(by.name or "系统")[:60],
        at=time.now(),
    )  # fmt: skip
    audit.record(
        f"taskforce.{wanted.value}",
        "assignment",
        row.pk,
        by=by,
        organisation=row.organisation,
        reason=words.strip()[:64],
    )


def _flaws(row: Assignment, wanted: Act, given: Given) -> dict[str, str]:
    flaws: dict[str, str] = {}
    if wanted in moves.NEED_WORDS and not 4 <= len(given.words.strip()) <= 500:
        flaws["words"] = f"{ACT_WORDS[wanted]}要写明情况，4 至 500 个字"
    today = time.today()
    if wanted is Act.ASK_DELAY:
        least = max(day for day in (row.due_on, today) if day)
        if row.due_on is None:
            flaws["on"] = "这项任务没有自己的时限，不用申请延期"
        elif given.on is None or given.on <= least:
            flaws["on"] = f"新的时限要晚于 {least}"
    if wanted in (Act.YELLOW, Act.RED) and (given.on is None or given.on < today):
        flaws["on"] = "写明回复期限，不早于今天"
    if wanted in (Act.TALK, Act.BLAME) and (given.on is None or given.on > today):
        flaws["on"] = "写明日期，不晚于今天"
    return flaws


def _apply(row: Assignment, wanted: Act, given: Given, by: Actor) -> None:
    if wanted is Act.SIGN:
        row.signed_at = time.now()
    elif wanted in (Act.ASK_DELAY, Act.ASK_CLOSE):
        row.asked_by, row.asked_due_on, row.asked_words = by.account_id, given.on, given.words.strip()
    elif wanted is Act.GRANT_DELAY:
        row.due_on = row.asked_due_on
    elif wanted is Act.VERIFY_CLOSE:
        row.closed_on = time.today()
    elif wanted is Act.REOPEN:
        row.closed_on = None
    elif wanted in COLOURS:
        _order(row, COLOURS[wanted], given, by)
    if wanted in SECOND:
        row.asked_by, row.asked_due_on, row.asked_words = None, None, ""


def _order(row: Assignment, colour: str, given: Given, by: Actor) -> None:
    """Issue a numbered 督办单, in the transaction of the caller."""
    assert given.on is not None
    at = time.now()
    year = time.day_of(at).year
    serial = jobs.next_serial(f"taskforce-order:{settings.PLACE}:{year}")
    view = ledger.share_view(row, row.task.campaign, on=time.day_of(at), names=ledger.unit_names())
    Order.objects.create(
        assignment=row, colour=colour, year=year, serial=serial, words=given.words.strip(), reply_by=given.on,
        number=f"{orgs.place(settings.PLACE).name}督办〔{year}〕{serial} 号", standing=f"{view.lamp.word}：{view.lamp.why}"[:200],
        by_name=by.name[:60], issued_at=at,
    )  # fmt: skip
    row.orders = {**row.orders, colour: row.orders.get(colour, 0) + 1}


def _tell(row: Assignment, wanted: Act, given: Given) -> None:
    """Tell the unit what the overseer did, in the transaction of the caller."""
    if moves.SIDES[wanted] is Side.UNIT or not row.organisation:
        return
    task = row.task
    day = f"，{given.on} 前回复" if wanted in COLOURS else ""
    words = f"任务 {task.number}：{ACT_WORDS[wanted]}{day}。{given.words.strip()}"
    campaigns.tell(
        task.campaign,
        {row.organisation: words},
        f"{wanted.value}-{row.pk.hex[:12]}-{time.now():%Y%m%d%H%M%S%f}",
        assignment=row,
    )


@transaction.atomic
def sign_all(campaign_id: UUID, organisation: str, *, by: Actor) -> int:
    """Sign (签收) for all that waits for a unit in a campaign; return how many. Raises NotAllowed, Conflict."""
    permissions.require_unit(organisation, by)
    waiting = list(
        Assignment.objects.select_for_update(of=("self",)).filter(
            task__campaign_id=campaign_id,
            task__campaign__closed_at=None,
            organisation=organisation,
            state=State.ASSIGNED.value,
        )
    )
    if not waiting:
        raise Conflict("taskforce.nothing_to_sign", "没有待签收的任务", remedy="刷新看最新状态")
    at = time.now()
    Assignment.objects.filter(pk__in=[row.pk for row in waiting]).update(state=State.RUNNING.value, signed_at=at)
    Step.objects.bulk_create(
        [Step(assignment=row, act=Act.SIGN.value, by_id=by.account_id, by_name=by.name[:60], at=at) for row in waiting]
    )
    audit.record_all(
        [audit.entry("taskforce.sign", "assignment", row.pk, by=by, organisation=organisation) for row in waiting]
    )
    return len(waiting)
