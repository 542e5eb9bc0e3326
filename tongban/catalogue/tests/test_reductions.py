from __future__ import annotations

from typing import Any

import pytest

from tongban.catalogue.rules import reductions
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.reductions import Counted, Figure, Part
from tongban.catalogue.tests.test_item import ITEM

STEP = {"code": "check-it", "name": "审查"}
DOCUMENT = {"document": "某文"}


def row(code: str, *, free: tuple[str, ...] = (), **more: Any) -> Counted:
    item = ItemSpec.model_validate(ITEM | {"code": code, "steps": [STEP], "visit_reason": "面签"} | more)
    return reductions.counted([item], free=free)[0]


# Counted by hand: statutory 20+10+none, promised 10+0+5.
ROWS = [
    row("item-a", statutory_days=20, promised_days=10, visits=0, online=["4", "5", "6"],
        materials=[{"type": "a-paper"}, {"type": "b-paper", "necessity": "optional"}, {"type": "c-paper"}], free=("c-paper",),
        baseline={"steps": 8, "materials": 4, "days": 20, "visits": 2, "fee_fen": 1000} | DOCUMENT),
    row("item-b", statutory_days=10, promised_days=0, visits=1, online=["4"], fee={"standard": "5 元", "basis": "某文件", "amount_fen": 500},
        baseline={"steps": 4, "materials": 0, "days": 10, "visits": 0, "fee_fen": 500} | DOCUMENT),
    row("item-c", statutory_days=None, promised_days=5, visits=2, online=["1"], ways=["1"]),
]  # fmt: skip


def figure(key: str, rows: list[Counted] = ROWS) -> Figure:
    return next(figure for figure in reductions.figures(rows) if figure.key == key)


@pytest.mark.parametrize(
    ("key", "numerator", "denominator", "percent"),
    [  # standards reference 1.7
        ("limit", 20, 30, "66.7%"),  # (10 + 10) / (20 + 10)
        ("limit-mean", 20, 30, "75.0%"),  # (50 % + 100 %) / 2
        ("on-the-spot", 1, 3, "33.3%"),
        ("no-visit", 1, 3, "33.3%"),
        ("one-visit", 2, 3, "66.7%"),
        ("online", 2, 3, "66.7%"),
        ("depth-3", 2, 3, "66.7%"),
        ("depth-4", 1, 3, "33.3%"),
        ("less-steps", 4, 12, "33.3%"),  # 8 -> 4, 4 -> 4
        ("less-materials", 3, 4, "75.0%"),  # 4 -> 1 (one may be left out, one is looked up), 0 -> 0
        ("less-days", 20, 30, "66.7%"),
        ("less-visits", 1, 2, "50.0%"),  # 2 -> 0, 0 -> 1: it may become more
        ("less-fee", 1000, 1500, "66.7%"),
    ],
)
def test_figure_is_what_the_hand_computes(key: str, numerator: int, denominator: int, percent: str) -> None:
    found = figure(key)
    assert (found.numerator, found.denominator, found.percent) == (numerator, denominator, percent)


def test_what_is_not_prepared_or_only_tracked_counts_nowhere() -> None:
    specs = [
        ItemSpec.model_validate(ITEM | more)
        for more in ({}, {"prepared": False}, {"tracked_only": True})
    ]  # fmt: skip
    assert len(reductions.counted(specs, free=())) == 1


@pytest.mark.parametrize("key", [figure.key for figure in reductions.figures([])])
def test_nothing_below_the_line_is_no_data_and_no_error(key: str) -> None:
    assert figure(key, []).percent is None


def test_item_without_statutory_days_of_its_own_is_left_out_of_the_mean() -> None:
    rows = [ROWS[0], row("item-d", type="20", catalog_code="422000005000", statutory_days=0, promised_days=0)]
    assert (figure("limit", rows).percent, figure("limit-mean", rows).percent) == ("50.0%", "50.0%")


def test_items_without_a_baseline_are_in_no_comparison_and_are_told() -> None:
    assert reductions.without_baseline(ROWS) == 1
    told = {c.measure: (c.before, c.after, c.items, c.percent) for c in reductions.comparisons(ROWS)}
    assert told == {
        "steps": (12, 8, 2, "33.3%"), "materials": (4, 1, 2, "75.0%"), "days": (30, 10, 2, "66.7%"),
        "visits": (2, 1, 2, "50.0%"), "fee": (1500, 500, 2, "66.7%"),
    }  # fmt: skip


def test_fee_that_depends_on_the_case_is_not_compared_and_none_before_gives_no_ratio() -> None:
    changing = row("item-e", fee={"standard": "按面积收取", "basis": "某文件"},
                   baseline={"steps": 5, "materials": 1, "days": 5, "visits": 0, "fee_fen": 900} | DOCUMENT)  # fmt: skip
    told = {c.measure: c for c in reductions.comparisons([changing])}
    assert (told["fee"].items, told["fee"].percent) == (0, None)
    assert (told["visits"].items, told["visits"].percent) == (1, None)


def test_every_figure_opens_into_the_parts_of_its_items() -> None:
    assert figure("limit").parts == (Part("item-a", 10, 20), Part("item-b", 10, 10))
    assert [part.percent for part in figure("less-materials").parts] == ["75.0%", None]


def test_grades_of_online_handling_are_counted() -> None:
    assert reductions.grades(ROWS) == {1: 1, 2: 0, 3: 1, 4: 1}


@pytest.mark.parametrize(
    ("above", "below", "said"), [(1, 8, "12.5%"), (1, 1600, "0.1%"), (-1, 4, "-25.0%"), (2, 3, "66.7%")]
)
def test_percentages_have_one_decimal_and_round_half_up(above: int, below: int, said: str) -> None:
    assert Figure("k", "n", "f", (Part("a", above, below),)).percent == said
