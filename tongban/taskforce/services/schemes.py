"""Change what a campaign goes by (专项规则): a new version with its reason, for windows that have not opened yet."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Conflict, Invalid
from tongban.taskforce.models import Assignment, Campaign, SchemeVersion
from tongban.taskforce.queries import ledger
from tongban.taskforce.queries import schemes as queries
from tongban.taskforce.queries.schemes import Latest
from tongban.taskforce.rules import schemes as rules
from tongban.taskforce.rules.moves import State
from tongban.taskforce.rules.schemes import Scheme
from tongban.taskforce.services import campaigns

SETTLED = (State.PLANNED.value, State.OUTSIDE.value, State.CLOSED.value)


@transaction.atomic
def change(campaign_id: UUID, wanted: Scheme, *, reason: str, seen: int, by: Actor) -> SchemeVersion:
    """Let a campaign go by something else from the first window that has not opened; `seen` is the version the page showed.

    Bulletins and windows that opened stay as they are; units with open tasks are told; the timers follow.
    Raises NotAllowed, NotFound, Invalid, Conflict (changed meanwhile, no change, no window left).
    """
    campaign = campaigns.locked(campaign_id, by)
    before, reason = queries.latest(campaign), reason.strip()
    told = _checked(before, wanted, reason, seen)
    window = ledger.first_change(campaign, wanted, time.today())
    if window.closes_on > campaign.ends_on:
        raise Conflict(
            "taskforce.no_window_left", f"专项 {campaign.ends_on} 结束，之前没有还没开的填报窗口", remedy="规则不用再改"
        )
    row = SchemeVersion(
        version=before.version + 1, since=window.period, since_on=window.opens_on, report_day=wanted.report_day,
        opens_before_days=wanted.opens_before_days, ladder_days=list(wanted.ladder_days), tolerance=wanted.tolerance,
        weight_on_time=wanted.weight_on_time, weight_meets=wanted.weight_meets, changes=told[:300], reason=reason,
        by_id=by.account_id, by_name=(by.name or "系统")[:60], at=time.now(),
    )  # fmt: skip
    campaign.schemes.add(row, bulk=False)  # forgets the versions read so far
    _tell(campaign, row)
    campaigns.schedule(campaign)
    audit.record("taskforce.scheme", "campaign", campaign.pk, by=by, reason=f"第 {row.version} 版：{reason}"[:64])
    return row


def _checked(before: Latest, wanted: Scheme, reason: str, seen: int) -> str:
    """Return what a change changes, in words. Raises Invalid, Conflict."""
    fields = rules.flaws(wanted)
    if not 5 <= len(reason) <= 200:
        fields["reason"] = "请写明为什么改，5 至 200 个字"
    if fields:
        raise Invalid("taskforce.scheme", f"有 {len(fields)} 处要改", fields=fields)
    if before.version != seen:
        raise Conflict(
            "taskforce.scheme_moved", f"打开这一页之后，规则已经改到第 {before.version} 版",
            remedy="刷新页面看最新的规则再改",
        )  # fmt: skip
    told = rules.words(before.scheme, wanted)
    if not told:
        raise Conflict("taskforce.scheme_same", "和现在的规则一样，没有改动", remedy="改了再保存")
    return told


def _tell(campaign: Campaign, row: SchemeVersion) -> None:
    open_ = Assignment.objects.filter(task__campaign=campaign).exclude(state__in=SETTLED)
    said = f"《{campaign.name[:60]}》规则改了：{row.changes}。从 {row.since} 期（{row.since_on} 开窗）起算，已开的窗口不变。"
    units = open_.order_by("organisation").values_list("organisation", flat=True).distinct()
    link = f"/supervise/campaigns/{campaign.pk}/scheme"
    campaigns.tell(campaign, dict.fromkeys(units, said), f"scheme-{row.version}", link=link)
