from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.calendars.rules import seeded
from tongban.cases.rules import timeline
from tongban.cases.rules.timeline import STATUTORY_STOPS, Clocks, Happened
from tongban.catalogue.rules.parts import SPECIAL_WORDS
from tongban.rules.errors import Invalid

CALENDAR = seeded()
FRIDAY = date(2026, 3, 6)


def clocks(*history: tuple[str, date, dict[str, object]], limit: int = 5, statutory: int | None = 20) -> Clocks:
    rows = [Happened(n, verb, on, facts) for n, (verb, on, facts) in enumerate(history, 1)]
    return timeline.clocks(rows, limit_days=limit, statutory_days=statutory, calendar=CALENDAR)


def pause(kind: str, on: date, until: date) -> tuple[str, date, dict[str, object]]:
    return ("pause", on, {"kind": kind, "expected_on": str(until)})


def resume(stop: int, on: date) -> tuple[str, date, dict[str, object]]:
    return ("resume", on, {"stop": stop})


ACCEPTED = (("submit", FRIDAY, {}), ("accept", FRIDAY, {}))


def test_acceptance_is_to_be_answered_in_five_working_days() -> None:
    # 行政许可法 art. 32(4)
    found = clocks(("submit", FRIDAY, {}))
    assert (found.accept_by_on, found.due_on, found.accepted_on) == (date(2026, 3, 13), None, None)


def test_supplement_starts_the_days_of_acceptance_anew() -> None:
    found = clocks(("submit", FRIDAY, {}), ("ask_for_more", FRIDAY, {}), ("resubmit", date(2026, 3, 16), {}))
    assert found.accept_by_on == date(2026, 3, 23)


def test_deemed_acceptance_counts_from_the_day_of_receipt() -> None:
    # standards 7.2 rule 2
    found = clocks(("submit", FRIDAY, {}), ("deem_accepted", date(2026, 3, 14), {"received_on": str(FRIDAY)}))
    assert (found.accepted_on, found.due_on) == (FRIDAY, date(2026, 3, 13))


@pytest.mark.parametrize(
    ("stops", "due_on"),
    [
        ([(10, 12)], date(2026, 3, 18)),
        ([(10, 12), (11, 13)], date(2026, 3, 19)),
        ([(10, 10)], date(2026, 3, 13)),
        ([(10, 10), (10, 12)], date(2026, 3, 18)),
    ],
)
def test_golden_pauses_of_the_standard(stops: list[tuple[int, int]], due_on: date) -> None:
    # standards 7.2 rule 5; the kinds differ so that they may overlap
    kinds = ("expert_review", "testing")
    history = [*ACCEPTED]
    for kind, (first, last) in zip(kinds, stops, strict=False):
        history.append(pause(kind, date(2026, 3, first), date(2026, 3, 20)))
        history.append(resume(len(history), date(2026, 3, last)))
    assert clocks(*history).due_on == due_on


# 行政许可法 art. 45, written here a second time on purpose.
ARTICLE_45 = ("hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review")


def test_only_the_procedures_of_article_45_stop_the_statutory_clock() -> None:
    assert set(STATUTORY_STOPS) == set(ARTICLE_45) == set(SPECIAL_WORDS)


@pytest.mark.parametrize("kind", ARTICLE_45)
def test_procedures_of_article_45_stop_both_clocks(kind: str) -> None:
    history = (*ACCEPTED, pause(kind, date(2026, 3, 10), date(2026, 3, 12)), resume(3, date(2026, 3, 12)))
    found, plain = clocks(*history), clocks(*ACCEPTED)
    assert (found.due_on, found.statutory_due_on) == (date(2026, 3, 18), date(2026, 4, 9))
    assert (plain.due_on, plain.statutory_due_on) == (date(2026, 3, 13), date(2026, 4, 3))
    assert clocks(*history[:3]).paused == "all"


