"""智能秒批: what a case knows besides its form, what a table says about it, and what no table may overrule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OPEN_WAYS = ("", "none", "missing", "defer")  # nothing has come, and the item demands it


@dataclass(frozen=True)
class Handed:
    """A material that the item demands of this applicant: the way it came, and whether it may be left out."""

    way: str
    is_optional: bool = False
    has_licence: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is still to come: missing, to follow (容缺), or the result of a member that brought none."""
        if self.way == "member":
            return not self.has_licence
        return self.way in OPEN_WAYS and not (self.is_optional and self.way != "defer")


def computed(materials: Iterable[Handed], *, is_barred: bool, applicant_kind: str) -> dict[str, str | bool]:
    """Return the facts that a case knows of itself, by the names of `decisions.rules.facts`.

    `is_barred` says whether a commitment of the applicant was found to be false within its time.
    """
    rows = list(materials)
    ways = {row.way for row in rows}
    return {
        "materials-in-hand": not any(row.is_open for row in rows) and "counter" not in ways,
        "nothing-deferred": "defer" not in ways,
        "nothing-at-counter": "counter" not in ways,
        "nothing-promised": "commit" not in ways,
        "no-broken-promise": not is_barred,
        "applicant-kind": applicant_kind,
    }


def says(
    outcome: object, *, output: str, grant: Iterable[str], refuse: Iterable[str], materials: Iterable[Handed]
) -> bool | None:
    """Return whether a table grants (True) or refuses (False) a case; None leaves it to people.

    Several answers at once, an answer without meaning, and a material still to come are for people.
    """
    value = outcome.get(output) if isinstance(outcome, Mapping) else None
    if any(row.is_open for row in materials):
        return None
    return True if value in set(grant) else False if value in set(refuse) else None
