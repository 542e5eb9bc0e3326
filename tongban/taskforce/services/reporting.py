"""Report (填报) for a month, review (审核) and send back (退回). A report after the window closed is taken and marked late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from tongban.attachments import queries as attachments
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Conflict, Invalid, NotFound
from tongban.taskforce import permissions
from tongban.taskforce.models import Assignment, Report
from tongban.taskforce.queries import comparing, ledger
from tongban.taskforce.rules import moves, periods
from tongban.taskforce.rules.moves import Act, State
from tongban.taskforce.services import acting, campaigns

MOST_FILES = 10
SHORTEST_REASON = 4
MOST_VALUE = Decimal("99999999999")


@dataclass(frozen=True)
class Filled:
    """What a unit reports: progress in percent, a figure, text, a blocker, a highlight, publicity, files."""

    progress: int | None
    text: str
    value: Decimal | None = None
    blocker: str = ""
    highlight: str = ""
    publicity: int = 0
    files: tuple[str, ...] = ()


def _flaws(given: Filled, row: Assignment, by: Actor) -> dict[str, str]:
    flaws: dict[str, str] = {}
    if given.progress is None or not 0 <= given.progress <= 100:
        flaws["progress"] = "进度填 0 至 100 的整数"
    if not 2 <= len(given.text.strip()) <= 1000:
        flaws["text"] = "写明本期进展，2 至 1000 个字"
    if given.value is not None and not 0 <= given.value <= MOST_VALUE:
        flaws["value"] = "自报数填不小于 0 的数"
    if given.value is None and row.task.indicators:
        flaws["value"] = "这项任务和平台指标绑定，要填自报数"
    if len(given.blocker) > 500 or len(given.highlight) > 500:
        flaws["blocker"] = "困难、亮点各最多 500 个字"
    if not 0 <= given.publicity <= 9999:
        flaws["publicity"] = "宣传报道篇数 0 至 9999"
    if len(given.files) > MOST_FILES:
        flaws["files"] = f"佐证最多 {MOST_FILES} 份"
    elif given.files and not (by.account_id and attachments.belongs_to(given.files, account_id=by.account_id)):
        flaws["files"] = "有的佐证不是你上传的，请重新上传"
    return flaws


@transaction.atomic
def report(assignment_id: UUID, given: Filled, *, by: Actor) -> Report:
    """Hand in a report for the current month. Raises NotAllowed, NotFound, Conflict, Invalid.

    Before the first window opens there is nothing to report on; one that waits for review is replaced by a new revision.
    """
    row = acting.locked(assignment_id, by=by)
    permissions.require(Act.REPORT, row.organisation, by)
    moves.after(Act.REPORT, State(row.state))
    campaign = row.task.campaign
    window = ledger.window_now(campaign, time.today())
    if window is None:
        opens = periods.next_opening(ledger.calendar_of(campaign), time.today())
        raise Conflict("taskforce.not_open", f"填报窗口 {opens.opens_on} 才开", remedy=f"{opens.closes_on} 前来填报")
    flaws = _flaws(given, row, by)
    if flaws:
        raise Invalid("taskforce.report", f"有 {len(flaws)} 处要改", fields=flaws)
    last = row.reports.filter(period=window.period).order_by("-revision").first()
    if last is not None and last.review == "accepted":
        opens = periods.next_opening(ledger.calendar_of(campaign), time.today())
        raise Conflict("taskforce.reported", "本期填报已经审核通过", remedy=f"下期窗口 {opens.opens_on} 开")
    assert given.progress is not None
    made = Report.objects.create(
        assignment=row, period=window.period, revision=last.revision + 1 if last else 1, progress=given.progress, value=given.value,
        text=given.text.strip(), blocker=given.blocker.strip(), highlight=given.highlight.strip(), publicity=given.publicity,
        # What was in time when first handed in stays so when it is mended after being sent back.
        is_late=last.is_late if last else periods.is_late(window, time.today()),
        files=list(given.files), by_id=by.account_id, by_name=by.name[:60], at=time.now(),
    )  # fmt: skip
    row.progress = given.progress
    row.save(update_fields=["progress"])
    acting.note(
        row, Act.REPORT, f"{window.period} 进度 {given.progress}%" + ("（迟报）" if made.is_late else ""), by=by
    )
    return made


def _reviewed(report_id: UUID, act: Act, by: Actor) -> Report:
    """Return a report that waits for review, its assignment locked, in the transaction of the caller."""
    permissions.require_runs(by)
    found = Report.objects.filter(pk=report_id).first()
    if found is None:
        raise NotFound("taskforce.no_report", "没有找到这份填报", remedy="回到台账重新选择")
    row = acting.locked(found.assignment_id, by=by)
    moves.after(act, State(row.state))
    found = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
    newest = row.reports.filter(period=found.period).aggregate(n=Max("revision"))["n"]
    if found.review or newest != found.revision:
        raise Conflict("taskforce.reviewed", "这份填报已经审核过，或者单位又交了新的", remedy="刷新看最新的一份")
    found.reviewed_by, found.reviewed_at = by.name[:60], time.now()
    return found


@transaction.atomic
def accept(
    report_id: UUID,
    *,
    uses_platform: bool = False,
    remark: str = "",
    by: Actor,
    figures: comparing.Figures | None = None,
) -> Report:
    """Accept a report (审核通过); with `uses_platform` the bulletin takes the computed figure. Raises NotAllowed, Conflict, Invalid.

    Taking a self-report that is better than what the platform computes needs its reason in `remark`. What `figures`
    holds is not computed again.
    """
    found = _reviewed(report_id, Act.ACCEPT_REPORT, by)
    if not uses_platform and len(remark.strip()) < SHORTEST_REASON and comparing.is_above(found, figures=figures):
        words = f"自报的数比平台算的好，采信自报要写明理由，{SHORTEST_REASON} 至 500 个字；或者按平台数进通报"
        raise Invalid("taskforce.above", "有 1 处要改", fields={"remark": words})
    found.review, found.uses_platform, found.remark = "accepted", uses_platform, remark.strip()[:500]
    found.save()
    words = (
        f"{found.period}"
        + ("，按平台数进通报" if uses_platform else "")
        + (f"：{found.remark}" if found.remark else "")
    )
    acting.note(found.assignment, Act.ACCEPT_REPORT, words, by=by)
    return found


@transaction.atomic
def send_back(report_id: UUID, *, remark: str, by: Actor) -> Report:
    """Send a report back (退回) with what is to be mended. Raises NotAllowed, Conflict, Invalid."""
    found = _reviewed(report_id, Act.RETURN_REPORT, by)
    if not 4 <= len(remark.strip()) <= 500:
        raise Invalid("taskforce.return", "有 1 处要改", fields={"remark": "写明要改什么，4 至 500 个字"})
    found.review, found.remark = "returned", remark.strip()
    found.save()
    row = found.assignment
    row.progress = _last_progress(row)
    row.save(update_fields=["progress"])
    acting.note(row, Act.RETURN_REPORT, found.remark, by=by)
    words = f"任务 {row.task.number}：{found.period} 填报退回。{found.remark}"
    campaigns.tell(row.task.campaign, {row.organisation: words}, f"return-{found.pk.hex}", assignment=row)
    return found


def _last_progress(row: Assignment) -> int | None:
    """Return the progress of the last report that was not sent back."""
    kept = row.reports.exclude(review="returned").order_by("-period", "-revision").first()
    return kept.progress if kept else None


def accept_all(report_ids: Sequence[UUID], *, by: Actor) -> int:
    """Accept several reports, each in a transaction of its own; return how many were accepted.

    Those that moved on, and self-reports that need a reason, are passed over. Each figure is computed once for all.
    """
    done, figures = 0, comparing.Figures()
    for report_id in report_ids:
        try:
            accept(report_id, by=by, figures=figures)
        except (Conflict, Invalid):
            continue
        done += 1
    return done
