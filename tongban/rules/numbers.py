"""Codes and check characters, and the numbers that the platform gives.

Source: GB 32100—2015, GB 11714, GB 11643—1999, GB/T 17710 (ISO 7064), GB/T 36904—2018; standards reference 1.2, 2, 14.
"""

from __future__ import annotations

import re
from datetime import date

_A36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_A31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_USCC = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10}")
_DEMO_REGION = "999"  # identity numbers of demonstration persons
_DEMO_BODY = "MADEMX"  # organisation codes of demonstration bodies


def mod37_36(body: str) -> str:
    """Return the ISO/IEC 7064 MOD 37,36 check character of digits and capitals."""
    p = 36
    for ch in body:
        p = (p + _A36.index(ch)) % 36 or 36
        p = p * 2 % 37
    return _A36[(37 - p) % 36]


def org_code_check(body: str) -> str:
    """Return the check character of an 8-character organisation code body. Source: GB 11714."""
    total = sum(_A36.index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def uscc_check(body: str) -> str:
    """Return the check character of a 17-character credit code body. Source: GB 32100—2015."""
    total = sum(_A31.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return _A31[(31 - total % 31) % 31]


def is_uscc(code: str) -> bool:
    """Return whether a unified social credit code (统一社会信用代码) is well formed and checks."""
    return _USCC.fullmatch(code) is not None and uscc_check(code[:17]) == code[17]


def is_demo_uscc(code: str) -> bool:
    """Return whether a credit code belongs to the block kept for demonstration bodies."""
    return code[8:14] == _DEMO_BODY


def demo_uscc(kind: str, region: str, number: int) -> str:
    """Return a credit code of the demonstration block.

    `kind` is the two leading characters (11 机关, 91 企业, 92 个体工商户), `region` six digits, `number` 0–99.
    """
    body = f"{_DEMO_BODY}{number:02d}"
    code = kind + region + body + org_code_check(body)
    return code + uscc_check(code)


def id_check(body: str) -> str:
    """Return the check character of a 17-digit identity number body. Source: GB 11643—1999."""
    return "10X98765432"[sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(body)) % 11]


def is_demo_id(number: str) -> bool:
    """Return whether an identity number is of the range kept for demonstration persons."""
    return number.startswith(_DEMO_REGION)


def demo_id(number: int, born_on: date) -> str:
    """Return an identity number of the demonstration range; `number` 0–999999 gives area and sequence."""
    body = f"{_DEMO_REGION}{number // 1000 % 1000:03d}{born_on:%Y%m%d}{number % 1000:03d}"
    return body + id_check(body)


def id_problem(number: str, *, on: date) -> str | None:
    """Return what is wrong with an identity number (公民身份号码) in Chinese, or None.

    `number` is taken as normalised (half width, capital X). Source: GB 11643—1999.
    """
    if len(number) == 15 and number.isdigit():
        return "这是 15 位旧号码，请填 18 位身份证号码"
    if len(number) != 18:
        return f"身份证号码应为 18 位，现在是 {len(number)} 位"
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "身份证号码前 17 位是数字，最后一位是数字或 X，请对照证件核对"
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return f"身份证号码第 7 至 14 位是出生日期，现在是 {number[6:14]}，请对照证件核对"
    if born_on > on or born_on.year < 1880:
        return f"身份证号码里的出生日期是 {born_on:%Y年%m月%d日}，请对照证件核对"
    if id_check(number[:17]) != number[17]:
        return "身份证号码的最后一位和前面对不上，可能输错了一位，请对照证件核对"
    return None


def uscc_problem(code: str) -> str | None:
    """Return what is wrong with a credit code in Chinese, or None."""
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现在是 {len(code)} 位"
    if set(code) & set("IOSVZ"):
        return "统一社会信用代码里没有字母 I、O、S、V、Z，请看看是不是数字 1、0、5、2"
    if not is_uscc(code):
        return "统一社会信用代码的最后一位和前面对不上，可能输错了一位，请对照营业执照核对"
    return None


def licence_identifier(type_code: str, issuer: str, serial: str, version: int = 1) -> str:
    """Return a licence identifier (证照标识). Source: GB/T 36904—2018, check MOD 37,36 without dots and root."""
    v = f"{version:03d}"
    check = mod37_36(type_code + issuer + serial + v)
    return ".".join(("1.2.156.3005.2", type_code, issuer, serial, v, check))


def joint_number(region: str, on: date, serial: int) -> str:
    """Return the number of a joint case (联办件): region 6 + YYYYMMDD + 6 digits + MOD 37,36 check character."""
    body = f"{region[:6]}{on:%Y%m%d}{serial:06d}"
    return body + mod37_36(body)


def is_joint_number(number: str) -> bool:
    """Return whether a joint case number is well formed and checks."""
    return bool(re.fullmatch(r"\d{20}[0-9A-Z]", number)) and mod37_36(number[:20]) == number[20]


def implementation_code(uscc: str, level: str, catalog_code: str) -> str:
    """Return the 31-character implementation code (实施编码): credit code + level + 12-digit basic code."""
    return f"{uscc}{level}{catalog_code}"


def case_number(implementation: str, on: date, serial: int) -> str:
    """Return the 43-character case number (办件编号): implementation code + YYYYMMDD + 4-place serial.

    The serial is decimal up to 9999; beyond it letters follow (A000 …), so that a busy day does not stop the hall.
    """
    if serial < 10_000:
        return f"{implementation}{on:%Y%m%d}{serial:04d}"
    rest = serial - 10_000
    if rest >= 26 * 36**3:
        raise ValueError(f"an item cannot have {serial} cases on one day")
    first, rest = divmod(rest, 36**3)
    tail = "".join(_A36[rest // 36**power % 36] for power in (2, 1, 0))
    return f"{implementation}{on:%Y%m%d}{_A36[10 + first]}{tail}"
