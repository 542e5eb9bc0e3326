from __future__ import annotations

from datetime import date

import pytest

from tongban.licences.rules import SHORT_WORDS, STATE_WORDS, VERDICT_WORDS, State, Verdict, combined, expiry, verdict

LAST = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("state", "until", "on", "said"),
    [
        (State.VALID, None, date(2099, 1, 1), Verdict.VALID),  # 长期
        (State.VALID, LAST, LAST, Verdict.VALID),  # the last day counts
        (State.VALID, LAST, date(2026, 3, 7), Verdict.EXPIRED),
        (State.REVOKED, None, LAST, Verdict.REVOKED),
        (State.REVOKED, LAST, date(2026, 3, 7), Verdict.REVOKED),
        (State.CANCELLED, None, LAST, Verdict.REVOKED),
        (State.SUPERSEDED, None, LAST, Verdict.REVOKED),
    ],
)
def test_verdict_follows_state_and_last_day(state: State, until: date | None, on: date, said: Verdict) -> None:
    assert verdict(state, until, on=on) == said


def test_every_verdict_has_words() -> None:
    assert set(VERDICT_WORDS) == set(Verdict)


@pytest.mark.parametrize(
    ("issued", "months", "until"),
    [
        (date(2026, 3, 6), None, None),
        (date(2026, 3, 6), 12, date(2027, 3, 5)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
    ],
)
def test_validity_ends_the_day_before_the_same_day(issued: date, months: int | None, until: date | None) -> None:
    assert expiry(issued, months) == until


@pytest.mark.parametrize(
    ("own", "parts", "said"),
    [
        ("valid", [], "valid"), ("expired", [], "expired"), ("valid", ["valid", "valid"], "valid"),
        ("valid", ["valid", "revoked"], "partial"), ("valid", ["expired", "valid"], "partial"),
        ("valid", ["expired", "revoked"], "revoked"), ("revoked", ["valid", "valid"], "revoked"),
        ("expired", ["valid", "revoked"], "expired"), ("revoked", ["valid", "revoked"], "revoked"),
    ],
)  # fmt: skip
def test_permit_stands_as_its_own_state_and_its_licences_say(own: str, parts: list[str], said: str) -> None:
    assert combined(Verdict(own), [Verdict(part) for part in parts]) == said


def test_every_verdict_and_state_has_words() -> None:
    assert set(VERDICT_WORDS) == set(SHORT_WORDS) == set(Verdict)
    assert set(STATE_WORDS) == set(State)
