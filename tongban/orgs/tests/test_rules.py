"""What a window takes, and what a reader types."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.orgs.rules import Reading, read, takes
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
