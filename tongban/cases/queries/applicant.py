"""What applicants see of their matters: progress, papers, files."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.models import BrokenPromise, Case, Event, JointCase, Material
from tongban.cases.rules import life, words
from tongban.cases.rules.life import State
from tongban.catalogue.rules.parts import SPECIAL_WORDS, STOP_WORDS
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.identity import queries as identity
from tongban.identity import services as tries
from tongban.licences import queries as licences
from tongban.rules import clock
from tongban.rules.clock import LAMP_WORDS, Lamp, WorkingCalendar


def visible_to(by: Actor) -> QuerySet[JointCase]:
    """Return the joint cases of the parties for whom the actor may act today."""
    return JointCase.objects.filter(applicant_id__in=identity.parties(by=by))


def joint_case(joint_id: UUID, *, by: Actor) -> JointCase:
    """Return a joint case of the actor's. Raises NotFound."""
    row = visible_to(by).select_related("applicant", "agent").filter(pk=joint_id).first()
    if row is None:
        raise permissions.hidden()
    return row


def joint_case_for(joint_id: UUID, *, by: Actor) -> JointCase:
    """Return a joint case of the actor's, or one with a member on the actor's desk. Raises NotFound."""
    if Case.objects.filter(joint_case_id=joint_id, desk__in=list(by.seats)).exists():
        return JointCase.objects.get(pk=joint_id)
    return joint_case(joint_id, by=by)


def mine(*, by: Actor, most: int = 100) -> list[JointCase]:
    """Return the actor's joint cases with their cases, newest first. Two queries."""
    return list(visible_to(by).order_by("-submitted_at").prefetch_related("cases")[:most])


@dataclass(frozen=True)
class TrackPoint:
    """One point on a case's line: what, when, and whether it is done, now or to come."""

    name: str
    at: datetime | None
    state: str  # done, now, hold (waits for the applicant), todo


@dataclass(frozen=True)
class Progress:
    """One case as its applicant sees it. `sentence` says who acts next and by when."""

    id: UUID
    code: str
    name: str
    number: str
    organisation: str
    state: str
    state_words: str
    sentence: str
    lamp: Lamp
    lamp_words: str
    left: int
    due_on: date | None
    is_provisional: bool
    limit_days: int
    closed_at: datetime | None
    reason: str
    asked: list[dict[str, str]]
    track: tuple[TrackPoint, ...]
    licence_id: UUID | None
    result_name: str
    is_open: bool
    is_tracked_only: bool
    event_count: int
    # What a decision made automatically must say besides (智能秒批); empty for those of people.
    note: str
    # Whether something is asked of the applicant now (补正): before acceptance, or by a stop of the promise after it.
    is_asked: bool


def progress(joint: JointCase) -> list[Progress]:
    """Return the cases of a joint case, those that want something of the applicant first, finished ones last."""
    cases = list(joint.cases.order_by("position"))
    names = {case.item_code: case.name for case in cases}
    issued = licences.of_cases([case.pk for case in cases])
    calendar, today = calendars.calendar(), time.today()
    history: dict[UUID, list[Event]] = {case.pk: [] for case in cases}
    for happened in joint.events.exclude(case=None).order_by("seq"):
        if happened.case_id is not None:
            history[happened.case_id].append(happened)
    planned = {item["code"]: item for item in joint.plan["items"]}
    rows = []
    for case in cases:
        licence = issued.get(case.pk)
        lamp, left = lamp_of(case, on=today, calendar=calendar)
        before = [names[code] for code in planned[case.item_code]["waits_for"]]
        rows.append(
            Progress(
                id=case.pk, code=case.item_code, name=case.name, number=case.number, organisation=case.organisation_name,
                state=case.state, state_words=life.WORDS[State(case.state)],
                sentence=_sentence(case, before, planned[case.item_code]["result_name"]), lamp=lamp,
                lamp_words=LAMP_WORDS[lamp], left=left, due_on=case.due_on, is_provisional=case.is_provisional,
                limit_days=case.limit_days, closed_at=case.closed_at, reason=case.reason, asked=case.asked,
                track=_track(case, history[case.pk], planned[case.item_code]),
                licence_id=licence.pk if licence else None, result_name=planned[case.item_code]["result_name"],
                is_open=State(case.state) in life.OPEN, is_tracked_only=case.is_tracked_only, event_count=case.event_count,
                note=_note(case, history[case.pk]),
                is_asked=case.state == State.RETURNED or any(stop["kind"] == "correction" for stop in running(case)),
            )
        )  # fmt: skip
    order = {
        State.RETURNED: 0,
        State.DECIDING: 1,
        State.ACCEPTED: 1,
        State.SUBMITTED: 2,
        State.PRE_REVIEW: 2,
        State.WAITING: 3,
    }
    return sorted(rows, key=lambda row: 0 if row.is_asked else order.get(State(row.state), 4))


