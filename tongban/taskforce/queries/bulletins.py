"""Bulletins (通报): what a draft is made of, frozen; who sees which; the bulletin as a paper."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db.models import Q, QuerySet

from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound
from tongban.taskforce import permissions
from tongban.taskforce.adapters import word
from tongban.taskforce.models import Assignment, Bulletin, Campaign, Receipt, Report
from tongban.taskforce.queries import ledger
from tongban.taskforce.rules import bulletins as rules
from tongban.taskforce.rules import lamps, periods, rankings
from tongban.taskforce.rules.bulletins import Facts, Figure, Kind
from tongban.taskforce.rules.moves import State
from tongban.taskforce.rules.rankings import Method, Ranked, Tally, share

Rows = list[dict[str, Any]]
SHOWN = 5  # names in a sentence of a draft; the rest stands in the tables
NEAR_DAYS = 40


def visible_to(by: Actor) -> QuerySet[Bulletin]:
    """Return the bulletins that the actor may see: all for who runs campaigns, issued ones that were sent to its units."""
    rows = Bulletin.objects.filter(campaign__pack=settings.PLACE).select_related("campaign")
    if permissions.runs(by):
        return rows
    sent = Receipt.objects.filter(organisation__in=permissions.units(by)).values("bulletin_id")
    return rows.filter(pk__in=sent).exclude(issued_at=None)


def bulletins(*, by: Actor) -> list[Bulletin]:
    """Return the bulletins that the actor may see, the newest first, without their rows."""
    return list(visible_to(by).defer("rows", "figures", "ranking", "text").order_by("-drafted_at"))


def one(bulletin_id: UUID, *, by: Actor) -> Bulletin:
    """Return a bulletin. Raises NotFound."""
    row = visible_to(by).filter(pk=bulletin_id).first()
    if row is None:
        raise NotFound("taskforce.no_bulletin", "没有找到这份通报", remedy="回到通报列表重新选择")
    return row


def receipts(bulletin: Bulletin) -> list[tuple[Receipt, str]]:
    """Return to whom a bulletin was sent, those that have not confirmed first."""
    names = ledger.unit_names()
    rows = bulletin.receipts.order_by("confirmed_at", "organisation")
    found = [(row, names.get(row.organisation, row.organisation)) for row in rows]
    return sorted(found, key=lambda pair: pair[0].confirmed_at is not None)


def unconfirmed(*, by: Actor) -> list[Receipt]:
    """Return the bulletins that wait for the actor's units to confirm that they came."""
    rows = Receipt.objects.filter(organisation__in=permissions.units(by), confirmed_at=None)
    return list(rows.select_related("bulletin").defer("bulletin__rows", "bulletin__figures").order_by("-bulletin__issued_at"))


@dataclass(frozen=True)
class Snapshot:
    """All that a bulletin says in figures on the day it was frozen."""

    figures: dict[str, Figure]
    rows: Rows
    ranking: list[Ranked]
    method: Method
    facts: Facts


def snapshot(campaign: Campaign, kind: Kind, last: str, *, on: date) -> Snapshot:
    """Return the figures of a campaign for a period as of a day. Four queries."""
    months = rules.months_of(kind, last)
    reports = _reports(campaign, months)
    names = ledger.unit_names()
    own = Assignment.objects.filter(task__campaign=campaign).exclude(state=State.PLANNED.value)
    rows: Rows = []
    for row in own.select_related("task").order_by("task__position", "-leads", "pk"):
        view = ledger.share_view(row, campaign, on=on, names=names)
        rows.append(_share_row(view))
    windows = [periods.window_of(ledger.calendar_of(campaign), month) for month in months]
    for row, shown in zip(own.order_by("task__position", "-leads", "pk"), list(rows), strict=True):
        rows += [
            _due_row(shown, window.period, reports.get((row.pk, window.period)))
            for window in windows
            if row.organisation and periods.owes(window, assigned_on=row.assigned_on, closed_on=row.closed_on)
        ]
    method = Method(campaign.weight_on_time, campaign.weight_done)
    ranking = rankings.ranked(_tallies(rows), method)
    return Snapshot(_figures(rows), rows, ranking, method, _facts(campaign, kind, last, on, rows, ranking))


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


def _due_row(shown: dict[str, Any], month: str, report: Report | None) -> dict[str, Any]:
    kept = {name: shown[name] for name in ("task", "requirement", "unit", "code", "leads", "lamp")}
    if report is None:
        return {**kept, "kind": "due", "month": month, "how": "none", "highlight": "", "blocker": "", "publicity": 0, "progress": None}
    return {
        **kept, "kind": "due", "month": month, "how": "late" if report.is_late else "on_time", "highlight": report.highlight,
        "blocker": report.blocker, "publicity": report.publicity, "progress": report.progress,
    }  # fmt: skip


