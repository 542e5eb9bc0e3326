"""What windows hand over and hand out: counts and differences, who may collect, how long a pickup waits. Plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# After how many working days a paper result that nobody collected is recalled to the applicant, once.
REMIND_AFTER_DAYS = 5
MOST_COPIES = 999
MOST_HAND_OVER_DAYS = 20
MOST_GRANT_DAYS = 3 * 366
AUTHORITIES = {
    "self": "本人", "representative": "法定代表人", "mandate": "受委托经办人（平台授权）", "letter": "代领人（书面授权委托书）",
}  # fmt: skip
SCORES = {5: "很满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "很不满意"}


@dataclass(frozen=True)
class Counted:
    """A line of a hand-over sheet: copies handed over, copies that arrived."""

    name: str
    copies: int
    received: int


def differences(lines: Iterable[Counted]) -> tuple[str, ...]:
    """Return in Chinese where what arrived is not what was handed over."""
    return tuple(
        f"{line.name}：交 {line.copies} 份，收 {line.received} 份" for line in lines if line.received != line.copies
    )


def signs(typed: str, name: str) -> bool:
    """Return whether what somebody typed as signature is the own name, blanks aside."""
    return bool(name) and "".join(typed.split()) == "".join(name.split())


@dataclass(frozen=True)
class Collector:
    """Who stands at the window to collect: the person, for whom checked in, and what the applicant's record says."""

    is_applicant: bool
    is_representative: bool
    acts_for_applicant: bool
    has_letter: bool


def authority(who: Collector) -> str:
    """Return by which right somebody collects (a key of `AUTHORITIES`), or an empty text when by none."""
    if who.is_applicant:
        return "self"
    if who.is_representative:
        return "representative"
    if who.acts_for_applicant:
        return "mandate"
    return "letter" if who.has_letter else ""
