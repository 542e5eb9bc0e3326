"""How people behave in a simulated hall: dice that fall the same for the same seed, and the mix of what happens.

Nothing is remembered between days: what an officer does with a task, and when, follows from the seed and the case number,
so that a run that was cut off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Mix:
    """What share of cases goes which way. Plausible shares of a county's hall, not measured ones (示例)."""

    theme: float = 0.35  # of submissions: a theme (一件事), the others single items
    window: float = 0.25  # of submissions: at the window
    commit: float = 0.6  # of materials that can be promised
    defer: float = 0.3  # of materials that may follow
    ask: float = 0.09  # intake: told once what is missing
    refuse_acceptance: float = 0.02
    silent: float = 0.005  # nobody answers: deemed accepted
    resubmit: float = 0.85  # of those who were asked
    supply: float = 0.8  # of papers that were to follow
    withdraw: float = 0.01
    pause: float = 0.15  # of cases whose item knows a special procedure
    extend: float = 0.01
    back: float = 0.01
    refuse: float = 0.04
    late: float = 0.03
    broken_promise: float = 0.02
    rate: float = 0.35  # of decided cases: their applicants rate
    bad: float = 0.02  # of ratings
    bad_late: float = 0.1  # of bad ratings: verified, or settled, too late
    unseen: float = 0.01  # of tasks: done without opening the case
    cure_late: float = 0.08  # of cards: answered for too late
    appeal: float = 0.05  # of cards
    send_back: float = 0.05  # of reports on cards


def roll(seed: int, *keys: object) -> float:
    """Return a number in [0, 1) that is the same for the same seed and keys, on every machine."""
    text = "\x1f".join((str(seed), *map(str, keys)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big") / 2**56


def pick(seed: int, count: int, *keys: object) -> int:
    """Return an index below `count`, the same for the same seed and keys."""
    return int(roll(seed, *keys) * count)


def patience(seed: int, number: str, kind: str, code: str, *, limit_days: int, steps: int, mix: Mix) -> int:
    """Return after how many working days a task is taken up: mostly well within the limit, for a few too late."""
    if roll(seed, number, "late") < mix.late and kind == "decide":
        return limit_days + 1 + pick(seed, 4, number, "how late")
    room = max(0, limit_days // (steps + 2))
    return pick(seed, room + 1, number, kind, code)