def _tallies(rows: Rows) -> list[Tally]:
    names: dict[tuple[str, str], str] = {}
    for row in rows:
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
            )
        )  # fmt: skip
    return found


def _figures(rows: Rows) -> dict[str, Figure]:
    def having(kind: str, fits: Callable[[dict[str, Any]], bool] = lambda row: True) -> tuple[int, ...]:
        return tuple(at for at, row in enumerate(rows) if row["kind"] == kind and fits(row))

    inside = having("share", lambda row: row["lamp"] != "out")
    timed = tuple(at for at in inside if rows[at]["lamp"] != "off")
    done = tuple(at for at in timed if rows[at]["lamp"] == "done")
    dues = having("due")
    on_time, late, none = (having("due", lambda row, how=how: row["how"] == how) for how in ("on_time", "late", "none"))  # type: ignore[misc]
    bright, told = having("due", lambda row: bool(row["highlight"])), having("due", lambda row: row["publicity"] > 0)
    figures = [
        Figure("任务数", f"{len({rows[at]['task'] for at in having('share')})} 项", "清单中已交办的任务，子任务另计", having("share")),
        Figure("单位数", f"{len({rows[at]['code'] for at in inside})} 个", "承担任务的平台内单位", inside),
        Figure("分工数", f"{len(inside)} 项", "任务 × 单位，平台外单位不计", inside),
        Figure("已销号", f"{len(done)} 项", "分工中已核验销号的，不含随省推进", done),
        Figure("完成率", share(len(done), len(timed)), "已销号 ÷ 有时限的分工", timed),
        *(Figure(name, f"{len(having('share', lambda row, k=kind: row['lamp'] == k))} 项", f"分工中亮灯为“{lamps.WORDS[kind]}”的",
                 having("share", lambda row, k=kind: row["lamp"] == k))  # type: ignore[misc]
          for name, kind in (("正常", "ok"), ("落后", "warn"), ("超期", "bad"), ("不计时", "off"))),
        Figure("应报", f"{len(dues)} 项次", "窗口开时已交办、窗口关时未销号的分工，每月计一次", dues),
        Figure("按时报", f"{len(on_time)} 项次", "窗口关闭以前填报的", on_time),
        Figure("按时填报率", share(len(on_time), len(dues)), "按时报 ÷ 应报", dues),
        Figure("迟报", f"{len(late)} 项次", "窗口关闭以后补报的", late),
        Figure("未报", f"{len(none)} 项次", "冻结时还没有填报，或退回后没有重报的", none),
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
        campaign=f"“{campaign.name}”", kind=kind, last=last, frozen_on=on,
        best=[row.tally.name for row in ranking if row.rank is not None and row.rank <= 3][:SHOWN],
        overdue=_by_unit([row for row in shares if row["lamp"] == "bad"]),
        silent=list(dict.fromkeys(row["unit"] for row in dues if row["how"] == "none")),
        highlights=[f"{row['unit']}：{rules.quoted(row['highlight'])}" for row in dues if row["highlight"]][:SHOWN],
        blockers=[f"{row['unit']}反映{rules.quoted(row['blocker'])}" for row in dues if row["blocker"]][:SHOWN],
        left_out=[f"{row.tally.name}（{row.why_out}）" for row in ranking if row.rank is None],
        next_due=list(dict.fromkeys(f"任务 {row['task']}（{row['due_on']} 前）" for row in soon)),
    )  # fmt: skip


def _by_unit(rows: Rows) -> list[str]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["unit"], []).append(row["task"])
    return [f"{unit}任务 {'、'.join(tasks)}" for unit, tasks in found.items()]


# What was kept


def figures_of(bulletin: Bulletin) -> dict[str, Figure]:
    """Return the frozen figures of a bulletin by name."""
    return {
        name: Figure(name, kept["shown"], kept["formula"], tuple(kept["rows"])) for name, kept in bulletin.figures.items()
    }  # fmt: skip


def rows_of(bulletin: Bulletin, name: str) -> tuple[Figure, Rows]:
    """Return a frozen figure and the rows that it counts. Raises NotFound."""
    figure = figures_of(bulletin).get(name)
    if figure is None:
        raise NotFound("taskforce.no_figure", f"通报里没有“{name}”这个数", remedy="从通报正文里点数字")
    return figure, [bulletin.rows[at] for at in figure.rows]


