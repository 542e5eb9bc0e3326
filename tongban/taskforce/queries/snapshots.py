"""What a bulletin says in figures on a day: rows of shares and of reports owed, figures that count them, the ranking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from tongban.core import time
from tongban.taskforce.models import Assignment, Campaign, Report, Step
from tongban.taskforce.queries import comparing, ledger, schemes
from tongban.taskforce.queries.comparing import Compared
from tongban.taskforce.rules import bulletins as rules
from tongban.taskforce.rules import lamps, periods, rankings
from tongban.taskforce.rules.bulletins import Facts, Figure, Kind
from tongban.taskforce.rules.moves import ACT_WORDS, Act, State
from tongban.taskforce.rules.periods import Window
from tongban.taskforce.rules.rankings import Method, Ranked, Tally, share

Rows = list[dict[str, Any]]
SHOWN = 5  # names in a sentence of a draft; the rest stands in the tables
NEAR_DAYS = 40


@dataclass(frozen=True)
class Snapshot:
    """All that a bulletin says in figures on the day it was frozen."""

    figures: dict[str, Figure]
    rows: Rows
    ranking: list[Ranked]
    method: Method
    facts: Facts


def snapshot(campaign: Campaign, kind: Kind, last: str, *, on: date) -> Snapshot:
    """Return the figures of a campaign for a period as of a day. Four queries, and the values of bound indicators."""
    months = rules.months_of(kind, last)
    reports, names = _reports(campaign, months), ledger.unit_names()
    own = Assignment.objects.filter(task__campaign=campaign).exclude(state=State.PLANNED.value)
    views = [
        ledger.share_view(row, campaign, on=on, names=names)
        for row in own.select_related("task").order_by("task__position", "-leads", "pk")
    ]
    rows = [_share_row(view) for view in views]
    for month in months:
        window = periods.window_of(ledger.calendar_of(campaign), month)
        dues = [replace(view, report=reports.get((view.row.pk, month))) for view in views if _owes(view, window)]
        held = comparing.compared(
            [view for view in dues if view.report and view.report.value is not None],
            month=window.closes_on.replace(day=1),
        )
        rows += [_due_row(view, month, held.get(view.row.pk)) for view in dues]
    rows += _act_rows(campaign, months, names)
    method = schemes.of_month(campaign, last).method
    ranking = rankings.ranked(_tallies(rows), method)
    return Snapshot(_figures(rows), rows, ranking, method, _facts(campaign, kind, last, on, rows, ranking))


def _owes(view: ledger.ShareView, window: Window) -> bool:
    row = view.row
    return bool(row.organisation) and periods.owes(window, assigned_on=row.assigned_on, closed_on=row.closed_on)


def _reports(campaign: Campaign, months: Sequence[str]) -> dict[tuple[UUID, str], Report]:
    rows = Report.objects.filter(assignment__task__campaign=campaign, period__in=months).order_by("revision")
    last = {(row.assignment_id, row.period): row for row in rows}
    return {key: row for key, row in last.items() if row.review != "returned"}


def _share_row(view: ledger.ShareView) -> dict[str, Any]:
    row = view.row
    return {
        "kind": "share", "task": row.task.number, "requirement": row.task.requirement[:80], "unit": view.unit,
        "code": row.organisation, "leads": row.leads, "lamp": "out" if view.is_outside else view.lamp.kind, "why": view.lamp.why,
        "due_on": row.due_on.isoformat() if row.due_on else "", "progress": row.progress, "state": view.state,
    }  # fmt: skip


def _due_row(view: ledger.ShareView, month: str, held: Compared | None) -> dict[str, Any]:
    row, report = view.row, view.report
    due: dict[str, Any] = {
        "kind": "due", "task": row.task.number, "requirement": row.task.requirement[:80], "unit": view.unit, "code": row.organisation,
        "leads": row.leads, "lamp": view.lamp.kind, "month": month, "how": "none", "highlight": "", "blocker": "", "publicity": 0,
        "progress": None, "gap": "", "gap_words": "", "meets": None,
    }  # fmt: skip
    if report is not None:
        due |= {
            "how": "late" if report.is_late else "on_time", "highlight": report.highlight, "blocker": report.blocker,
            "publicity": report.publicity, "progress": report.progress,
        }  # fmt: skip
    if held is not None:
        due |= {
            "meets": held.meets,
            "gap": held.verdict.kind,
            "gap_words": f"自报 {held.own}，平台 {held.computed}，{held.verdict.words}",
        }
        if report is not None and report.uses_platform:
            due["gap_words"] += "，按平台数通报"
    return due


_ACTS = (Act.YELLOW, Act.RED, Act.TALK, Act.BLAME)


def _act_rows(campaign: Campaign, months: Sequence[str], names: dict[str, str]) -> Rows:
    """Return the 督办单, talks and accountability records of some months."""
    steps = Step.objects.filter(assignment__task__campaign=campaign, act__in=[act.value for act in _ACTS])
    return [
        {
            "kind": "act", "task": step.assignment.task.number, "requirement": step.assignment.task.requirement[:80],
            "unit": names.get(step.assignment.organisation, step.assignment.unit_name), "code": step.assignment.organisation,
            "leads": step.assignment.leads, "lamp": "", "act": step.act, "why": step.words, "month": f"{time.day_of(step.at):%Y-%m}",
        }
        for step in steps.select_related("assignment__task").order_by("at") if f"{time.day_of(step.at):%Y-%m}" in months
    ]  # fmt: skip


def _tallies(rows: Rows) -> list[Tally]:
    names: dict[tuple[str, str], str] = {}
    for row in (row for row in rows if row["kind"] == "share"):
        names.setdefault((row["code"], "" if row["code"] else row["unit"]), row["unit"])
    found = []
    for key, name in names.items():
        own = [row for row in rows if (row["code"], "" if row["code"] else row["unit"]) == key]
        dues = [row for row in own if row["kind"] == "due"]
        shares = [row for row in own if row["kind"] == "share" and row["lamp"] not in ("off", "out")]
        found.append(
            Tally(
                key[0], name, len(dues), sum(row["how"] == "on_time" for row in dues), sum(row["how"] == "late" for row in dues),
                len(shares), sum(row["lamp"] == "done" for row in shares), outside=not key[0],
                bound=sum(row["meets"] is not None for row in dues), met=sum(row["meets"] is True for row in dues),
            )
        )  # fmt: skip
    return found


def _figures(rows: Rows) -> dict[str, Figure]:
    def having(kind: str, fits: Callable[[dict[str, Any]], bool] = lambda row: True) -> tuple[int, ...]:
        return tuple(at for at, row in enumerate(rows) if row["kind"] == kind and fits(row))

    def equal(kind: str, key: str, value: str) -> tuple[int, ...]:
        return having(kind, lambda row: row[key] == value)

    inside = having("share", lambda row: row["lamp"] != "out")
    timed = tuple(at for at in inside if rows[at]["lamp"] != "off")
    done = tuple(at for at in timed if rows[at]["lamp"] == "done")
    dues = having("due")
    on_time, late, none = (equal("due", "how", how) for how in ("on_time", "late", "none"))
    above = equal("due", "gap", "above")
    bright, told = having("due", lambda row: bool(row["highlight"])), having("due", lambda row: row["publicity"] > 0)
    figures = [
        Figure("任务数", f"{len({rows[at]['task'] for at in having('share')})} 项", "清单中已交办的任务，子任务另计", having("share")),
        Figure("单位数", f"{len({rows[at]['code'] for at in inside})} 个", "承担任务的平台内单位", inside),
        Figure("分工数", f"{len(inside)} 项", "任务 × 单位，平台外单位不计", inside),
        Figure("已销号", f"{len(done)} 项", "分工中已核验销号的，不含随省推进", done),
        Figure("完成率", share(len(done), len(timed)), "已销号 ÷ 有时限的分工", timed),
        *(Figure(name, f"{len(equal('share', 'lamp', kind))} 项", f"分工中亮灯为“{lamps.WORDS[kind]}”的", equal("share", "lamp", kind))
          for name, kind in (("正常", "ok"), ("落后", "warn"), ("超期", "bad"), ("不计时", "off"))),
        Figure("应报", f"{len(dues)} 项次", "窗口开时已交办、窗口关时未销号的分工，每月计一次", dues),
        Figure("按时报", f"{len(on_time)} 项次", "窗口关闭以前填报的", on_time),
        Figure("按时填报率", share(len(on_time), len(dues)), "按时报 ÷ 应报", dues),
        Figure("迟报", f"{len(late)} 项次", "窗口关闭以后补报的", late),
        Figure("未报", f"{len(none)} 项次", "冻结时还没有填报，或退回后没有重报的", none),
        Figure("自报高于平台数", f"{len(above)} 项次", "绑定平台指标的填报里，自报数好于平台计算的", above),
        *(Figure(name, f"{len(equal('act', 'act', act.value))} 次", f"本期{ACT_WORDS[act]}的次数", equal("act", "act", act.value))
          for name, act in (("黄色督办单", Act.YELLOW), ("红色督办单", Act.RED), ("约谈", Act.TALK), ("问责", Act.BLAME))),
        Figure("特色亮点", f"{len(bright)} 条", "本期填报里写了特色亮点的", bright),
        Figure("宣传报道", f"{sum(rows[at]['publicity'] for at in told)} 篇", "本期填报的宣传报道篇数之和", told),
    ]  # fmt: skip
    return {figure.name: figure for figure in figures}


def _facts(campaign: Campaign, kind: Kind, last: str, on: date, rows: Rows, ranking: Sequence[Ranked]) -> Facts:
    shares = [row for row in rows if row["kind"] == "share"]
    dues = [row for row in rows if row["kind"] == "due"]
    soon = [row for row in shares if row["lamp"] in ("ok", "warn") and row["due_on"] and
            (date.fromisoformat(row["due_on"]) - on).days <= NEAR_DAYS]  # fmt: skip
    return Facts(
        campaign=f"《{campaign.name}》", kind=kind, last=last, frozen_on=on,
        best=[row.tally.name for row in ranking if row.rank is not None and row.rank <= 3][:SHOWN],
        overdue=_by_unit([row for row in shares if row["lamp"] == "bad"]),
        silent=list(dict.fromkeys(row["unit"] for row in dues if row["how"] == "none")),
        highlights=[f"{row['unit']}：{rules.quoted(row['highlight'])}" for row in dues if row["highlight"]][:SHOWN],
        blockers=[f"{row['unit']}反映{rules.quoted(row['blocker'])}" for row in dues if row["blocker"]][:SHOWN],
        contradictions=[f"{row['unit']}任务 {row['task']}" for row in dues if row["gap"] == "above"],
        left_out=[f"{row.tally.name}（{row.why_out}）" for row in ranking if row.rank is None],
        next_due=rules.due_words((row["task"], row["due_on"]) for row in soon),
    )  # fmt: skip


def _by_unit(rows: Rows) -> list[str]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["unit"], []).append(row["task"])
    return [f"{unit}任务 {'、'.join(tasks)}" for unit, tasks in found.items()]
