"""The ratings behind a figure, without who gave them: all days for who supervises, only months for the leads of units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation import permissions
from tongban.evaluation.models import Invitation, Rating
from tongban.evaluation.queries import bad, crowd, figures
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules import privacy
from tongban.evaluation.rules.figures import Counts, is_shown, whole_months
from tongban.evaluation.rules.grades import CHANNEL_WORDS, KIND_WORDS, WORDS, Channel, Grade, Kind, stars
from tongban.evaluation.rules.handling import State
from tongban.rules.errors import NotAllowed


def units_of(pack: str, *, by: Actor) -> list[str] | None:
    """Return the units whose figures the actor may see, None for all of the place. Raises NotAllowed for nobody's."""
    if permissions.supervises(pack, by=by):
        return None
    own = by.organisations_as(*permissions.LEADS)
    if not own:
        raise NotAllowed(
            "evaluation.no_unit", "评价统计给监督部门和各单位负责人、管理员看", remedy="请联系本单位负责人"
        )
    return own


def days(pack: str, since: date, until: date, *, by: Actor) -> tuple[date, date]:
    """Return the days that the actor may look at: any for who supervises, whole months for the leads of units."""
    return (since, until) if units_of(pack, by=by) is None else whole_months(since, until)


def counts(
    pack: str, *, since: date, until: date, by_group: figures.By, organisation: str = "", by: Actor
) -> dict[str, Counts]:
    """Return the counts by group as far as the actor may see them. Raises NotAllowed."""
    own = units_of(pack, by=by)
    since, until = days(pack, since, until, by=by)
    wanted = _narrowed(own, organisation)
    return figures.counts(pack, since=since, until=until, by=by_group, organisations=wanted)


def _narrowed(own: list[str] | None, organisation: str) -> Collection[str]:
    if own is None:
        return (organisation,) if organisation else ()
    return (organisation,) if organisation in own else own


def hides(counts: Counts, *, pack: str, by: Actor) -> bool:
    """Return whether a group's distribution is kept from the actor: too few persons stand behind it. Assurance S34."""
    return units_of(pack, by=by) is not None and not is_shown(counts, least_persons=terms(pack).least_persons)


def window_names(pack: str) -> dict[str, str]:
    """Return the windows that were or can be rated, by id: their place and number."""
    rows = Invitation.objects.filter(pack=pack, window__isnull=False).order_by()
    found = rows.values_list("window_id", "window__place", "window__number").distinct()
    return {str(pk): f"{place} {number} 号窗口" for pk, place, number in found}


@dataclass(frozen=True)
class Saying:
    """A rating in a list: nothing in it leads to who gave it, or to the case."""

    when: str
    organisation: str
    kind: str
    title: str
    window: str
    channel: str
    words: str
    stars: int
    options: tuple[str, ...]
    text: str
    is_excluded: bool


def rows_of(
    pack: str, *, since: date, until: date, organisation: str = "", item: str = "", window: str = "",
    grades: Collection[int] = (), by: Actor,
) -> QuerySet[Rating]:  # fmt: skip
    """Return the ratings of a period that count, the newest first; for the leads of a unit only where persons enough stand behind them.

    Raises NotAllowed.
    """
    own = units_of(pack, by=by)
    since, until = days(pack, since, until, by=by)
    scope = figures.Scope(since, until, _narrowed(own, organisation), (item,) if item else ())
    rows = scope.narrow(figures.counted(pack), "at")
    if window:
        rows = rows.filter(window_id=window)
    if own is not None and rows.order_by().values("rater").distinct().count() < terms(pack).least_persons:
        return rows.none()
    if grades:
        rows = rows.filter(grade__in=list(grades))
    return rows.select_related(
        "invitation__joint_case__applicant", "invitation__joint_case__agent", "invitation__case", "window", "bad"
    ).order_by("-at", "pk")


def shown(rows: list[Rating], *, pack: str, by: Actor) -> list[Saying]:
    """Return ratings as a list shows them: with the day for who supervises, with the month for the leads of units."""
    by_day = units_of(pack, by=by) is None
    least = terms(pack).least_persons
    return [_saying(row, by_day=by_day, is_few=not by_day and crowd.is_few(row, least=least)) for row in rows]


def _saying(row: Rating, *, by_day: bool, is_few: bool) -> Saying:
    on, window, case = time.day_of(row.at), row.window, getattr(row, "bad", None)
    return Saying(
        when=str(on) if by_day else f"{on:%Y-%m}", organisation=row.invitation.organisation_name,
        kind=KIND_WORDS[Kind(row.invitation.kind)], title=crowd.shown(row.invitation.title, is_few=is_few),
        window=f"{window.place} {window.number} 号窗口" if window else "", channel=CHANNEL_WORDS[Channel(row.channel)],
        words=WORDS[Grade(row.grade)], stars=stars(row.grade), options=tuple(words for _, words in row.options),
        text=privacy.scrubbed(row.text, names=bad.names_of(row)), is_excluded=case is not None and case.state == State.EXCLUDED,
    )  # fmt: skip
