"""What happened to cases, for other apps: ids and moments only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JointCaseOpened:
    """An application was submitted."""

    joint_case_id: str
    at: str


@dataclass(frozen=True)
class CaseMoved:
    """A case made a move of the table."""

    case_id: str
    joint_case_id: str
    verb: str
    state: str
    at: str


@dataclass(frozen=True)
class JointCaseClosed:
    """The last member of a joint case closed."""

    joint_case_id: str
    at: str


@dataclass(frozen=True)
class FeeAsked:
    """The applicant was asked to pay the fee of a case."""

    case_id: str
    order_id: str


@dataclass(frozen=True)
class CaseStarted:
    """A member whose item a decision table may decide (秒批) began, after those it had waited for."""

    case_id: str
    at: str
