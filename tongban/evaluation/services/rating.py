"""Rate, and add to it once. Nobody else ever changes or deletes what was said; nothing of who said it is kept here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.evaluation import events, permissions
from tongban.evaluation.models import Invitation, Rating, Supplement
from tongban.evaluation.queries import inviting, links
from tongban.evaluation.queries.terms import terms, version
from tongban.evaluation.rules import grades
from tongban.evaluation.rules.grades import Channel, Grade
from tongban.evaluation.services import handling
from tongban.outbox import services as outbox
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid, NotAllowed

MOST_TEXT = 500


@dataclass(frozen=True)
class Said:
    """What somebody chose and wrote, as it came from the page. `address` and `device` are kept as digests only."""

    grade: int
    options: tuple[str, ...] = ()
    text: str = ""
    wants_call_back: bool = False
    channel: Channel = Channel.WEB
    address: str = ""
    device: str = ""


@transaction.atomic
def rate(invitation_id: UUID, said: Said, *, by: Actor) -> Rating:
    """Rate a case or a visit; whoever holds the link may, signed in or not. A bad one starts its clocks.

    Raises NotFound, Invalid, NotAllowed for those who dealt with the matter, Conflict when it was rated or is too late.
    """
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("joint_case")
    row = rows.defer("joint_case__plan", "joint_case__values").filter(pk=invitation_id).first()
    if row is None:
        raise inviting.no_link()
    _require_open(row)
    if by.is_staff and by.account_id in permissions.concerned(row):
        raise NotAllowed("evaluation.own_work", "不能给自己经办的事评价", remedy="请办事人自己扫码或打开链接评价")
    text, at = _checked(said), time.now()
    found = terms(row.pack)
    ticked = grades.checked_codes(said.options, found.offered(row.mode, said.grade))
    rating = Rating(
        invitation_id=row.pk, pack=row.pack, organisation=row.organisation, region=row.region, item_code=row.item_code,
        window_id=row.window_id, grade=said.grade, options=[[option.code, option.text] for option in ticked],
        terms_version=version(row.pack), text=text, wants_call_back=said.wants_call_back and grades.is_bad(said.grade),
        channel=said.channel.value, at=at, rater=links.digest("rater", str(row.joint_case.applicant_id)),
        address=links.digest("address", said.address), device=links.digest("device", said.device),
    )  # fmt: skip
    db.insert_many(Rating, [rating])
    Invitation.objects.filter(pk=row.pk).update(rated_at=at)
    _note("evaluation.rated", row, by)
    outbox.publish(events.Rated(str(rating.pk), at.isoformat()))
    if grades.is_bad(said.grade):
        handling.open_bad(rating, at=at)
    return rating


def _require_open(row: Invitation) -> None:
    if row.rated_at is not None:
        raise Conflict("evaluation.rated", "这件已经评价过，一件只评一次", remedy="可以追评一次，在办件进度页")
    if time.today() > row.closes_on:
        raise Conflict(
            "evaluation.over", f"评价期到 {row.closes_on} 为止，已经过了", remedy="有意见可以拨打 12345，或到窗口反映"
        )


def _checked(said: Said) -> str:
    problems = {}
    if said.grade not in list(Grade):
        problems["grade"] = "请选一个等级"
    text = masking.normal(said.text)
    problems |= _text_problem(text)
    if problems:
        raise Invalid("evaluation.rating", f"有 {len(problems)} 处要改", fields=problems)
    return text


def _text_problem(text: str) -> dict[str, str]:
    if len(text) > MOST_TEXT:
        return {"text": f"最多写 {MOST_TEXT} 个字，现在是 {len(text)} 个"}
    return {"text": "有不能保存的符号（表情、控制符），请删去"} if masking.has_odd(text) else {}


def _note(action: str, row: Invitation, by: Actor) -> None:
    """Write an audit entry that does not say who rated: whoever reads the trail of a matter must not learn it."""
    nobody = Actor(channel=by.channel, request_id=by.request_id)
    audit.record(action, "invitation", row.pk, by=nobody, organisation=row.organisation)


@transaction.atomic
def supplement(invitation_id: UUID, *, text: str, by: Actor) -> Supplement:
    """Add to a rating, once (追评); who the giver is, the caller has checked. Raises NotFound, Invalid, Conflict."""
    row = Rating.objects.select_related("invitation").filter(invitation_id=invitation_id).first()
    if row is None:
        raise inviting.no_link()
    kept = masking.normal(text)
    problems = _text_problem(kept) if kept else {"text": "请写要补充的话"}
    if problems:
        raise Invalid("evaluation.supplement", "有 1 处要改", fields=problems)
    at: datetime = time.now()
    try:
        with transaction.atomic():
            added = Supplement.objects.create(rating=row, text=kept, at=at)
    except IntegrityError as problem:
        raise Conflict(
            "evaluation.supplemented", "已经追评过，只能追评一次", remedy="还有意见可以拨打 12345"
        ) from problem
    _note("evaluation.supplemented", row.invitation, by)
    handling.note_supplement(row, at=at)
    return added
