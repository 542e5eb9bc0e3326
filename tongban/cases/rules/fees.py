"""When the fee of a case is due, what it holds back, and when it goes back. A fee never stops the statutory clock.

Source: 行政许可法 art. 58, 59, 82.
"""

from __future__ import annotations

import enum

from tongban.cases.rules.life import CLOSED, INTAKE, WORKING, State


class Standing(enum.StrEnum):
    """What the state of a case means for its fee."""

    TO_COME = "to_come"  # not asked for yet, or not any more
    DUE = "due"
    ENDED = "ended"  # the case ended without a result
    KEPT = "kept"  # the result was given and taken away again: the fee stays as it is


_FROM = {
    "before_acceptance": (*INTAKE, State.RETURNED, *WORKING, State.GRANTED),
    "before_decision": (*WORKING, State.GRANTED),
    "before_result": (State.GRANTED,),
}


def standing(when: str, state: State) -> Standing:
    """Return what a state means for a fee that is asked for `before_acceptance`, `before_decision` or `before_result`."""
    if state in _FROM[when]:
        return Standing.DUE
    if state is State.REVOKED:
        return Standing.KEPT
    return Standing.ENDED if state in CLOSED else Standing.TO_COME
