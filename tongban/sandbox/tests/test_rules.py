from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tongban.payments import rules as payments
from tongban.sandbox import rules
from tongban.sandbox.rules import Movement

ON, AT = date(2026, 3, 6), datetime(2026, 3, 6, 2, tzinfo=UTC)


def moved(*amounts: int) -> list[Movement]:
    return [Movement("payment", f"TB{n}", f"T{n}", fen, AT) for n, fen in enumerate(amounts)]


def test_statement_is_what_the_platform_reads() -> None:
    read = payments.read_statement(rules.statement([*moved(80, 20), Movement("refund", "TB0R1", "R1", 80, AT)]))
    assert [(line.sort.value, line.number, line.trade_no, line.amount_fen, line.is_done) for line in read] == [
        ("payment", "TB0", "T0", 80, True), ("payment", "TB1", "T1", 20, True), ("refund", "TB0R1", "R1", 80, True),
    ]  # fmt: skip
    assert payments.read_statement(rules.statement([])) == []


@pytest.mark.parametrize(
    ("amounts", "kept"), [((), []), ((80,), []), ((80, 20), [("TB1", 21)]), ((80, 20, 5), [("TB1", 21), ("TB2", 5)])]
)
def test_planted_differences_leave_out_change_and_add_one(
    amounts: tuple[int, ...], kept: list[tuple[str, int]]
) -> None:
    rows = rules.planted(moved(*amounts), ON, AT)
    assert [(row.number, row.amount_fen) for row in rows] == [*kept, ("TB2026030699999999X", 100)]


def test_parcel_goes_from_collection_to_signature() -> None:
    assert [step[0] for n in range(4) if (step := rules.next_step(n))] == [
        "collected",
        "in_transit",
        "in_transit",
        "delivered",
    ]
    assert rules.next_step(4) is None


def test_amount_is_read_in_yuan() -> None:
    assert rules.yuan(123_456_07) == "123,456.07"
