"""Random histories: state = fold(events), clocks = function of events, in this process and in a fresh one elsewhere.

Source: assurance R04, R18, S05.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.histories import acts
from tests.histories.acts import ACTS, SIGN
from tests.histories.replay import dump, standing
from tongban.cases.models import Case, Event, Task
from tongban.cases.rules.life import CLOSED, State
from tongban.cases.services import timers
from tongban.cases.tests.factories import TRADE
from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.jobs.models import Timer
from tongban.rules.errors import DomainError

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
MOSTLY = ("head", "applicant", "reviewer", "clerk", "foreign head", "stranger")
AFTER = {"promise", "revoke"}  # tasks that a granted case may still have


class Life(RuleBasedStateMachine):
    """One case, anybody, any act, at any time; sometimes the worker looks."""

    people: dict[str, dict[str, Actor]]
    histories: list[tuple[str, dict[str, Any]]]
    counted: Counter[str]

    @initialize(item=st.sampled_from([TRADE, SIGN]), on=st.dates(date(2025, 1, 2), date(2026, 12, 20)))
    def submit(self, item: str, on: date) -> None:
        """Somebody applies."""
        self.at = time.at_china(on, 9)
        self.item = item
        with time.moved(self.at):
            self.case = acts.opened(self.people[item]["applicant"], item)

    @rule(verb=st.sampled_from(sorted(ACTS)), role=st.sampled_from(MOSTLY), hours=st.integers(1, 90))
    def act(self, verb: str, role: str, hours: int) -> None:
        """Somebody tries something; what is refused leaves the case as it was."""
        self.at += timedelta(hours=hours)
        before = Case.objects.filter(pk=self.case.pk).values().get()
        with time.moved(self.at):
            try:
                ACTS[verb](acts.reload(self.case), self.people[self.item][role])
                self.counted[verb] += 1
            except DomainError:
                assert Case.objects.filter(pk=self.case.pk).values().get() == before

    @rule(
        verb=st.sampled_from(
            [
                "accept",
                "pass_step",
                "pause",
                "resume",
                "grant",
                "extend",
                "resubmit",
                "ask_for_more",
                "correct",
                "reopen",
            ]
        )
    )
    def act_as_meant(self, verb: str) -> None:
        """Things go on as they mostly do."""
        self.act(verb, "applicant" if verb in ("resubmit", "correct") else "head", 5)

    @rule(days=st.integers(1, 12))
    def let_time_pass(self, days: int) -> None:
        """Days go by; the worker fires what is due."""
        self.at += timedelta(days=days)
        with time.moved(self.at):
            self.counted["timers"] += jobs.fire_due()

    @invariant()
    def the_row_is_what_the_events_say(self) -> None:
        """State and clocks follow from the history; numbers have no gaps; tasks and timers fit the state."""
        if not hasattr(self, "case"):
            return
        case = acts.reload(self.case)
        found = standing(case)
        assert found["state"] == case.state
        row = [
            str(case.accept_by_on),
            str(case.due_on),
            str(case.statutory_due_on),
            case.is_provisional,
            case.paused,
            case.extension_days,
        ]
        assert row == [
            found[k] for k in ("accept_by_on", "due_on", "statutory_due_on", "provisional", "paused", "extension_days")
        ]
        assert list(case.events.order_by("seq").values_list("seq", flat=True)) == list(range(1, case.event_count + 1))
        open_kinds = Counter(Task.objects.filter(case=case, done_at=None).values_list("kind", flat=True))
        if State(case.state) in CLOSED:
            assert set(open_kinds) <= AFTER
        assert open_kinds["decide"] == (case.state == State.DECIDING)
        assert open_kinds["intake"] == (case.state in (State.PRE_REVIEW, State.SUBMITTED))
        fired = set(Timer.objects.filter(subject=case.pk).exclude(done_at=None).values_list("topic", "occurrence"))
        waiting = set(Timer.objects.filter(subject=case.pk, done_at=None).values_list("topic", "occurrence"))
        assert waiting == set(timers.wanted(case)) - fired

    def teardown(self) -> None:
        """Keep the history for the fresh process."""
        if hasattr(self, "case"):
            case = acts.reload(self.case)
            self.histories.append((dump(case), standing(case)))


def histories(people: dict[str, dict[str, Actor]], count: int) -> list[tuple[str, dict[str, Any]]]:
    """Run random histories; return each as it can be read elsewhere, with where it stands."""
    Life.people, Life.histories, Life.counted = people, [], Counter()
    run_state_machine_as_test(Life, settings=settings(max_examples=count, stateful_step_count=25))
    missing = {"accept", "grant", "pause", "resume", "extend", "resubmit", "timers", "reopen"} - set(Life.counted)
    assert not missing, f"the walk never did {missing}"
    return Life.histories


def elsewhere(found: list[tuple[str, dict[str, Any]]], folder: Path) -> list[dict[str, Any]]:
    """Return where the histories stand for a fresh process: own database of the embedded kind, other zone, other hash seed."""
    file = folder / "histories.json"
    file.write_text(json.dumps([text for text, _ in found]), "utf-8")
    environment = {
        **os.environ, "DATABASE_URL": f"sqlite:///{folder}/other.sqlite3", "TONGBAN_VAR": str(folder), "TONGBAN_PROFILE": "test",
        "TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "4711", "DJANGO_SETTINGS_MODULE": "tongban.config.settings.test",
    }  # fmt: skip
    for words in (["-m", "tongban.config.cli", "setup"], ["-m", "tests.histories.replay", str(file)]):
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def people(honghu: str) -> dict[str, dict[str, Actor]]:
    with time.moved(acts.START):
        trade = acts.cast(TRADE)
        desk = {role: acts.at_desk("urban-management", post) for role, post in acts.POSTS.items()}
        return {TRADE: trade, SIGN: {**trade, **desk}}


def test_histories_stand_the_same_here_and_in_a_fresh_process(
    people: dict[str, dict[str, Actor]], tmp_path: Path
) -> None:
    found = histories(people, 200)
    assert len(found) >= 200
    assert elsewhere(found, tmp_path) == [told for _, told in found]


@pytest.mark.release
def test_two_thousand_histories_stand_the_same_in_a_fresh_process(
    people: dict[str, dict[str, Actor]], tmp_path: Path
) -> None:
    found = histories(people, 2000)
    assert elsewhere(found, tmp_path) == [told for _, told in found]


def test_a_history_that_was_tampered_with_is_noticed(people: dict[str, dict[str, Actor]]) -> None:
    # The other way round: an event taken away or moved by a day changes what the fold says.
    with time.moved(acts.START):
        case = acts.prepared(State.ACCEPTED, people[TRADE])
        acts.special.pause(case.pk, "expert_review", days=3, reason=acts.WHY, by=people[TRADE]["head"])
    honest = standing(acts.reload(case))
    Event.objects.filter(case=case, verb="accept").update(at=acts.START - timedelta(days=4))
    assert standing(acts.reload(case))["due_on"] != honest["due_on"]
