from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from tongban.payments import rules
from tongban.payments.rules import MOVES, FeeSpec, Kind, Line, Own, Sort, State
from tongban.rules.errors import Conflict, Invalid

VERBS = sorted({verb for verb, _ in MOVES})
ON = date(2026, 3, 6)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", VERBS)
def test_moves_that_the_table_does_not_name_are_refused(verb: str, state: State) -> None:
    if (verb, state) in MOVES:
        assert rules.after(verb, state) is MOVES[verb, state]
        return
    with pytest.raises(Conflict, match=rules.WORDS[state]):
        rules.after(verb, state)


def test_an_order_is_paid_refunded_or_closed_and_nothing_leaves_the_ends() -> None:
    assert rules.after("pay", State.OPEN) is State.PAID
    assert rules.after("pay", State.CLOSED) is State.REFUNDING
    assert rules.after("ask_refund", State.PAID) is State.REFUNDING
    assert rules.after("ask_refund", State.REFUNDING) is State.REFUNDING
    assert rules.after("finish_refund", State.REFUNDING) is State.REFUNDED
    assert rules.after("close", State.OPEN) is State.CLOSED
    assert len(MOVES) == 6


@pytest.mark.parametrize("fee", [None, FeeSpec("按标准", "某号文", None)])
def test_item_that_charges_nothing_is_never_charged(fee: FeeSpec | None) -> None:
    with pytest.raises(Conflict, match="不收费"):
        rules.payable(fee)


@pytest.mark.parametrize(
    ("fee", "code"),
    [
        (FeeSpec("每件", "某号文", 0), "payments.amount"), (FeeSpec("每件", "某号文", -1), "payments.amount"),
        (FeeSpec("每件", "某号文", rules.MOST_FEN + 1), "payments.amount"), (FeeSpec("每件", "  ", 1), "payments.basis"),
    ],
)  # fmt: skip
def test_amount_and_basis_must_be_real(fee: FeeSpec, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.payable(fee)
    assert refused.value.code == code


def test_published_fee_is_what_is_charged() -> None:
    assert rules.payable(FeeSpec("每件", "某号文", 1)) == 1
    assert rules.payable(FeeSpec("每件", "某号文", rules.MOST_FEN)) == rules.MOST_FEN


@pytest.mark.parametrize(("fen", "said"), [(1, "0.01"), (80_00, "80.00"), (123_456_07, "123,456.07")])
def test_amount_is_read_in_yuan(fen: int, said: str) -> None:
    assert rules.yuan(fen) == said


def test_numbers_say_day_and_serial() -> None:
    number = rules.order_number(ON, 12)
    assert number[:-1] == "TB2026030600000012"
    assert rules.refund_number(number, 2) == f"{number}R2"
    assert rules.receipt_number("market", 2026, 7) == "market-2026-00000007"


# What the gateway tells

SENT = {
    "id": "p1",
    "told": "paid",
    "number": "TB1",
    "amount_fen": 1,
    "trade_no": "T1",
    "at": "2026-03-06T10:00:00+08:00",
}


def test_callback_is_read() -> None:
    read = rules.read_notification(json.dumps(SENT).encode())
    assert (read.id, read.told, read.number, read.amount_fen, read.trade_no) == ("p1", rules.Told.PAID, "TB1", 1, "T1")
    assert read.at == datetime(2026, 3, 6, 2, tzinfo=UTC)


def test_callback_of_a_refund_names_it() -> None:
    read = rules.read_notification(json.dumps({**SENT, "told": "refunded", "refund": "TB1R1"}).encode())
    assert (read.told, read.refund) == (rules.Told.REFUNDED, "TB1R1")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"\xff", b"null", b"[" * 50_000,
        *(json.dumps({**SENT, **wrong}).encode() for wrong in (
            {"id": 1}, {"id": ""}, {"id": "a b"}, {"id": "x" * 65}, {"told": "gone"}, {"number": None}, {"amount_fen": "1"},
            {"amount_fen": 1.0}, {"amount_fen": True}, {"at": "2026-03-06T10:00:00"}, {"at": "yesterday"}, {"trade_no": ""},
            {"told": "refunded"}, {"told": "refunded", "refund": "x y"},
        )),
    ],
)  # fmt: skip
def test_callback_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="读不懂"):
        rules.read_notification(body)


# The gateway's file

HEAD = ",".join(rules.COLUMNS)
ROW = "payment,TB1,T1,80,success,2026-03-06T10:00:00+08:00"


def test_file_of_a_day_is_read() -> None:
    refund = "refund,TB1R1,T2,80,failed,2026-03-06T11:00:00+08:00"
    read = rules.read_statement(f"\ufeff{HEAD}\n{ROW}\r\n{refund}\ntotal,2,160".encode())
    assert read == [Line(Sort.PAYMENT, "TB1", "T1", 80, True), Line(Sort.REFUND, "TB1R1", "T2", 80, False)]


