from __future__ import annotations

from datetime import date

import pytest

from tongban.rules import numbers

TODAY = date(2026, 3, 6)
USCCS = [  # Real and synthetic codes, standards reference 2.1, 2.4.
    "11430000006122244L", "11110000000021135M", "12441500196720244T", "11370800MB28559184", "914403001922038216",
    "11430112000000019H", "114331000000000275", "114210830000000355", "91430112MA00000150", "124331010000000436",
    "51421083000000051N", "11100000000013338W", "11330105002500287C", "11220000013544541J", "11100000MB03271699",
]  # fmt: skip
IDS = [  # GB 11643 and synthetic numbers of real shape, standards reference 2.4.
    "11010519491231002X", "440524188001010014", "430102199001010016", "433101198506150024", "421083199212310037",
    "430112200002290046",
]  # fmt: skip
LICENCES = [  # Real identifiers, GB/T 36904, standards reference 3.1.
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
]


def flipped(code: str, alphabet: str) -> list[str]:
    """Return the code with each one character changed to each other one."""
    return [code[:n] + other + code[n + 1 :] for n in range(len(code)) for other in alphabet if other != code[n]]


@pytest.mark.parametrize("code", USCCS)
def test_credit_code_checks_and_no_flipped_one_does(code: str) -> None:
    assert numbers.is_uscc(code)
    assert numbers.uscc_problem(code) is None
    assert not any(numbers.is_uscc(other) for other in flipped(code, "0123456789ABCDEFGHJKLMNPQRTUWXY"))


@pytest.mark.parametrize("code", USCCS[:5])
def test_organisation_code_inside_a_real_credit_code_checks(code: str) -> None:
    # GB 11714 inside GB 32100: positions 9 to 17, standards reference 2.2.
    assert numbers.org_code_check(code[8:16]) == code[16]


@pytest.mark.parametrize("number", IDS)
def test_identity_number_checks_and_no_flipped_one_does(number: str) -> None:
    assert numbers.id_problem(number, on=TODAY) is None
    assert all(numbers.id_problem(other, on=TODAY) for other in flipped(number, "0123456789X"))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("110105491231002", "15 位旧号码"),
        ("1101051949123100", "现在是 16 位"),
        ("11010519491331002X", "出生日期"),
        ("110105202702290013", "出生日期"),  # no 29 February in 2027
        ("11010529491231002X", "2949年"),
        ("11010519491231002x", "数字或 X"),
        ("110105194912310021", "最后一位"),
    ],
)
def test_wrong_identity_number_says_what_to_look_at(number: str, words: str) -> None:
    assert words in str(numbers.id_problem(number, on=TODAY))


@pytest.mark.parametrize(
    ("code", "words"),
    [("1143000000612224", "16 位"), ("1143000000612224OL", "数字 1、0、5、2"), ("11430000006122244M", "最后一位")],
)
def test_wrong_credit_code_says_what_to_look_at(code: str, words: str) -> None:
    assert words in str(numbers.uscc_problem(code))


@pytest.mark.parametrize("identifier", LICENCES)
def test_licence_identifier_checks_and_no_flipped_one_does(identifier: str) -> None:
    *_, kind, issuer, serial, version, check = identifier.split(".")
    assert numbers.licence_identifier(kind, issuer, serial, int(version)) == identifier
    body = kind + issuer + serial + version
    assert all(numbers.mod37_36(other) != check for other in flipped(body, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def test_joint_number_carries_region_day_serial_and_check() -> None:
    number = numbers.joint_number("421083000000", date(2026, 11, 21), 1)
    assert number[:20] == "42108320261121000001"
    assert numbers.is_joint_number(number)
    assert not any(numbers.is_joint_number(other + number[20]) for other in flipped(number[:20], "0123456789"))


@pytest.mark.parametrize(
    ("serial", "tail"),
    [(1, "0001"), (9999, "9999"), (10_000, "A000"), (10_035, "A00Z"), (56_656, "B000"), (1_223_055, "ZZZZ")],
)
def test_case_number_goes_on_with_letters_after_9999(serial: int, tail: str) -> None:
    number = numbers.case_number("11421083MADEMX0194" + "4" + "420100005000", date(2026, 11, 21), serial)
    assert number.endswith(f"20261121{tail}")
    assert len(number) == 43


def test_case_number_ends_with_its_alphabet() -> None:
    with pytest.raises(ValueError):
        numbers.case_number("x", date(2026, 11, 21), 1_223_056)


@pytest.mark.parametrize("n", [0, 1, 99])
def test_demonstration_codes_check_and_say_what_they_are(n: int) -> None:
    code, number = numbers.demo_uscc("91", "421083", n), numbers.demo_id(n, date(1990, 1, 2))
    assert numbers.is_uscc(code)
    assert numbers.is_demo_uscc(code)
    assert numbers.id_problem(number, on=TODAY) is None
    assert numbers.is_demo_id(number)


@pytest.mark.parametrize("real", ["11430000006122244L", "11010519491231002X"])
def test_real_codes_are_not_of_the_demonstration_range(real: str) -> None:
    assert not numbers.is_demo_uscc(real)
    assert not numbers.is_demo_id(real)
