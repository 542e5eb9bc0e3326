"""Review of bad ratings by the handling body: who rated (with a reason), calls back, appeals, what is published."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.calendars import queries as calendars
from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation import events, permissions
from tongban.evaluation.models import Appeal, BadRating, CallBack, Unmasking
from tongban.evaluation.queries import bad as queries
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules import handling as rules
from tongban.evaluation.rules import privacy
from tongban.evaluation.rules.handling import OUTCOME_WORDS, PLEA_WORDS, Outcome, Plea, State
from tongban.evaluation.services.handling import keep_timers, locked, note
from tongban.outbox import services as outbox
from tongban.rules import clock
from tongban.rules.errors import Conflict, Invalid, NotAllowed


@dataclass(frozen=True)
class Identity:
    """Who rated: shown once, on the page that asked."""

    name: str
    phone: str
    agent: str
    case_number: str
    text: str


@transaction.atomic
def unmask(bad_id: UUID, *, reason: str, by: Actor) -> Identity:
    """Tell the handling body who rated (去匿名), and keep why it asked. Raises NotFound, NotAllowed, Invalid, Conflict.

    Source: assurance S34, P06.
    """
    bad = locked(bad_id)
    permissions.require_reviewer(bad, "查看评价人", by=by)
    words = rules.checked_words(reason, "为什么要查看评价人", field="reason")[:200]
    if bad.state == State.EXCLUDED:
        raise Conflict(
            "evaluation.excluded", "这条评价经复核已不计入，不再处理，不能查看评价人", remedy="回到好差评页面"
        )
    at = time.now()
    Unmasking.objects.create(bad_rating=bad, reason=words, at=at, by_id=by.account)
    note(bad, "unmask", words, by=by, at=at)
    invitation = bad.rating.invitation
    joint = invitation.joint_case
    return Identity(
        joint.applicant_name, joint.contact_phone or joint.applicant.phone, joint.agent.name if joint.agent else "",
        invitation.case.number if invitation.case else joint.number, bad.rating.text,
    )  # fmt: skip


@transaction.atomic
def call_back(bad_id: UUID, *, outcome: str, words: str, by: Actor) -> CallBack:
    """Write down a call back (回访) and what came of it. Raises NotFound, NotAllowed, Invalid."""
    bad = locked(bad_id)
    permissions.require_reviewer(bad, "回访", by=by)
    if outcome not in list(Outcome):
        raise Invalid("evaluation.call_back", "有 1 处要改", fields={"outcome": "请选择回访的结果"})
    said, at = words.strip()[:500], time.now()
    row = CallBack.objects.create(bad_rating=bad, outcome=outcome, words=said, at=at, by_id=by.account)
    bad.called_back_at = bad.called_back_at or at
    bad.save(update_fields=["called_back_at"])
    note(bad, "call_back", f"{OUTCOME_WORDS[Outcome(outcome)]}{f'：{said}' if said else ''}", by=by, at=at)
    return row


@transaction.atomic
def appeal(bad_id: UUID, *, plea: str, words: str, by: Actor) -> Appeal:
    """Appeal against a rating as mistaken or malicious (误评、恶意差评), for the unit that was rated. The clocks run on.

    Raises NotFound, NotAllowed, Invalid, Conflict when it is too late, one is open, or nobody here decides it.
    """
    bad = locked(bad_id)
    permissions.require_lead(bad, by=by)
    if not permissions.judge(bad.pack, bad.organisation):
        raise Conflict(
            "evaluation.no_judge", "本地没有指定部门复核这个单位的申诉，不能在这里申诉",
            remedy="请书面向同级人民政府办公室提出",
        )  # fmt: skip
    if plea not in list(Plea):
        raise Invalid("evaluation.appeal", "有 1 处要改", fields={"plea": "请选择申诉的是误评还是恶意差评"})
    said, at = rules.checked_words(words, "申诉的理由和依据", field="words", least=10), time.now()
    last = clock.due(
        time.day_of(bad.opened_at), limit=terms(bad.pack).appeal_days, unit="workday", calendar=calendars.calendar()
    ).due_on
    if bad.state == State.EXCLUDED or time.day_of(at) > last:
        raise Conflict("evaluation.appeal_over", f"申诉期到 {last} 为止，或这条评价已经复核过", remedy="请按差评处理")
    try:
        with transaction.atomic():
            row = Appeal.objects.create(bad_rating=bad, plea=plea, words=said, at=at, by_id=by.account)
    except IntegrityError as problem:
        raise Conflict(
            "evaluation.appealed", "已经有一份申诉在复核，等它有了结果再说", remedy="看复核结果"
        ) from problem
    note(bad, "appeal", f"{PLEA_WORDS[Plea(plea)]}：{said}", by=by, at=at)
    return row


@transaction.atomic
def decide(bad_id: UUID, *, is_upheld: bool, decision: str, by: Actor) -> BadRating:
    """Decide the open appeal: upheld, the rating stays as it is and counts no more; declined, handling goes on.

    Raises NotFound, NotAllowed for the unit itself, the appellant and those who dealt with the matter, Invalid, Conflict.
    """
    bad = locked(bad_id)
    permissions.require_reviewer(bad, "申诉复核", by=by)
    row = bad.appeals.filter(decided_at=None).first()
    if not permissions.judge(bad.pack, bad.organisation):
        raise NotAllowed("evaluation.own_unit", "本单位不能复核自己的申诉", remedy="请书面向同级人民政府办公室提出")
    if row is None:
        raise Conflict("evaluation.no_appeal", "这条差评没有等待复核的申诉", remedy="刷新页面看最新情况")
    if row.by_id == by.account:
        raise NotAllowed("evaluation.own_appeal", "申诉是你提出的，不能自己复核", remedy="请另一位监督人员复核")
    words, at = rules.checked_words(decision, "复核的结论和理由", field="decision"), time.now()
    row.is_upheld, row.decision, row.decided_at, row.decided_by_id = is_upheld, words, at, by.account
    row.save()
    note(bad, "uphold" if is_upheld else "decline", words, by=by, at=at)
    if is_upheld:
        bad.state, bad.excluded_at = rules.after("exclude", State(bad.state)), at
        bad.save(update_fields=["state", "excluded_at"])
        keep_timers(bad)
        outbox.publish(events.BadRatingExcluded(str(bad.pk), at.isoformat()))
    return bad


@transaction.atomic
def publish(bad_id: UUID, *, text: str, by: Actor) -> BadRating:
    """Publish what came of a settled bad rating, in a text in which no person shows. Raises NotFound, NotAllowed, Invalid, Conflict.

    Source: standards reference 4.2; assurance P08.
    """
    bad = locked(bad_id)
    permissions.require_reviewer(bad, "公开处理结果", by=by)
    if bad.state != State.SETTLED:
        raise Conflict("evaluation.not_settled", "整改完成后才能公开", remedy="先完成整改")
    words = rules.checked_words(text, "公开的内容", field="public_text", least=10)
    staff = list(bad.acts.exclude(account_id=None).values_list("by_name", flat=True))
    staff += [
        name for name in bad.rating.invitation.joint_case.events.values_list("by_name", flat=True) if name != "系统"
    ]
    names = [*queries.names_of(bad.rating), *(name.partition("（")[0] for name in staff)]
    found = privacy.persons_in(words, names=dict.fromkeys(names))
    if found:
        raise Invalid(
            "evaluation.persons", "有 1 处要改",
            fields={"public_text": f"公开的内容里不能出现人名、电话和号码：{'、'.join(found[:5])}"},
        )  # fmt: skip
    at = time.now()
    bad.public_text, bad.published_at = words, bad.published_at or at
    bad.save(update_fields=["public_text", "published_at"])
    note(bad, "publish", words, by=by, at=at)
    return bad