@pytest.mark.parametrize("kind", ["correction", "publicity", "payment"])
def test_other_stops_leave_the_statutory_clock_running(kind: str) -> None:
    history = (*ACCEPTED, pause(kind, date(2026, 3, 10), date(2026, 3, 12)), resume(3, date(2026, 3, 12)))
    found = clocks(*history)
    assert (found.due_on, found.statutory_due_on) == (date(2026, 3, 18), date(2026, 4, 3))
    assert (clocks(*history[:3]).paused, found.paused) == ("promise", "")


def test_open_stop_counts_as_long_as_the_applicant_was_told() -> None:
    found = clocks(*ACCEPTED, pause("testing", date(2026, 3, 10), date(2026, 3, 12)))
    assert found.due_on == date(2026, 3, 18)


def test_stop_that_lasts_longer_than_told_is_not_counted_until_its_end() -> None:
    found = clocks(*ACCEPTED, pause("testing", date(2026, 3, 10), date(2026, 3, 10)), resume(3, date(2026, 3, 12)))
    assert found.due_on == date(2026, 3, 18)


def test_extension_adds_its_days_to_both_clocks() -> None:
    # 行政许可法 art. 42
    found = clocks(*ACCEPTED, ("extend", date(2026, 3, 12), {"days": 10}))
    assert (found.due_on, found.statutory_due_on, found.extension_days) == (date(2026, 3, 27), date(2026, 4, 20), 10)


def test_reopened_case_begins_its_clock_anew() -> None:
    history = (
        *ACCEPTED,
        ("extend", FRIDAY, {"days": 10}),
        pause("testing", FRIDAY, FRIDAY),
        ("reopen", date(2026, 5, 6), {}),
    )
    found = clocks(*history)
    assert (found.accepted_on, found.extension_days, found.stops) == (date(2026, 5, 6), 0, ())
    assert found.due_on == date(2026, 5, 12)  # 2026-05-09 is a working Saturday


def test_stop_across_the_turn_of_the_year_makes_the_days_provisional() -> None:
    found = clocks(
        ("submit", date(2026, 12, 28), {}), ("accept", date(2026, 12, 28), {}),
        pause("expert_review", date(2026, 12, 30), date(2027, 1, 6)), statutory=None,
    )  # fmt: skip
    assert found.is_provisional
    assert found.statutory_due_on is None


def test_case_that_waits_has_no_clock() -> None:
    assert clocks(("submit_waiting", FRIDAY, {})) == Clocks()
    assert clocks(("submit_waiting", FRIDAY, {}), ("start", FRIDAY, {})).accept_by_on == date(2026, 3, 13)


def test_expected_end_of_a_stop_counts_working_days() -> None:
    assert timeline.expected_end(FRIDAY, 5, CALENDAR) == date(2026, 3, 13)


@given(
    limit=st.integers(1, 40),
    stops=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 30), st.sampled_from(["testing", "publicity"])), max_size=5
    ),
)
def test_stops_never_shorten_a_limit_and_promise_stops_never_touch_the_statutory_clock(
    limit: int, stops: list[tuple[int, int, str]]
) -> None:
    history = [*ACCEPTED]
    for start, length, kind in sorted(stops):
        first = FRIDAY + timedelta(days=start)
        history.append(pause(kind, first, first))
        history.append(resume(len(history), first + timedelta(days=length)))
    found = clocks(*history, limit=limit, statutory=limit)
    plain = clocks(*ACCEPTED, limit=limit, statutory=limit)
    assert found.due_on is not None and plain.due_on is not None and found.statutory_due_on is not None
    assert found.due_on >= found.statutory_due_on >= plain.due_on
    if all(kind == "publicity" for _, _, kind in stops):
        assert found.statutory_due_on == plain.statutory_due_on


@pytest.mark.parametrize(("days", "is_fine"), [(0, False), (1, True), (10, True), (11, False)])
def test_days_of_stops_and_extensions_have_their_bounds(days: int, is_fine: bool) -> None:
    for check in (
        lambda: timeline.check_stop_days(days, name="专家评审", most=10),
        lambda: timeline.check_extension_days(days),
    ):
        if is_fine:
            check()
        else:
            with pytest.raises(Invalid) as refusal:
                check()
            assert "10" in refusal.value.fields["days"]