def test_day_without_money_has_a_file_too() -> None:
    assert rules.read_statement(f"{HEAD}\ntotal,0,0".encode()) == []


@pytest.mark.parametrize(
    "text",
    [
        "", HEAD, "total,0,0", f"{HEAD}\n{ROW}", f"{HEAD}\n{ROW}\ntotal,2,80", f"{HEAD}\n{ROW}\ntotal,1,81", f"{ROW}\ntotal,1,80",
        f"{HEAD}\n{ROW},more\ntotal,1,80", f"{HEAD}\n{ROW.replace('success', 'maybe')}\ntotal,1,80",
        f"{HEAD}\n{ROW.replace(',80,', ',-80,')}\ntotal,1,-80", f"{HEAD}\n{ROW.replace('+08:00', '')}\ntotal,1,80",
        f"{HEAD}\n{ROW.replace('payment', 'gift')}\ntotal,1,80", f"{HEAD}\n{ROW.replace('TB1', '')}\ntotal,1,80",
        f"{HEAD}\n{ROW.replace('T1,80', ' ,80')}\ntotal,1,80", f"{HEAD}\n{ROW.replace(',80,', ',９,')}\ntotal,1,9",
    ],
)  # fmt: skip
def test_file_that_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="对账文件"):
        rules.read_statement(text.encode())


def test_file_of_bytes_that_are_no_text_is_refused() -> None:
    with pytest.raises(Invalid):
        rules.read_statement(b"\xff\xfe\x00")


# Two ledgers

THEIRS = Line(Sort.PAYMENT, "TB1", "T1", 80, True)
PAID = Own(80, ON, "已缴费")


@pytest.mark.parametrize(
    ("theirs", "ours", "found"),
    [
        ([THEIRS], {(Sort.PAYMENT, "TB1"): PAID}, []),
        ([], {(Sort.PAYMENT, "TB1"): PAID}, [Kind.OURS_ONLY]),
        ([THEIRS], {}, [Kind.THEIRS_ONLY]),
        ([THEIRS], {(Sort.REFUND, "TB1"): PAID}, [Kind.THEIRS_ONLY, Kind.OURS_ONLY]),
        ([THEIRS], {(Sort.PAYMENT, "TB1"): Own(81, ON, "已缴费")}, [Kind.AMOUNT]),
        ([THEIRS], {(Sort.PAYMENT, "TB1"): Own(80, None, "待缴费")}, [Kind.STATE]),
        # The money of another day.
        ([THEIRS], {(Sort.PAYMENT, "TB1"): Own(80, date(2026, 3, 5), "已缴费")}, [Kind.STATE]),
        ([Line(Sort.PAYMENT, "TB1", "T1", 80, False)], {(Sort.PAYMENT, "TB1"): PAID}, [Kind.STATE]),
        ([Line(Sort.PAYMENT, "TB1", "T1", 80, False)], {(Sort.PAYMENT, "TB1"): Own(80, None, "待缴费")}, []),
        # Known, but of another day, and the file does not name it: not of this day's concern.
        ([], {(Sort.PAYMENT, "TB1"): Own(80, date(2026, 3, 5), "已缴费")}, []),
        # Taken twice by the gateway.
        ([THEIRS, Line(Sort.PAYMENT, "TB1", "T2", 80, True)], {(Sort.PAYMENT, "TB1"): PAID}, [Kind.THEIRS_ONLY]),
    ],
)  # fmt: skip
def test_ledgers_are_compared(theirs: list[Line], ours: dict[tuple[Sort, str], Own], found: list[Kind]) -> None:
    assert [d.kind for d in rules.differences(theirs, ours, on=ON)] == found


def test_difference_names_both_sides() -> None:
    ours = {(Sort.PAYMENT, "TB1"): Own(8_100, None, "待缴费")}
    (found,) = rules.differences([Line(Sort.PAYMENT, "TB1", "T1", 8_000, True)], ours, on=ON)
    assert (found.number, found.trade_no, found.ours, found.theirs) == ("TB1", "T1", "待缴费 81.00 元", "成功 80.00 元")
    (left,) = rules.differences([], {(Sort.PAYMENT, "TB1"): Own(8_100, ON, "已缴费")}, on=ON)
    assert (left.ours, left.theirs) == ("已缴费 2026-03-06 81.00 元", "没有这一笔")


@pytest.mark.parametrize(
    ("note", "ok"), [("三个字", False), ("四个字了", True), ("字" * 200, True), ("字" * 201, False)]
)
def test_note_has_some_words_and_not_too_many(note: str, ok: bool) -> None:
    assert (rules.note_problem(note) is None) is ok
