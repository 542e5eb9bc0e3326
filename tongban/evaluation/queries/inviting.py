"""Invitations (应评) as people see them: by the link, on the page of an application, on the tablet of a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet

from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation.models import Invitation, Rating
from tongban.evaluation.queries import links
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules.grades import KIND_WORDS, WORDS, Grade, Kind, Option, stars
from tongban.identity import queries as identity
from tongban.rules.errors import NotFound


@dataclass(frozen=True)
class GradeChoice:
    """One of the five rows of the rating page: the grade, its words and stars, the words to tick with it."""

    grade: int
    words: str
    stars: int
    options: tuple[Option, ...]


def choices(pack: str, mode: str) -> tuple[GradeChoice, ...]:
    """Return the five rows of the rating page, the best first; none is chosen."""
    found = terms(pack)
    return tuple(
        GradeChoice(grade.value, WORDS[grade], stars(grade), found.offered(mode, grade)) for grade in Grade
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the holder of a link is asked to rate. It names the matter, nobody's name."""

    id: UUID
    token: str
    pack: str
    kind: str
    kind_words: str
    mode: str
    title: str
    organisation: str
    where: str
    opened_on: date
    closes_on: date
    is_rated: bool
    is_over: bool


def asked(token: str) -> Asked:
    """Return what a link asks. Raises NotFound for a link that this platform did not make."""
    found = links.invitation_id(token)
    row = Invitation.objects.select_related("window").filter(pk=found).first() if found else None
    if row is None:
        raise no_link()
    return of_row(row)


def no_link() -> NotFound:
    """Return the answer for a link that leads to nothing."""
    return NotFound(
        "evaluation.no_link", "这个评价链接不对，或者还没有生效", remedy="核对链接，或登录后从办件进度页评价"
    )


def of_row(row: Invitation) -> Asked:
    """Return an invitation, read with its window, as its link shows it."""
    where = f"{row.window.place} {row.window.number} 号窗口" if row.window else ""
    return Asked(
        id=row.pk, token=links.token(row.pk), pack=row.pack, kind=row.kind, kind_words=KIND_WORDS[Kind(row.kind)], mode=row.mode,
        title=row.title, organisation=row.organisation_name, where=where, opened_on=time.day_of(row.opened_at),
        closes_on=row.closes_on, is_rated=row.rated_at is not None, is_over=time.today() > row.closes_on,
    )  # fmt: skip


def of_joint(joint_id: UUID) -> list[Asked]:
    """Return what of an application can be or was rated, the first first; who may see it, its page has checked."""
    rows = Invitation.objects.select_related("window").filter(joint_case_id=joint_id)
    return [of_row(row) for row in rows.order_by("opened_at", "title")]


def visit_of(joint_id: UUID) -> Asked | None:
    """Return the visit to the window with which an application began, or None: for the receipt that is printed there."""
    row = Invitation.objects.select_related("window").filter(joint_case_id=joint_id, kind=Kind.VISIT).first()
    return of_row(row) if row else None


def at_window(window_id: UUID) -> Asked | None:
    """Return the latest visit to a window that its tablet offers now: just served, not rated, not waved off."""
    pack = Invitation.objects.filter(window_id=window_id).values_list("pack", flat=True).first()
    if pack is None:
        return None
    since = time.now() - timedelta(minutes=terms(pack).tablet_minutes)
    rows = Invitation.objects.select_related("window").filter(
        window_id=window_id, kind=Kind.VISIT, opened_at__gte=since
    )
    row = rows.order_by("-opened_at").first()
    return of_row(row) if row and row.rated_at is None and row.passed_at is None else None


def visible_to(by: Actor) -> QuerySet[Invitation]:
    """Return the invitations of those for whom the actor may act today, himself and firms; none for staff at work."""
    parties = identity.parties(by=by) if by.person_id is not None and not by.is_staff else ()
    return Invitation.objects.filter(joint_case__applicant_id__in=parties)


def may_read(asked_id: UUID, *, by: Actor) -> bool:
    """Return whether the actor may act for the applicant today: then the own rating may be read and added to."""
    return visible_to(by).filter(pk=asked_id).exists()


@dataclass(frozen=True)
class Given:
    """A rating as its own giver reads it again."""

    grade: int
    words: str
    stars: int
    options: tuple[str, ...]
    text: str
    supplement: str
    may_add: bool
    reply: str


def given(asked_id: UUID) -> Given | None:
    """Return the rating of an invitation for its giver; who that is, the caller has checked."""
    row = Rating.objects.select_related("supplement", "bad").filter(invitation_id=asked_id).first()
    if row is None:
        return None
    added, bad = getattr(row, "supplement", None), getattr(row, "bad", None)
    return Given(
        row.grade, WORDS[Grade(row.grade)], stars(row.grade), tuple(words for _, words in row.options), row.text,
        added.text if added else "", added is None, bad.result if bad and bad.settled_at else "",
    )  # fmt: skip


@dataclass(frozen=True)
class Unrated:
    """An invitation that nobody answered yet, for simulations."""

    id: UUID
    number: str
    kind: str
    mode: str
    opened_on: date


def unrated(pack: str, *, since: date) -> list[Unrated]:
    """Return the invitations opened since a day that nobody answered, always in the same order. For simulations. One query."""
    rows = Invitation.objects.filter(pack=pack, rated_at=None, opened_at__gte=time.at_china(since, 0))
    rows = rows.order_by("opened_at", "joint_case__number", "case__number")
    found = rows.values_list("pk", "case__number", "joint_case__number", "kind", "mode", "opened_at")
    return [Unrated(pk, case or joint, kind, mode, time.day_of(at)) for pk, case, joint, kind, mode, at in found]
