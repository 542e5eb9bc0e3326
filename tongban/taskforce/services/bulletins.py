"""Draft a bulletin (通报) from frozen figures, edit its text, issue it under a number, confirm that it came."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.orgs import queries as orgs
from tongban.rules.errors import Conflict, Invalid, NotFound
from tongban.taskforce import permissions
from tongban.taskforce.models import Bulletin, Campaign, Receipt
from tongban.taskforce.queries import bulletins as queries
from tongban.taskforce.queries import ledger, snapshots
from tongban.taskforce.queries.snapshots import Snapshot
from tongban.taskforce.rules import bulletins as rules
from tongban.taskforce.rules.bulletins import KIND_WORDS, Kind
from tongban.taskforce.rules.rankings import Ranked
from tongban.taskforce.services import campaigns

MOST_TEXT = 20_000


@transaction.atomic
def draft(campaign_id: UUID, kind: Kind, last_period: str, *, by: Actor) -> Bulletin:
    """Draft a bulletin of a campaign up to a month (YYYY-MM), its figures frozen now. Raises NotAllowed, NotFound, Conflict, Invalid."""
    permissions.require_runs(by)
    campaign = ledger.campaign(campaign_id, by=by)
    _require_period(campaign, last_period)
    found = snapshots.snapshot(campaign, kind, last_period, on=time.today())
    period = rules.period_words(kind, last_period)
    row = Bulletin(
        campaign=campaign, kind=kind.value, last_period=last_period, title=f"{campaign.name}{period}{KIND_WORDS[kind][-2:]}"[:120],
        text=rules.draft(found.facts), drafted_by=(by.name or "系统")[:60], drafted_at=time.now(), **_kept(found),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:
        raise Conflict(
            "taskforce.drafted", f"{period}的{KIND_WORDS[kind]}已经起草", remedy="在通报列表里打开它"
        ) from problem
    audit.record("taskforce.draft", "bulletin", row.pk, by=by, reason=row.title[:64])
    return row


def _require_period(campaign: Campaign, period: str) -> None:
    windows = ledger.windows_until(campaign, time.today())
    if period not in [window.period for window in windows]:
        first = windows[-1].period if windows else ""
        raise Invalid(
            "taskforce.period", "有 1 处要改",
            fields={"period": f"选 {first} 以前的月份" if first else "第一个填报窗口还没有开，没有可以通报的月份"},
        )  # fmt: skip


def _kept(found: Snapshot) -> dict[str, object]:
    return {
        "figures": {name: {"shown": f.shown, "formula": f.formula, "rows": list(f.rows)} for name, f in found.figures.items()},
        "rows": found.rows, "ranking": [_ranked(row) for row in found.ranking], "method": found.method.words, "frozen_at": time.now(),
    }  # fmt: skip


def _ranked(row: Ranked) -> dict[str, object]:
    return {**asdict(row.tally), "rank": row.rank, "score": row.score, "why_out": row.why_out}


def _open(bulletin_id: UUID, seen: int, by: Actor) -> Bulletin:
    """Return a draft, locked, in the transaction of the caller. Raises NotAllowed, NotFound, Conflict."""
    permissions.require_runs(by)
    row = Bulletin.objects.select_for_update(of=("self",)).filter(pk=bulletin_id, campaign__pack=settings.PLACE).first()
    if row is None:
        raise NotFound("taskforce.no_bulletin", "没有找到这份通报", remedy="回到通报列表重新选择")
    if row.issued_at is not None:
        raise Conflict("taskforce.issued", f"通报已经签发（{row.number}），不能再改", remedy="需要更正时另发一份")
    if row.revision != seen:
        raise Conflict("taskforce.moved_on", "你打开以后，别人改过这份通报，没有保存你的", remedy="打开最新的一版再改")
    return row


@transaction.atomic
def edit(bulletin_id: UUID, *, title: str, text: str, seen: int, by: Actor) -> Bulletin:
    """Write title and text of a draft; figures are placeholders only. Raises NotAllowed, NotFound, Conflict, Invalid."""
    row = _open(bulletin_id, seen, by)
    text = text.replace("\r\n", "\n").strip()
    fields: dict[str, str] = {}
    if not 4 <= len(title.strip()) <= 120:
        fields["title"] = "标题 4 至 120 个字"
    flaws = rules.text_flaws(text, queries.figures_of(row))
    if not 10 <= len(text) <= MOST_TEXT:
        flaws.append(f"正文 10 至 {MOST_TEXT} 个字")
    if flaws:
        fields["text"] = "；".join(flaws[:8])
    if fields:
        raise Invalid("taskforce.bulletin", f"有 {len(fields)} 处要改，没有保存", fields=fields)
    row.title, row.text, row.revision = title.strip(), text, row.revision + 1
    row.save(update_fields=["title", "text", "revision"])
    audit.record("taskforce.bulletin_edit", "bulletin", row.pk, by=by, reason=f"第 {row.revision} 稿")
    return row


@transaction.atomic
def freeze_again(bulletin_id: UUID, *, seen: int, by: Actor) -> Bulletin:
    """Freeze the figures of a draft anew; the text stays. Raises NotAllowed, NotFound, Conflict."""
    row = _open(bulletin_id, seen, by)
    found = snapshots.snapshot(row.campaign, Kind(row.kind), row.last_period, on=time.today())
    for name, value in _kept(found).items():
        setattr(row, name, value)
    row.revision += 1
    row.save()
    audit.record("taskforce.bulletin_freeze", "bulletin", row.pk, by=by, reason=f"第 {row.revision} 稿")
    return row


@transaction.atomic
def issue(bulletin_id: UUID, *, seen: int, by: Actor) -> Bulletin:
    """Issue a bulletin (签发): number it, freeze it for good, send it to the units. Raises NotAllowed, NotFound, Conflict, Invalid."""
    row = _open(bulletin_id, seen, by)
    flaws = rules.text_flaws(row.text, queries.figures_of(row))
    if flaws:
        raise Invalid("taskforce.bulletin", "有 1 处要改，没有签发", fields={"text": "；".join(flaws[:8])})
    row.issued_at = time.now()
    row.year = time.day_of(row.issued_at).year
    row.serial = jobs.next_serial(f"taskforce-bulletin:{settings.PLACE}:{row.year}")
    row.number = f"{orgs.place(settings.PLACE).name}督通〔{row.year}〕{row.serial} 号"
    row.issued_by, row.organisation = by.name[:60], orgs.overseer(settings.PLACE)
    row.digest = queries.digest(row)
    row.save()
    units = sorted({each["code"] for each in row.rows if each["code"]})
    Receipt.objects.bulk_create([Receipt(bulletin=row, organisation=code) for code in units])
    campaigns.tell(
        row.campaign,
        dict.fromkeys(units, f"{row.number}《{row.title}》已印发，请确认收到"),
        f"bulletin-{row.pk.hex}",
        link=f"/supervise/bulletins/{row.pk}",
    )
    audit.record("taskforce.issue", "bulletin", row.pk, by=by, organisation=row.organisation, reason=row.number)
    return row


@transaction.atomic
def confirm(bulletin_id: UUID, organisation: str, *, by: Actor) -> Receipt:
    """Confirm for a unit that a bulletin came (签收). Raises NotAllowed, NotFound, Conflict."""
    permissions.require_unit(organisation, by)
    row = (
        Receipt.objects.select_for_update(of=("self",))
        .filter(bulletin_id=bulletin_id, organisation=organisation)
        .first()
    )
    if row is None:
        raise NotFound("taskforce.no_receipt", "这份通报没有发给你单位", remedy="回到通报列表")
    if row.confirmed_at is not None:
        raise Conflict("taskforce.confirmed", f"{row.confirmed_by}已经确认收到", remedy="刷新看最新状态")
    row.confirmed_at, row.confirmed_by = time.now(), by.name[:60]
    row.save()
    audit.record("taskforce.confirm", "bulletin", bulletin_id, by=by, organisation=organisation)
    return row