def lamp_of(case: Case, *, on: date, calendar: WorkingCalendar) -> tuple[Lamp, int]:
    """Return the lamp of a case and the working days left: of the acceptance limit before, of its own after."""
    state = State(case.state)
    if state in life.CLOSED:
        return Lamp.DONE, 0
    if state == State.WAITING:
        return Lamp.IDLE, 0
    if state == State.RETURNED:
        return Lamp.OFF, 0
    if state in life.INTAKE:
        return clock.lamp(case.accept_by_on, on=on, limit_days=5, calendar=calendar)
    if case.due_on is None:
        return Lamp.OK, 0
    if case.paused:  # The promise stands still; the statutory clock may run on.
        if case.paused == "all" or case.statutory_due_on is None:
            return Lamp.OFF, 0
        return clock.lamp(case.statutory_due_on, on=on, limit_days=case.statutory_days or 0, calendar=calendar)
    return clock.lamp(case.due_on, on=on, limit_days=case.limit_days, calendar=calendar)


def running(case: Case) -> list[dict[str, str]]:
    """Return the stops of a case's clock that still run."""
    return [stop for stop in case.stops if stop["end_on"] is None]


def _stopped(case: Case) -> str:
    """Return what the clock of a case stands still for, in a sentence for the applicant."""
    stop = running(case)[-1]
    if stop["kind"] == "correction":
        return "等你补正，补齐后继续办"
    name = (SPECIAL_WORDS | STOP_WORDS)[stop["kind"]]
    until = date.fromisoformat(stop["expected_on"])
    return f"{case.organisation_name}正在进行{name}，预计到 {until.month}月{until.day}日，这段时间不计入时限"


def _sentence(case: Case, before: list[str], result: str) -> str:
    facts = {"org": case.organisation_name, "result": result}
    if before:
        facts["before"] = f"“{'、'.join(before)}”"
    if case.accept_by_on:
        facts["accept_by"] = f"{case.accept_by_on.month}月{case.accept_by_on.day}日"
    if case.due_on:
        facts["due"] = f"{case.due_on.month}月{case.due_on.day}日"
    said = words.sentence(State(case.state), **facts)
    if case.is_tracked_only and State(case.state) in (State.ACCEPTED, State.DECIDING):
        return f"由{case.organisation_name}办理，本平台跟踪进度"
    return _stopped(case) if case.paused else said


def _note(case: Case, history: list[Event]) -> str:
    grants = [event for event in history if event.verb == "grant"]
    is_instant = case.state == State.GRANTED and grants and "certificate" in grants[-1].facts
    return words.INSTANT.format(org=case.organisation_name) if is_instant else ""


def _track(case: Case, history: list[Event], planned: dict[str, list[dict[str, str]]]) -> tuple[TrackPoint, ...]:
    when = {event.verb: event.at for event in history}
    passed = {event.facts.get("step"): event.at for event in history if event.verb == "pass_step"}
    points = [
        ("收件", when.get("start") or when.get("submit")),
        ("受理", when.get("accept") or when.get("deem_accepted")),
    ]
    points += [(step["name"], passed.get(step["code"])) for step in planned["steps"]]
    decided = next(((word, when[verb]) for verb, word in _ENDS.items() if verb in when), ("决定", None))
    points.append(decided)
    track: list[TrackPoint] = []
    is_now_given = State(case.state) in life.CLOSED or State(case.state) == State.WAITING
    for name, at in points:
        state = "done" if at else "todo"
        if not at and not is_now_given:
            state, is_now_given = "hold" if case.state == State.RETURNED else "now", True
        track.append(TrackPoint(name, at, state))
    if State(case.state) in life.CLOSED:
        track = [point for point in track if point.at]
    return tuple(track)


_ENDS = {
    "revoke": "撤销",
    "grant": "决定：准予",
    "grant_by_default": "到期默认准予",
    "refuse": "决定：不予",
    "refuse_overdue": "决定：不予",
    "terminate": "终止",
    "refuse_acceptance": "不予受理",
    "withdraw": "撤回",
    "lapse": "终止",
}


