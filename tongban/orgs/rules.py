"""Regions (行政区划), organisations (机构), posts (岗位) as specs, and what a role may do."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import Field, field_validator

from tongban.rules import numbers
from tongban.rules.specs import Spec
from tongban.vocabulary.rules import Code, Text


class Role(enum.StrEnum):
    """What a post may do. Roles hang on posts, not on persons (assurance 5.1)."""

    CLERK = "clerk"  # 受理
    REVIEWER = "reviewer"  # 审查
    HEAD = "head"  # 决定
    ADMIN = "admin"  # keeps the organisation's own staff and posts
    WINDOW = "window"  # 综合窗口收件
    SUPERVISOR = "supervisor"  # 监督考核: cards, task lists, bulletins; decides appeals in the body that does so


class PlaceSpec(Spec):
    """A place (市县) that publishes its catalogue as a pack: who hosts it, where its hall is."""

    code: Code
    name: Text
    region: str = Field(pattern=r"^\d{12}$")
    host: Text
    # Who supervises (红黄牌、督办、好差评) and who decides appeals against it: two bodies, never one.
    overseer: Code | None = None
    appeals: Code | None = None
    # Who decides appeals of the body of appeals itself: a third body, for example the office of the government. None: nobody here.
    arbiter: Code | None = None
    hall: str = ""
    hours: str = ""
    phone: str = "12345"
    # How long a broken promise bars 告知承诺, in days 【惯例】.
    broken_promise_days: int = Field(default=365, ge=0, le=3650)
    # 按时办结率 that pages measure units against, in percent 【惯例】.
    on_time_target: float = Field(default=98, ge=0, le=100)
    # The body that defined the licence types; its credit code is the first part of their type codes.
    definer: str

    @field_validator("definer")
    @classmethod
    def _definer_checks(cls, value: str) -> str:
        return _checked_uscc(value)


def supervising(place: PlaceSpec) -> tuple[str, ...]:
    """Return the bodies that have a post for supervision: who supervises, who decides appeals."""
    return tuple(code for code in (place.overseer, place.appeals, place.arbiter) if code)


def judge_of(organisation: str, *, overseer: str, appeals: str, arbiter: str) -> str:
    """Return the body that decides an appeal of a unit, by code: never the unit itself, never who supervises.

    "" when no such body is named: the unit turns to the government in writing. Source: assurance 5.4.
    """
    body = arbiter if organisation == appeals else appeals
    return "" if body in (organisation, overseer) else body


def _checked_uscc(value: str) -> str:
    if not numbers.is_uscc(value):
        raise ValueError(f"统一社会信用代码 {value} 的校验位不对；按 GB 32100 重新核对 18 位代码")
    return value


class RegionSpec(Spec):
    """A region with its 12-digit code (GB/T 2260 and the statistical extension)."""

    code: str = Field(pattern=r"^\d{12}$")
    name: Text
    parent: str | None = Field(default=None, pattern=r"^\d{12}$")


def level_of(region: str) -> str:
    """Return the level (行使层级) of a region's 12-digit code: "2" province, "3" prefecture, "4" county, "5" township, "6" village.

    Source: standards reference 1.3, 2.6.
    """
    if region[9:] != "000":
        return "6"
    if region[6:9] != "000":
        return "5"
    if region[4:6] != "00":
        return "4"
    return "3" if region[2:4] not in ("00", "99") else "2"


_DIGITS = {"2": 2, "3": 4, "4": 6, "5": 9, "6": 12}  # of a region's code that say where it lies, by its level


def inside(place: str) -> str:
    """Return the digits with which the codes of all regions inside a place begin. Source: standards reference 2.6."""
    return place[: _DIGITS[level_of(place)]]


def lies_in(region: str, place: str) -> bool:
    """Return whether a region is a place or lies within it: a village in its county, a county in its prefecture."""
    return region.startswith(inside(place))


class OrganisationSpec(Spec):
    """An organisation (机构): a department, or an outside body whose work is only tracked."""

    code: Code
    name: Text
    full_name: Text
    uscc: str
    region: str = Field(pattern=r"^\d{12}$")
    kind: Literal["department", "party", "public_institution", "enterprise", "bank"] = "department"
    external: bool = False
    address: str = ""
    phone: str = ""
    aliases: tuple[str, ...] = ()

    @field_validator("uscc")
    @classmethod
    def _uscc_checks(cls, value: str) -> str:
        return _checked_uscc(value)


WINDOW_POST = "综合窗口收件岗"
SUPERVISOR_POST = "监督岗"
Level = Literal["hall", "township", "village"]
LEVEL_WORDS = {"hall": "大厅", "township": "乡镇便民服务中心", "village": "村（社区）便民服务站"}


class WindowSpec(Spec):
    """A window (窗口) of the hall or of a township or village station: where it stands, who hosts it, what it takes."""

    code: Code
    number: str = Field(pattern=r"^[0-9A-Z]{1,4}$")
    name: Text
    place: Text
    region: str = Field(pattern=r"^\d{12}$")
    org: Code
    level: Level = "hall"
    # The items it takes; none named means all that its level may take.
    items: tuple[Code, ...] = ()


def takes(level: str, listed: Collection[str], item: str, *, stations: Collection[str]) -> bool:
    """Return whether a window takes an item: a hall all items, a station those that name its level; never one not listed.

    `stations` are the levels below the hall at which the item is offered.
    """
    return (not listed or item in listed) and (level == "hall" or level in stations)


# 帮代办: how a person agrees, how long a code lives, how often it may be tried.
CONSENT_WAYS = {"code": "一次性授权码", "paper": "签字的授权书"}
CODE_LIFE = timedelta(minutes=5)
MOST_CODE_TRIES = 5
MOST_ASSISTANCE_DAYS = 366
ALL_MATTERS = "全部事项"


def covers(named: Collection[str], *, theme: str = "", item: str = "") -> bool:
    """Return whether a helper's mandate covers a theme or an item alone; one that names nothing covers all."""
    return not named or (f"theme:{theme}" if theme else f"item:{item}") in named


