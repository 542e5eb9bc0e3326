"""Counts, signatures and rights at the window."""

from __future__ import annotations

import pytest

from tongban.hall import rules
from tongban.hall.rules import Collector, Counted


def test_differences_name_each_paper_of_which_not_all_arrived() -> None:
    lines = [Counted("章程", 2, 2), Counted("租赁合同", 2, 1), Counted("照片", 1, 3)]
    assert rules.differences(lines) == ("租赁合同：交 2 份，收 1 份", "照片：交 1 份，收 3 份")
    assert rules.differences([Counted("章程", 2, 2)]) == ()


@pytest.mark.parametrize(
    ("typed", "name", "fits"),
    [
        ("张示例", "张示例", True),
        (" 张 示例 ", "张示例", True),
        ("张示", "张示例", False),
        ("", "张示例", False),
        ("", "", False),
    ],
)
def test_only_the_own_name_is_a_signature(typed: str, name: str, fits: bool) -> None:
    assert rules.signs(typed, name) is fits


@pytest.mark.parametrize(
    ("who", "right"),
    [
        (Collector(True, False, True, False), "self"),
        (Collector(False, True, True, False), "representative"),
        (Collector(False, False, True, False), "mandate"),
        (Collector(False, False, False, True), "letter"),
        (Collector(False, False, False, False), ""),
        (Collector(False, False, True, True), "mandate"),  # The platform's own mandate is the better proof.
    ],
)
def test_right_to_collect_is_the_strongest_that_somebody_has(who: Collector, right: str) -> None:
    assert rules.authority(who) == right
    assert not right or right in rules.AUTHORITIES
