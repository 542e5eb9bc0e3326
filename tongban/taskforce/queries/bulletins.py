"""Bulletins (通报): what a draft is made of, frozen; who sees which; the bulletin as a paper."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
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
from tongban.taskforce.models import Bulletin, Receipt
from tongban.taskforce.queries import ledger
from tongban.taskforce.rules import bulletins as rules
from tongban.taskforce.rules.bulletins import Figure

Rows = list[dict[str, Any]]


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
    return list(
        rows.select_related("bulletin").defer("bulletin__rows", "bulletin__figures").order_by("-bulletin__issued_at")
    )


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
