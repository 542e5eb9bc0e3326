from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from tongban.delivery import rules
from tongban.delivery.rules import Addressee, State
from tongban.rules.errors import Conflict, Invalid

N, C, T, D, R = State.ORDERED, State.COLLECTED, State.IN_TRANSIT, State.DELIVERED, State.RETURNED


@pytest.mark.parametrize(
    ("state", "told", "then"),
    [
        (N, C, C), (N, T, T), (C, T, T), (T, D, D), (N, D, D), (N, N, N), (T, T, T), (N, R, R), (T, R, R), (D, D, D), (R, R, R),
        # News that comes late moves nothing back.
        (T, C, T), (C, N, C), (D, C, D), (D, T, D), (R, T, R), (R, C, R),
    ],
)  # fmt: skip
def test_state_follows_what_is_told_and_never_goes_back(state: State, told: State, then: State) -> None:
    assert rules.after(told, state) is then


@pytest.mark.parametrize(("state", "told"), [(D, R), (R, D)])
def test_what_ended_one_way_does_not_end_the_other(state: State, told: State) -> None:
    with pytest.raises(Conflict, match=rules.WORDS[state]):
        rules.after(told, state)


def test_number_says_day_and_serial() -> None:
    assert rules.shipment_number(date(2026, 3, 6), 12)[:-1] == "KD2026030600000012"


@pytest.mark.parametrize(("text", "kept"), [("sf 1234-5678", "SF12345678"), ("123456", "123456"), ("A" * 30, "A" * 30)])
def test_waybill_is_kept_in_one_form(text: str, kept: str) -> None:
    assert rules.waybill(text) == kept


@pytest.mark.parametrize("text", ["", "12345", "A" * 31, "运单123456", "SF1234_5678"])
def test_waybill_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.waybill(text)
    assert "waybill" in refused.value.fields


def test_addressee_is_trimmed() -> None:
    assert rules.addressee(Addressee(" 张示例 ", " 0716-1234567", " 新堤街道 1 号 ")) == Addressee(
        "张示例", "0716-1234567", "新堤街道 1 号"
    )


@pytest.mark.parametrize(
    ("to", "fields"),
    [
        (Addressee("", "13900000001", "新堤街道 1 号"), {"name"}), (Addressee("字" * 61, "13900000001", "新堤街道 1 号"), {"name"}),
        (Addressee("张", "139", "新堤街道 1 号"), {"phone"}), (Addressee("张", "call me", "新堤街道 1 号"), {"phone"}),
        (Addressee("张", "13900000001", "新堤"), {"address"}), (Addressee("张", "13900000001", "字" * 201), {"address"}),
        (Addressee("", "", ""), {"name", "phone", "address"}),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_an_addressee_is_said_at_once(to: Addressee, fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        rules.addressee(to)
    assert set(refused.value.fields) == fields


SENT = {
    "id": "d1",
    "number": "KD1",
    "waybill": "SF123456",
    "told": "collected",
    "words": "取件",
    "at": "2026-03-06T10:00:00+08:00",
}
SIGNED = {**SENT, "told": "delivered", "signed_by": "张示例", "proof": "S1"}


def test_callback_is_read() -> None:
    read = rules.read_notification(json.dumps(SIGNED).encode())
    assert (read.id, read.number, read.waybill, read.told, read.words) == (
        "d1",
        "KD1",
        "SF123456",
        State.DELIVERED,
        "取件",
    )
    assert (read.signed_by, read.proof, read.at) == ("张示例", "S1", datetime(2026, 3, 6, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"\xff", b"[" * 50_000,
        *(json.dumps({**SENT, **wrong}).encode() for wrong in (
            {"id": 1}, {"id": "a b"}, {"number": ""}, {"waybill": "sf123456"}, {"told": "lost"}, {"words": "x" * 201}, {"words": None},
            {"words": "a\0b"}, {"at": "2026-03-06T10:00:00"}, {"at": 1}, {"signed_by": "张"}, {"proof": "x" * 101},
        )),
        json.dumps({**SIGNED, "signed_by": ""}).encode(), json.dumps({**SIGNED, "signed_by": "字" * 41}).encode(),
    ],
)  # fmt: skip
def test_callback_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="读不懂"):
        rules.read_notification(body)
