"""What happened to ratings, for other apps: ids and moments only. Nothing here says who rated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rated:
    """Somebody rated a case or a visit."""

    rating_id: str
    at: str


@dataclass(frozen=True)
class BadRatingOpened:
    """A bad rating came in: both clocks run."""

    bad_rating_id: str
    at: str


@dataclass(frozen=True)
class BadRatingVerified:
    """A bad rating was verified, in time or late."""

    bad_rating_id: str
    at: str


@dataclass(frozen=True)
class BadRatingLate:
    """A limit of a bad rating passed: kind "verify" or "settle". `at` is the legal moment (24:00 of the last day)."""

    bad_rating_id: str
    kind: str
    at: str


@dataclass(frozen=True)
class BadRatingSettled:
    """A bad rating was settled, in time or late."""

    bad_rating_id: str
    at: str


@dataclass(frozen=True)
class BadRatingExcluded:
    """A rating no longer counts: an appeal against it was upheld."""

    bad_rating_id: str
    at: str
