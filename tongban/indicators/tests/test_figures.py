from __future__ import annotations

from fractions import Fraction

import pytest

from tongban.indicators.rules import figures
from tongban.indicators.rules.figures import Figure, Part


@pytest.mark.parametrize(
    ("above", "below", "words"),
    [
        (2, 3, "66.7 %"),
        (0, 3, "0.0 %"),
        (3, 3, "100.0 %"),
        (0, 0, "无数据"),
        (7, None, "7 件"),
        (1, 8, "12.5 %"),
        (1, 2000, "0.1 %"),
    ],
)
def test_nothing_below_the_line_is_no_data_and_halves_go_up(above: int, below: int | None, words: str) -> None:
    assert Figure(above, below, "件").words == words


def test_sums_and_means_of_rows_differ() -> None:
    rows = [Part("a", "甲", 1, 2), Part("b", "乙", 9, 10), Part("c", "丙", 0, 0)]
    assert figures.summed(rows).number == Fraction(1000, 12)
    # (1/2 + 9/10) / 2; the row that has nothing below its line takes no part.
    assert figures.summed(rows, is_mean=True).number == 70
    assert figures.summed([Part("c", "丙", 0, 0)], is_mean=True).words == "无数据"
    assert figures.counted(rows, unit="项").words == "10 项"


@pytest.mark.parametrize(
    ("number", "comparator", "target", "meets"),
    [
        (Fraction(9949, 100), ">=", 99.5, False), (Fraction(199, 2), ">=", 99.5, True), (Fraction(4), "<=", 4, True),
        (Fraction(5), "<=", 4, False), (Fraction(6), "==", 6, True), (Fraction(5), "==", 6, False), (None, ">=", 1, None),
        (Fraction(5), None, 1, None), (Fraction(5), ">=", None, None),
    ],
)  # fmt: skip
def test_a_value_meets_its_target_before_it_is_rounded(
    number: Fraction | None, comparator: str | None, target: float | None, meets: bool | None
) -> None:
    assert figures.meets(number, comparator, target) is meets


@pytest.mark.parametrize(
    ("above", "below", "target", "missing"),
    [(50, 94, 98, 43), (93, 94, 98, 0), (0, 3, 100, 3), (23, 100, 23, 0), (0, 0, 98, None), (3, None, 98, None)],
)  # 98 % of 94 is 92.12: 93 rows, so 43 more than 50
def test_how_many_rows_more_reach_the_target(above: int, below: int | None, target: float, missing: int | None) -> None:
    assert figures.missing(Figure(above, below), ">=", target) == missing


def test_nothing_is_missing_where_less_is_better_or_no_target_is_written() -> None:
    assert figures.missing(Figure(5, 10), "<=", 4) is None
    assert figures.missing(Figure(5, 10), ">=", None) is None


def test_the_digest_of_rows_does_not_depend_on_their_order_but_on_each_of_them() -> None:
    rows = [Part("a", "甲", 1), Part("b", "乙", 0)]
    assert figures.digest(rows) == figures.digest(reversed(rows))
    assert figures.digest(rows) != figures.digest([Part("a", "甲", 0), Part("b", "乙", 1)])
    assert figures.digest(rows) != figures.digest([Part("a", "甲", 1, 2), Part("b", "乙", 0)])


@pytest.mark.parametrize(
    ("below", "comparator", "target", "is_whole"),
    [(None, ">=", 260_000, True), (None, "==", 6, True), (None, "==", 0, False), (None, "<=", 1, False), (None, None, None, False),
     (3, ">=", 98, False), (3, "==", 100, False)],
)  # fmt: skip
def test_a_number_to_be_reached_together_is_no_target_of_a_part(
    below: int | None, comparator: str | None, target: float | None, is_whole: bool
) -> None:
    assert figures.is_of_whole(Figure(2, below), comparator, target) is is_whole
