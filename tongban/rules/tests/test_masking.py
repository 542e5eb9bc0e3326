from __future__ import annotations

import pytest

from tongban.rules import masking


@pytest.mark.parametrize(
    ("value", "masked"),
    [("张三", "张*"), ("张小三", "张*"), ("欧阳锋", "欧阳*"), ("欧阳", "欧*"), ("", ""), ("王", "王*")],
)
def test_name_keeps_only_the_surname(value: str, masked: str) -> None:
    assert masking.name(value) == masked


@pytest.mark.parametrize(
    ("value", "masked"),
    [("11010519491231002X", "110***********002X"), ("1234567", "*******"), ("", "")],
)
def test_identity_number_keeps_three_and_four(value: str, masked: str) -> None:
    assert masking.code(value) == masked


@pytest.mark.parametrize(("value", "masked"), [("13900001234", "139****1234"), ("12345", "*****"), ("", "")])
def test_phone_keeps_three_and_four(value: str, masked: str) -> None:
    assert masking.phone(value) == masked


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("１３９ａＢ", "139aB"), ("\u3000 张三 \u3000", "张三"), ("湖岸（东）酒店，一楼", "湖岸（东）酒店，一楼")],
)
def test_full_width_letters_and_digits_become_half_width_but_chinese_marks_stay(typed: str, meant: str) -> None:
    assert masking.normal(typed) == meant


@pytest.mark.parametrize(
    "typed", ["139 0000 1234", "139-0000-1234", "１３９００００１２３４", " 139.0000.1234\t", "139—0000—1234"]
)
def test_pasted_number_loses_blanks_and_dashes(typed: str) -> None:
    assert masking.compact(typed) == "13900001234"


def test_check_letter_is_made_a_capital() -> None:
    assert masking.compact("11010519491231002ｘ") == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "odd"),
    [("洗消间与布草间未分开。", False), ("第一行\n第二行", False), ("㐂𠮷", False), ("好的👍", True),
     ("a\u202eb", True), ("\x07", True), ("\ue000", True)],
)  # fmt: skip
def test_text_that_no_paper_can_print_is_odd(text: str, odd: bool) -> None:
    assert masking.has_odd(text) is odd
