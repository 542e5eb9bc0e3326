"""Texts without persons: what people type about themselves is taken out before those rated, or the public, read it.

Source: assurance S34, P08.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "［已隐去］"
_PATTERNS = (
    re.compile(r"(?<!\d)(?:\d[\s\-]?){17}[\dXx](?!\d)"),  # 公民身份号码
    re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])"),  # 统一社会信用代码
    re.compile(r"(?<!\d)\d{8,}[0-9A-Z]*"),  # numbers of cases and the like
    re.compile(r"(?<!\d)(?:\+?86[\s\-]?)?1[3-9]\d(?:[\s\-]?\d{4}){2}(?!\d)"),  # mobile phones
    re.compile(r"(?<!\d)0\d{2,3}[\s\-]?\d{7,8}(?!\d)"),  # fixed lines
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?i)(?:微信|QQ|weixin|wechat)\s*号?[:：]?\s*[A-Za-z0-9_\-]{5,}"),
    re.compile(
        r"[\u4e00-\u9fff]{1,12}(?:路|街|巷|村|组|小区|大道)\s*\d+\s*(?:号|栋|幢|组)(?:\s*\d+\s*(?:单元|室|号))*"
    ),
)


def scrubbed(text: str, *, names: Iterable[str] = ()) -> str:
    """Return a text in which numbers, addresses and the given names are replaced by a mark; longer names go first."""
    for name in sorted({name.strip() for name in names if len(name.strip()) >= 2}, key=len, reverse=True):
        text = text.replace(name, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return re.sub(rf"(?:{re.escape(HIDDEN)}\s*)+", HIDDEN, text)


def persons_in(text: str, *, names: Iterable[str] = ()) -> list[str]:
    """Return the names and numbers in a text that must not be published, in their order."""
    found = [name for name in names if len(name.strip()) >= 2 and name.strip() in text]
    for pattern in _PATTERNS:
        found += [match.group() for match in pattern.finditer(text)]
    return list(dict.fromkeys(found))
