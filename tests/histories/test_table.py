"""Every move × state × role, generated from the table: what it allows happens, all else is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.histories import acts
from tests.histories.acts import ACTS, BY_SYSTEM, INTERNAL, ROLES, SIGN
from tongban.cases.models import Case, Event, Task
from tongban.cases.rules.life import MOVES, WHO, State
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import DomainError

pytestmark = pytest.mark.slow
# A move of the table that something else still forbids: a stop that is open, nothing to answer, a step not done …
GUARDS = {
    "case.stopped", "case.no_stop", "case.nothing_asked", "case.no_request", "case.no_check", "case.not_default",
    "case.none", "case.nothing_open", "case.asked_before", "case.step_not_open", "case.step_not_done", "case.steps_open",
    "case.no_default", "case.not_due", "case.deferred", "case.cosign_open", "case.role",
}  # fmt: skip
WRONG = {"case.wrong_state", "case.role", "case.none", "identity.sign_in"}


class Undo(Exception):
    """Takes an attempt back."""


@pytest.fixture
def people(honghu: str) -> dict[str, Actor]:
    with time.moved(acts.START):
        return acts.cast(acts.TRADE)


def snapshot(case: Case) -> tuple[Any, ...]:
    return (
        Case.objects.filter(pk=case.pk).values().get(), Event.objects.filter(joint_case=case.joint_case_id).count(),
        sorted(Task.objects.filter(case=case).values_list("pk", "done_at", "is_undone")),
    )  # fmt: skip


def attempt(case: Case, verb: str, by: Actor) -> tuple[str, str]:
    """Try an act and take it back; return (state after, "") or ("", code of the refusal). A refusal changes nothing."""
    before = snapshot(case)
    try:
        with transaction.atomic():
            ACTS[verb](acts.reload(case), by)
            after = Case.objects.values_list("state", flat=True).get(pk=case.pk)
            raise Undo
    except Undo:
        return after, ""
    except DomainError as refusal:
        assert snapshot(case) == before, f"{verb} was refused and yet changed something"
        return "", refusal.code


def test_every_verb_of_the_table_is_tried() -> None:
    assert set(ACTS) | set(INTERNAL) == set(WHO)


@pytest.mark.parametrize("state", list(State))
def test_every_move_by_every_role(state: State, people: dict[str, Actor]) -> None:
    with time.moved(acts.START):
        case = acts.prepared(state, people)
        illegal, tried = [], 0
        for verb in ACTS:
            for role in ROLES:
                tried += 1
                after, code = attempt(case, verb, people[role])
                # A head who also holds the roles of the open steps passes them with the decision (each is an event).
                passes = verb in ("grant", "refuse") and state == State.ACCEPTED and role == "head"
                in_table = (verb, state) in MOVES or passes
                may = verb in BY_SYSTEM or role in WHO[verb]
                if after and not (in_table and may and after in _ends(verb, state)):
                    illegal.append((verb, state.value, role, after))
                if code and in_table and may and code not in GUARDS:
                    illegal.append((verb, state.value, role, f"refused: {code}"))
                if code and not in_table and may and code not in WRONG | GUARDS | {"case.asked_before"}:
                    illegal.append((verb, state.value, role, f"refused otherwise: {code}"))
    assert tried == len(ACTS) * len(ROLES)
    assert illegal == []


def _ends(verb: str, state: State) -> set[str]:
    """Return the states in which a move may end; the last step, or a head's own steps, go on to the decision."""
    end = MOVES[verb, State.DECIDING if verb in ("grant", "refuse") else state]
    further = {State.DECIDING} if end == State.ACCEPTED else set()
    return {end.value, *(s.value for s in further)}


@pytest.mark.parametrize(
    ("what", "verb", "role"),
    [("stop", "resume", "reviewer"), ("late correction", "correct", "applicant"), ("extension", "extend", "head"),
     ("extension", "decline_extension", "head"), ("question", "answer_consult", "foreign head")],
)  # fmt: skip
@pytest.mark.parametrize("state", [State.ACCEPTED, State.DECIDING])
def test_what_was_begun_can_be_ended_by_who_may_and_by_nobody_else(
    what: str, verb: str, role: str, state: State, people: dict[str, Actor]
) -> None:
    with time.moved(acts.START):
        case = acts.extended(acts.prepared(state, people), people, what)
        made = {name for name in ROLES if attempt(case, verb, people[name])[0]}
    allowed = {"foreign head"} if verb == "answer_consult" else set(WHO[verb])
    assert role in made
    assert made <= allowed


@pytest.mark.parametrize(("verb", "role"), [("confirm_promise", "reviewer"), ("deny_promise", "reviewer")])
def test_promise_is_checked_by_who_may(verb: str, role: str, people: dict[str, Actor]) -> None:
    with time.moved(acts.START):
        case = acts.promised(people)
        made = {name for name in ROLES if attempt(case, verb, people[name])[0]}
    assert role in made
    assert made <= set(WHO[verb])


def test_paper_that_follows_is_supplied_by_the_applicant_alone(people: dict[str, Actor]) -> None:
    with time.moved(acts.START):
        case = acts.deferred(people)
        assert {name for name in ROLES if attempt(case, "supply", people[name])[0]} == {"applicant"}
        assert attempt(case, "grant", people["head"])[1] == "case.deferred"


def test_default_is_undone_by_the_head_alone(honghu: str) -> None:
    with time.moved(acts.START):
        people = acts.cast(SIGN)
        case = acts.opened(people["applicant"], SIGN)
        acts.acceptance.accept(case.pk, by=people["head"])
    with time.moved(acts.moment(14)):
        acts.decision.grant_by_default(case.pk, effective_at=acts.moment(14))
        assert {name for name in ROLES if attempt(case, "undo_default", people[name])[0]} == {"head"}
