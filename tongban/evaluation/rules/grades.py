"""The five grades (满意度), the ways of rating (评价渠道), and the words to tick for each grade.

Grades are stored as the national code, 1 best … 5 worst; stars run the other way. Source: GB/T 39046, standards reference 4.1.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from tongban.rules.specs import Spec


class Grade(enum.IntEnum):
    """A grade by its national code."""

    VERY_GOOD = 1
    GOOD = 2
    FAIR = 3
    BAD = 4
    VERY_BAD = 5


WORDS = {
    Grade.VERY_GOOD: "非常满意", Grade.GOOD: "满意", Grade.FAIR: "基本满意", Grade.BAD: "不满意", Grade.VERY_BAD: "非常不满意",
}  # fmt: skip
GOOD = (Grade.VERY_GOOD, Grade.GOOD, Grade.FAIR)  # 好评
BAD = (Grade.BAD, Grade.VERY_BAD)  # 差评


def stars(grade: int) -> int:
    """Return the stars of a grade: 5 for the best, 1 for the worst."""
    return 6 - grade


def is_bad(grade: int) -> bool:
    """Return whether a grade is a bad rating (差评)."""
    return grade in BAD


class Channel(enum.StrEnum):
    """How a rating came in. Source: standards reference 1.3."""

    WEB = "web"
    PHONE = "phone"
    QR = "qr"
    TABLET = "tablet"
    SMS = "sms"


CHANNEL_WORDS = {
    Channel.WEB: "PC端", Channel.PHONE: "移动服务端", Channel.QR: "二维码", Channel.TABLET: "政务大厅平板电脑", Channel.SMS: "短信",
}  # fmt: skip


def channel_of(via: str, *, is_mobile: bool) -> Channel:
    """Return the channel of a visit to the rating page: the link says how it was handed over, the browser the rest."""
    if via in (Channel.QR, Channel.SMS, Channel.TABLET):
        return Channel(via)
    return Channel.PHONE if is_mobile else Channel.WEB


class Kind(enum.StrEnum):
    """What is rated: a case (一事一评) or a visit to a window (一次一评)."""

    CASE = "case"
    VISIT = "visit"


class Mode(enum.StrEnum):
    """Where the service was done: it decides which words are offered."""

    ONLINE = "online"
    ONSITE = "onsite"


KIND_WORDS = {Kind.CASE: "办件", Kind.VISIT: "窗口服务"}
MODE_WORDS = {Mode.ONLINE: "网上服务", Mode.ONSITE: "现场服务"}


class Option(Spec):
    """A word to tick: which measure (指标) it belongs to, and how it is said for a grade."""

    code: str
    text: str


Options = dict[str, tuple[Option, ...]]


def _options(rows: Mapping[str, tuple[str, str, str]]) -> Options:
    """Spread (said of good, of fair, of bad service) by measure over the five grades."""
    return {
        str(grade.value): tuple(Option(code=code, text=said[0 if grade <= 2 else 1 if grade == 3 else 2]) for code, said in rows.items())
        for grade in Grade
    }  # fmt: skip


# The measures are those of standards reference 4.1 【旁证】; how each is said is ours 【惯例】 and can be changed per place.
DEFAULT_OPTIONS: dict[str, Options] = {
    Mode.ONLINE.value: _options({
        "overall": ("整体都好", "整体一般", "整体不好"),
        "speed": ("办得快", "快慢一般", "办得慢"),
        "guide": ("指南写得准", "指南有的地方不清楚", "指南和实际不一样"),
        "ease": ("办起来方便", "步骤有些多", "来回补材料、多跑路"),
        "platform": ("网站好用", "网站还能用", "网站不好用"),
    }),
    Mode.ONSITE.value: _options({
        "overall": ("整体都好", "整体一般", "整体不好"),
        "speed": ("办得快", "等得有些久", "等得太久"),
        "skill": ("业务熟练", "业务还行", "说不清、办错了"),
        "manner": ("态度好", "态度一般", "态度不好"),
    }),
}  # fmt: skip


def checked_codes(codes: tuple[str, ...], offered: tuple[Option, ...]) -> tuple[Option, ...]:
    """Return the words that were ticked, in their order; codes that were not offered for the grade are left out."""
    return tuple(option for option in offered if option.code in codes)