@dataclass(frozen=True)
class Headline:
    """The answer of the progress page in one line, with counts by lamp."""

    text: str
    done: int
    total: int
    returned: int


def headline(rows: list[Progress]) -> Headline:
    """Return “7 项中 4 项已办结，1 项等你补正”."""
    done = sum(1 for row in rows if not row.is_open)
    returned = sum(1 for row in rows if row.is_asked)
    return Headline(headline_words(len(rows), done, returned), done, len(rows), returned)


def headline_words(total: int, done: int, returned: int) -> str:
    """Return how far a joint case is: “7 项中 4 项已办结，1 项等你补正”, “7 项正在办理”, “7 项全部办结”."""
    if done == total:
        return f"{total} 项全部办结"
    text = f"{total} 项中 {done} 项已办结" if done else f"{total} 项正在办理"
    return text + (f"，{returned} 项等你补正" if returned else "")


def papers(joint: JointCase) -> list[documents.Paper]:
    """Return the papers of a joint case and its cases."""
    return documents.papers([joint.pk, *joint.cases.values_list("pk", flat=True)])


def paper(paper_id: UUID, *, by: Actor) -> documents.Paper:
    """Return a paper that the actor may see, as applicant or at the desk. Raises NotFound."""
    row = documents.paper(paper_id)
    joint_ids = [row.subject_id, *Case.objects.filter(pk=row.subject_id).values_list("joint_case_id", flat=True)]
    if visible_to(by).filter(pk__in=joint_ids).exists():
        return row
    if Case.objects.filter(desk__in=list(by.seats)).filter(pk=row.subject_id).exists():
        return row
    if Case.objects.filter(desk__in=list(by.seats), joint_case_id=row.subject_id).exists():
        return row
    raise permissions.hidden()


def materials(joint: JointCase) -> list[Material]:
    """Return the newest version of each material."""
    return list({row.type_code: row for row in joint.materials.order_by("version")}.values())


def may_open(file_id: UUID, *, joint_id: UUID, by: Actor) -> bool:
    """Return whether the actor may open a file of a joint case: its applicant, or a desk whose item uses it."""
    holders = Material.objects.filter(joint_case_id=joint_id)
    used = [row.type_code for row in holders if str(file_id) in row.files]
    if not used:
        return False
    if visible_to(by).filter(pk=joint_id).exists():
        return True
    own = set(Case.objects.filter(joint_case_id=joint_id, desk__in=list(by.seats)).values_list("item_code", flat=True))
    plan = JointCase.objects.values_list("plan", flat=True).get(pk=joint_id)
    return any(item["code"] in own and set(item["materials"]) & set(used) for item in plan["items"])


def earlier_files(party_id: UUID) -> dict[str, tuple[str, ...]]:
    """Return for each material type the files that a party uploaded last time."""
    if not db.select_values(JointCase, "id", applicant_id=party_id):
        return {}
    rows = Material.objects.filter(joint_case__applicant_id=party_id, way__in=["upload", "reuse"]).order_by("at")
    return {row.type_code: tuple(row.files) for row in rows if row.files}


def may_promise(party_id: UUID) -> bool:
    """Return whether a party may use 告知承诺: no promise of theirs was found false within its time. One query."""
    return all(until < time.today() for (until,) in db.select_values(BrokenPromise, "until", party_id=party_id))


@dataclass(frozen=True)
class Glance:
    """What a number and four digits of a phone open: status words only, no names."""

    number: str
    title: str
    submitted_at: datetime
    text: str
    rows: tuple[tuple[str, str, str], ...]


def glance(number: str, last_four: str, *, by: Actor) -> Glance | None:
    """Return the status of a number when the phone's last four digits fit, else None. Limited tries.

    Ten looks an hour from one address; five wrong ones a day close the number to everything but login.
    A wrong number and wrong digits answer alike. Raises TooMany. Source: assurance 5.3, §10.
    """
    tries.count_try(f"glance:{by.address}", most=10, within=timedelta(hours=1))
    row = JointCase.objects.filter(number=number).first()
    fits = hmac.compare_digest((row.contact_phone[-4:] if row else "****").encode(), last_four.encode())
    if row is None or not fits or len(last_four) != 4:
        tries.count_try(f"glance:{number[:30]}", most=5, within=timedelta(days=1))
        return None
    tries.check_tries(f"glance:{number}", most=5, within=timedelta(days=1))
    rows = progress(row)
    return Glance(row.number, row.title, row.submitted_at, headline(rows).text,
                  tuple((r.name, r.organisation, r.state_words) for r in rows))  # fmt: skip
