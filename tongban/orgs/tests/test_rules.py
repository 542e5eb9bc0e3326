"""What a window takes, and what a reader types."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.orgs.rules import Reading, lies_in, read, takes
from tongban.rules.numbers import demo_id, demo_uscc

ID, USCC = demo_id(7, date(1980, 5, 5)), demo_uscc("91", "421083", 70)


@pytest.mark.parametrize(
    ("level", "listed", "stations", "is_taken"),
    [
        ("hall", (), (), True),
        ("hall", ("other",), (), False),
        ("hall", ("it", "other"), (), True),
        ("township", (), (), False),  # an item says nothing: the hall alone
        ("township", (), ("township",), True),
        ("village", (), ("township",), False),
        ("village", (), ("township", "village"), True),
        ("village", ("other",), ("village",), False),
        ("township", ("it",), (), False),  # a list cannot give what the item does not
    ],
)
def test_station_takes_only_what_names_its_level(
    level: str, listed: tuple[str, ...], stations: tuple[str, ...], is_taken: bool
) -> None:
    assert takes(level, listed, "it", stations=stations) is is_taken


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ID, Reading("person", ID)),
        (f"  {ID[:6]} {ID[6:14]}-{ID[14:]} ".lower(), Reading("person", ID)),
        (USCC, Reading("firm", USCC)),
        (f"姓名|张示例|性别|男|汉族|{ID}", Reading("person", ID, "张示例", "card")),
        (f"身份证 {ID}；张·示例；女", Reading("person", ID, "张·示例", "card")),
        (f"{ID}=1", Reading("person", ID, "", "scan")),
        (f"https:/licence/q?uniscid={USCC}&t=1", Reading("firm", USCC, "", "scan")),
        (f"{USCC},洪湖示例酒店有限公司（示例）", Reading("firm", USCC, "洪湖示例酒店有限公司（示例）", "scan")),
        ("12345", Reading("", "12345")),
        ("", Reading("", "")),
        ("1" * 19, Reading("", "1" * 19)),
    ],
)
def test_code_is_read_from_card_scan_and_typing(text: str, found: Reading) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("region", "place", "lies"),
    [
        ("433101100201", "433100000000", True),  # a village in its prefecture
        ("433101100201", "433101000000", True),
        ("433101100201", "433101100000", True),
        ("433101100201", "433101100201", True),
        ("433101100201", "433101101000", False),
        ("433122000000", "433101000000", False),  # a county in another one
        ("421099000000", "421083000000", False),
        ("430112001000", "433100000000", False),
        ("433100000000", "433101000000", False),  # the larger does not lie in the smaller
        ("430112000000", "430000000000", True),
        ("430112000000", "439900000000", True),  # 湖南 writes its own level so
    ],
)
def test_region_lies_in_a_place_when_its_code_begins_with_what_the_place_s_level_counts(
    region: str, place: str, lies: bool
) -> None:
    assert lies_in(region, place) is lies
