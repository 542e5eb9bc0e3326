"""要修的指南: what people stumbled over since an item's version took effect, for whoever writes it.

A new version clears the list: only what happened under the version in force counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.authoring.queries import drafts
from tongban.cases.queries import tallying
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation.queries import bad
from tongban.evaluation.queries import public as ratings
from tongban.portals.office.views import shell
from tongban.portals.office.views.catalogue import writer
from tongban.search import queries as search
from tongban.supervision.queries import cards

PACK = settings.PLACE
DAYS = 180  # how far back it looks at most
LEAST_ASKED = 3  # asked so often for the same thing, the guide does not say it well 【惯例】


@dataclass
class Hint:
    """What speaks against the guide of an item."""

    code: str
    name: str
    version: int
    since: datetime
    asked: Counter[str] = field(default_factory=Counter)
    ratings: list[str] = field(default_factory=list)
    cards: list[tuple[str, object]] = field(default_factory=list)

    @property
    def repeated(self) -> list[tuple[str, int]]:
        """What was asked for again and again, the most often first."""
        return [(name, n) for name, n in self.asked.most_common() if n >= LEAST_ASKED]

    @property
    def weight(self) -> int:
        """How much there is; 0: nothing."""
        return len(self.ratings) * 3 + len(self.cards) * 2 + sum(n for _, n in self.repeated)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The items of the actor that people stumbled over, the worst first; what they searched for in vain."""
    by = writer(request)
    rows = sorted((hint for hint in _hints(by).values() if hint.weight), key=lambda hint: (-hint.weight, hint.name))
    keeper = shell.keeper(by)
    missed = search.missed(PACK, keeper=keeper, by=by, most=10) if search.may_edit(keeper, by=by) else []
    return shell.show(request, "catalogue_hints", by=by, menu="catalogue", rows=rows, missed=missed, days=DAYS)


def _hints(by: Actor) -> dict[str, Hint]:
    back, own = time.now() - timedelta(days=DAYS), drafts.standing(by)
    found = {
        code: Hint(code, row.spec.name, row.version, max(back, row.effective_from))
        for code, row in catalogue.published(PACK).items() if own.writes(row.spec.org)
    }  # fmt: skip
    for code, at, name in tallying.asked_for(PACK, since=back):
        if code in found and at >= found[code].since:
            found[code].asked[name] += 1
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for row in bad.briefs(PACK, since=time.day_of(back)):
        if row.item_code in found and row.opened_at >= found[row.item_code].since:
            texts[row.item_code].append(row.text or "、".join(row.options) or "没有写原因")
    for code, said in texts.items():
        if (
            ratings.of_item(PACK, code) is not None
        ):  # Fewer persons than may be told apart: nothing is shown (assurance S34).
            found[code].ratings = said
    for code, at, name, pk in cards.by_item(PACK, since=time.day_of(back)):
        if code in found and at >= found[code].since:
            found[code].cards.append((name, pk))
    return found
