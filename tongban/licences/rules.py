"""Electronic licences (电子证照): types, identifiers, states. Source: GB/T 36903, GB/T 36904—2018."""

from __future__ import annotations

import calendar as months
import enum
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tongban.rules.specs import Spec
from tongban.vocabulary.rules import Code, Text


class Face(Spec):
    """One line of the face (照面信息) of a licence: where its value comes from."""

    key: Code
    label: Text
    # "element:<data element>", "holder.name", "holder.code", or "text:<fixed words>".
    source: Annotated[str, StringConstraints(pattern=r"^(element:[a-z0-9-]+|holder\.(name|code)|text:.+)$")]


class LicenceType(Spec):
    """A licence type (证照类型) as its defining body describes it."""

    code: Code
    name: Text
    # 3-digit sequence within the defining body; with its credit code it makes the 21-character type code.
    serial: str = Field(pattern=r"^\d{3}$")
    kind: Literal["证照", "批文", "证明"] = "证照"
    valid_months: int | None = Field(default=None, ge=1, le=600)
    face: tuple[Face, ...]
    number_format: str = "{year}{serial:06d}"


class State(enum.StrEnum):
    """The state of a licence. Source: standards reference 3.3."""

    VALID = "valid"  # 有效
    SUPERSEDED = "superseded"  # 已变更
    REVOKED = "revoked"  # 撤销
    CANCELLED = "cancelled"  # 注销


class Verdict(enum.StrEnum):
    """What the public check page says."""

    VALID = "valid"
    PARTIAL = "partial"  # 行业综合许可证: some of its licences cannot be used any more
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


VERDICT_WORDS = {
    Verdict.VALID: "真实有效",
    Verdict.PARTIAL: "真实，部分失效",
    Verdict.EXPIRED: "真实，但已过期",
    Verdict.REVOKED: "真实，但已失效",
    Verdict.UNKNOWN: "没有查到这份证照",
}


SHORT_WORDS = {
    Verdict.VALID: "有效",
    Verdict.PARTIAL: "部分失效",
    Verdict.EXPIRED: "已过期",
    Verdict.REVOKED: "已失效",
    Verdict.UNKNOWN: "没有查到",
}
STATE_WORDS = {State.VALID: "有效", State.SUPERSEDED: "已变更", State.REVOKED: "已撤销", State.CANCELLED: "已注销"}


def verdict(state: State, valid_until: date | None, *, on: date) -> Verdict:
    """Return whether a licence can be used on a day."""
    if state != State.VALID:
        return Verdict.REVOKED
    if valid_until is not None and on > valid_until:
        return Verdict.EXPIRED
    return Verdict.VALID


def combined(own: Verdict, components: Iterable[Verdict]) -> Verdict:
    """Return whether a permit (行业综合许可证) can be used: as its own state says, and as far as its licences can.

    A licence that is no permit has no components and stands for itself.
    """
    usable = [each == Verdict.VALID for each in components]
    if own != Verdict.VALID or all(usable):
        return own
    return Verdict.PARTIAL if any(usable) else Verdict.REVOKED


def expiry(issued_on: date, valid_months: int | None) -> date | None:
    """Return the last day of validity: the day before the same day `valid_months` later; None is long-term (长期)."""
    if valid_months is None:
        return None
    year, month = divmod(issued_on.year * 12 + issued_on.month - 1 + valid_months, 12)
    day = min(issued_on.day, months.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)