def digest(bulletin: Bulletin) -> str:
    """Return the digest of all that a bulletin says."""
    said = {name: getattr(bulletin, name) for name in ("title", "text", "figures", "rows", "ranking", "method")}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def is_intact(bulletin: Bulletin) -> bool:
    """Return whether an issued bulletin still says what was issued."""
    return bulletin.issued_at is None or digest(bulletin) == bulletin.digest


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as shown: a heading or text in pieces, the figures of which open their rows."""

    is_heading: bool
    pieces: tuple[rules.Piece, ...]

    @property
    def words(self) -> str:
        """The paragraph as plain text."""
        return "".join(piece.words for piece in self.pieces)


def paragraphs(bulletin: Bulletin) -> list[Paragraph]:
    """Return the text of a bulletin with its figures filled in."""
    figures = figures_of(bulletin)
    return [
        Paragraph(line.startswith("#"), tuple(rules.pieces(line.lstrip("# ").strip(), figures)))
        for line in bulletin.text.splitlines() if line.strip()
    ]  # fmt: skip


HEAD = ("名次", "单位", "应报", "按时", "迟报", "任务", "销号", "得分")


def table_of(bulletin: Bulletin) -> list[tuple[str, ...]]:
    """Return the ranking as rows of text, in the order of HEAD; units left out show why instead of points."""
    return [
        (str(row["rank"] or "—"), row["name"], str(row["owed"]), str(row["on_time"]), str(row["late"]), str(row["tasks"]),
         str(row["done"]), f"{row['score']:.1f}" if row["rank"] else row["why_out"])
        for row in bulletin.ranking
    ]  # fmt: skip


def _paper(bulletin: Bulletin) -> dict[str, object]:
    at = bulletin.issued_at or time.now()
    return {
        "title": bulletin.title, "number": bulletin.number or "（草稿，签发时编号）", "issuer": _issuer(bulletin), "demo": settings.DEMONSTRATION,
        "example": bulletin.campaign.is_example, "paragraphs": [[p.is_heading, p.words] for p in paragraphs(bulletin)],
        "head": list(HEAD), "rows": [list(row) for row in table_of(bulletin)], "method": bulletin.method,
        "frozen": f"{bulletin.frozen_at.astimezone(time.CHINA):%Y-%m-%d %H:%M}", "date": f"{time.day_of(at):%Y年%-m月%-d日}",
    }  # fmt: skip


def _issuer(bulletin: Bulletin) -> str:
    code = bulletin.organisation or orgs.overseer(settings.PLACE)
    known = orgs.organisations(settings.PLACE)
    return known[code].full_name if code in known else orgs.place(settings.PLACE).host


def pdf(bulletin: Bulletin, *, site: str) -> bytes:
    """Return a bulletin as PDF; its QR leads to its page."""
    at = bulletin.issued_at or time.now()
    return documents.render("bulletin", _paper(bulletin), qr=f"{site}/supervise/bulletins/{bulletin.pk}", at=at)


def docx(bulletin: Bulletin) -> bytes:
    """Return a bulletin as .docx."""
    return word.bulletin(_paper(bulletin), at=bulletin.issued_at or time.now())


def order_pdf(order_id: UUID, *, site: str, by: Actor) -> tuple[str, bytes]:
    """Return the number and the PDF of a 督办单 that the actor may see. Raises NotFound."""
    own = ledger.visible_to(by).filter(Q(papers__pk=order_id)).select_related("task", "task__campaign").first()
    if own is None:
        raise NotFound("taskforce.no_order", "没有找到这份督办单", remedy="回到任务页重新选择")
    order = own.papers.get(pk=order_id)
    colour = {"yellow": "黄色", "red": "红色"}[order.colour]
    known = orgs.organisations(settings.PLACE)
    issuer = known[orgs.overseer(settings.PLACE)].full_name
    content: dict[str, object] = {
        "title": f"{colour}督办单", "number": order.number, "issuer": issuer, "addressee": ledger.unit_names().get(own.organisation, own.unit_name),
        "paragraphs": [f"你单位承担的“{own.task.campaign.name}”任务 {own.task.number}：{own.task.requirement}", f"目前情况：{order.standing}。",
                       order.words, f"请于 {order.reply_by} 前在平台填报办理情况。"],
        "head": [], "rows": [], "widths": [], "closing": [], "remedy": "", "basis": [], "signed_by": issuer,
        "facts": [["完成时限", str(own.due_on or own.task.deadline)], ["印发的时限", own.task.deadline or "—"]],
        "check_code": order.pk.hex[:20], "date": f"{time.day_of(order.issued_at):%Y年%-m月%-d日}", "demo": settings.DEMONSTRATION,
        "copy": 0, "copied_on": "",
    }  # fmt: skip
    return order.number, documents.render("paper", content, qr=f"{site}/supervise/shares/{own.pk}", at=order.issued_at)
