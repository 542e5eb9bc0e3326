"""Masking (脱敏) of personal values for lists and public pages: the one place that masks. Source: assurance 5.5."""

from __future__ import annotations

import re
import unicodedata

# Double surnames keep both characters. A list of the common ones; others keep the first character only.
_DOUBLE = {
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "夏侯",
    "司徒",
    "端木",
    "南宫",
}


def name(value: str) -> str:
    """Return a person's name with only the surname: 张*, 欧阳*."""
    if not value:
        return ""
    keep = 2 if value[:2] in _DOUBLE and len(value) > 2 else 1
    return value[:keep] + "*"


def code(value: str) -> str:
    """Return an identity number with its first 3 and last 4 characters."""
    return value[:3] + "*" * (len(value) - 7) + value[-4:] if len(value) > 7 else "*" * len(value)


def phone(value: str) -> str:
    """Return a phone number with its first 3 and last 4 digits."""
    return value[:3] + "****" + value[-4:] if len(value) >= 11 else "*" * len(value)


def normal(value: str) -> str:
    """Return text as people mean it: full-width letters and digits made half-width, outer blanks cut."""
    half = "".join(chr(ord(ch) - 0xFEE0) if 0xFF01 <= ord(ch) <= 0xFF5E and (ch.isalnum()) else ch for ch in value)
    return half.replace("\u3000", " ").strip()


def has_odd(text: str) -> bool:
    """Return whether a text holds characters that no official paper can print.

    Control characters, those that turn the reading order, private ones, half surrogates, and pictures (emoji).
    """
    return any(
        (unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Co", "Cn") and ch not in "\r\n\t")
        or 0x1F000 <= ord(ch) < 0x20000
        or 0xFE00 <= ord(ch) <= 0xFE0F
        for ch in text
    )


def compact(value: str) -> str:
    """Return a number as typed or pasted without blanks, dashes and dots, in capitals."""
    return re.sub(r"[\s\-—–·.]+", "", normal(value)).upper()
