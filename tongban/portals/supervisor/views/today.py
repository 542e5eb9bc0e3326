"""今天要处理: what waits for whoever opens the first page, the most urgent first; each line leads to where it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation.queries import bad
from tongban.portals.supervisor.views.shell import PLACE
from tongban.supervision.queries import cards
from tongban.supervision.rules.kinds import LEVEL_WORDS, Level
from tongban.taskforce.queries import following, ledger

MOST = 8
WORDS = {"bad": "超期", "warn": "临期", "ok": "正常"}


@dataclass(frozen=True)
class Line:
    """Something to do, by when, and where."""

    words: str
    href: str
    due_on: date | None

    def lamp_on(self, today: date) -> str:
        """Return its lamp on a day: late, today or tomorrow, later."""
        if self.due_on is None:
            return "ok"
        left = (self.due_on - today).days
        return "bad" if left < 0 else "warn" if left <= 1 else "ok"


@dataclass(frozen=True)
class Shown:
    """A line with its lamp in words."""

    words: str
    href: str
    lamp: str
    lamp_words: str
    when: str


def lines(*, by: Actor) -> tuple[list[Shown], int]:
    """Return what waits for the actor, the most urgent first, and how many lines more there are."""
    today = time.today()
    found = sorted(_all(by), key=lambda line: (line.due_on is None, line.due_on or today, line.words))
    shown = [
        Shown(line.words, line.href, lamp, WORDS[lamp] if line.due_on else "待办", _when(line.due_on, today))
        for line in found[:MOST]
        for lamp in (line.lamp_on(today),)
    ]
    return shown, max(0, len(found) - MOST)


def _when(due_on: date | None, today: date) -> str:
    if due_on is None:
        return ""
    left = (due_on - today).days
    return f"超 {-left} 天" if left < 0 else {0: "今天", 1: "明天"}.get(left, f"{due_on:%m-%d}")


def _all(by: Actor) -> Iterator[Line]:
    yield from _cards(by)
    yield from _ratings(by)
    yield from _campaigns(by)


def _cards(by: Actor) -> Iterator[Line]:
    """One line for the cards of a unit and level that wait for the same; warnings (预警) of all units together, without a day."""
    for state, words in (("appeal", "申诉待决定"), ("proposed", "撤销待第二人同意"), ("issued", "待整改")):
        found = cards.waiting(PLACE, state, by=by)
        warnings = [row for row in found if row.level == Level.BLUE]
        for rows in [*([row] for row in found if row.level != Level.BLUE), *([warnings] if warnings else [])]:
            days = {"issued": rows[0].cure_by_on, "appeal": rows[0].appeal_by_on}
            yield Line(
                f"{_whose(rows)}：{LEVEL_WORDS[rows[0].level]}{words}{_how_many(rows)}", _where(rows, state),
                None if rows is warnings else days.get(state),
            )  # fmt: skip


def _whose(rows: Sequence[cards.Waiting]) -> str:
    return rows[0].organisation_name if len(rows) == 1 else f"{len(rows)} 个单位"


def _how_many(rows: Sequence[cards.Waiting]) -> str:
    only = rows[0].only if len(rows) == 1 else None
    return f"，{only[1]}" if only else f" {sum(row.count for row in rows)} 张"


def _where(rows: Sequence[cards.Waiting], state: str) -> str:
    if len(rows) == 1 and rows[0].only:
        return reverse("supervisor:card", args=[rows[0].only[0]])
    given = {"unit": rows[0].organisation if len(rows) == 1 else "", "level": rows[0].level.value, "state": state}
    return f"{reverse('supervisor:cards')}?{urlencode({name: value for name, value in given.items() if value})}"


def _ratings(by: Actor) -> Iterator[Line]:
    for view in ("open", "verified"):
        for row in bad.shown(list(bad.rows_of(PLACE, view=view, by=by)[:MOST]), by=by):
            clock, words = (row.verify, "核实") if view == "open" else (row.settle, "整改")
            yield Line(
                f"{row.organisation_name}：差评待{words}，{row.title}",
                reverse("supervisor:bad_rating", args=[row.id]),
                clock.due_on,
            )


def _campaigns(by: Actor) -> Iterator[Line]:
    for mine in following.mine(by=by, on=time.today()):
        if mine.to_report:
            due_on = mine.window.closes_on if mine.window else None
            yield Line(
                f"{mine.campaign.name}：本期有 {len(mine.to_report)} 项要上报", reverse("supervisor:reports"), due_on
            )
        if mine.to_sign:
            yield Line(f"{mine.campaign.name}：有 {len(mine.to_sign)} 项待签收", reverse("supervisor:reports"), None)
    for campaign in ledger.campaigns(by=by):
        waiting = following.waiting(campaign, by=by)
        href = reverse("supervisor:campaign_review", args=[campaign.pk])
        if waiting.reports:
            yield Line(f"{campaign.name}：{len(waiting.reports)} 份上报待审核", href, None)
        if waiting.asked:
            yield Line(f"{campaign.name}：{len(waiting.asked)} 项延期、销号申请待审核", href, None)
