"""Refusals: what a service says when it will not do something, in words a person can act on."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A refusal with a stable code, a Chinese sentence, a remedy and the facts. Nothing was changed."""

    status = 400

    def __init__(self, code: str, message: str, /, *, remedy: str = "", **facts: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.facts = facts

    def as_json(self) -> dict[str, object]:
        """Return the refusal as the API says it."""
        facts = {name: value if isinstance(value, (int, bool, list, dict)) else str(value)
                 for name, value in self.facts.items()}  # fmt: skip
        return {"code": self.code, "message": self.message, "remedy": self.remedy, "facts": facts}


class NotAllowed(DomainError):
    """The actor may know of the thing but may not do this."""

    status = 403


class NotSignedIn(DomainError):
    """Somebody must sign in first."""

    status = 401


class NotFound(DomainError):
    """There is no such thing, or none that the actor may know of: the two look alike."""

    status = 404


class Conflict(DomainError):
    """The thing has moved on: the act does not fit its state."""

    status = 409


class TooLarge(DomainError):
    """A file or a request is too large."""

    status = 413


class Unsupported(DomainError):
    """A file is not of an accepted kind, or not what its name says."""

    status = 415


class Invalid(DomainError):
    """The input does not fit; `fields` says what is wrong with each field, in Chinese."""

    status = 422

    def __init__(
        self, code: str, message: str, /, *, remedy: str = "", fields: Mapping[str, str] | None = None, **facts: object
    ) -> None:
        super().__init__(code, message, remedy=remedy, **facts)
        self.fields = dict(fields or {})
        if self.fields:
            self.facts["fields"] = self.fields


class TooMany(DomainError):
    """Too many tries: wait `wait_s` seconds."""

    status = 429