@dataclass(frozen=True)
class Mandate:
    """What of a helper's mandate decides whether it can be used."""

    consented: bool
    revoked_on: date | None
    expires_on: date


def lapse(mandate: Mandate, *, on: date) -> str:
    """Return why a helper's mandate cannot be used on a day, in Chinese, or an empty text when it can."""
    if mandate.revoked_on is not None:
        return f"{mandate.revoked_on}已被本人撤销"
    if not mandate.consented:
        return "本人还没有同意"
    if on > mandate.expires_on:
        return f"已在 {mandate.expires_on} 到期"
    return ""


# How the identity of a person at the window was read, and from what.
READ_WAYS = {"card": "读卡", "scan": "扫码", "typed": "手输"}
DOCUMENTS = {"id-card": "居民身份证", "temporary-id": "临时身份证", "household-book": "户口簿", "passport": "护照",
             "e-id": "电子身份凭证"}  # fmt: skip
_ID = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)")
_USCC = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")
_NOT_NAMES = (
    "男",
    "女",
    "姓名",
    "性别",
    "民族",
    "住址",
    "出生",
    "公民身份号码",
    "统一社会信用代码",
    "名称",
    "身份证",
    "居民身份证",
    "证件",
)


@dataclass(frozen=True)
class Reading:
    """What a card reader, a scanner or a person typed: which kind of code, the code, the name where it was read along."""

    kind: str  # person, firm, or nothing
    code: str
    name: str = ""
    way: str = "typed"


def read(text: str) -> Reading:
    """Return the code in what was typed, scanned or read from a card.

    A bare number counts as typed; one inside other text (fields of a card, the address in a QR code) as read from
    a card when a name stands beside it, else as scanned.
    """
    plain = text.strip().upper()
    bare = re.sub(r"[\s\-—–·.]+", "", plain)
    for kind, pattern in (("person", _ID), ("firm", _USCC)):
        if pattern.fullmatch(bare):
            return Reading(kind, bare)
    for kind, pattern in (("person", _ID), ("firm", _USCC)):
        found = pattern.search(plain)
        if found:
            name = _name_beside(text, kind)
            return Reading(kind, found.group(), name, "card" if name and kind == "person" else "scan")
    return Reading("", bare)


def _name_beside(text: str, kind: str) -> str:
    parts = [part.strip() for part in re.split(r"[\s|,，;；:：/=?&#^]+", text)]
    least, most = (2, 20) if kind == "person" else (4, 80)
    shape = re.compile(rf"[\u3400-\u9fff·（）()]{{{least},{most}}}")
    return next((p for p in parts if shape.fullmatch(p) and p not in _NOT_NAMES and not p.endswith("族")), "")
