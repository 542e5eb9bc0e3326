"""Conditions (情形) in specs: which answers make a member, a field or a material apply."""

from __future__ import annotations

from collections.abc import Mapping

# A condition is a mapping from a fact to its accepted values, all of which must hold;
# a list of mappings holds when one of them does. No condition always holds.
When = dict[str, list[str]] | list[dict[str, list[str]]] | None
Facts = Mapping[str, str]


def alternatives(when: When) -> list[dict[str, list[str]]]:
    """Return the condition as a list of mappings of which one must hold; empty when there is none."""
    if not when:
        return []
    return when if isinstance(when, list) else [when]


def facts_of(when: When) -> set[str]:
    """Return the names of the facts that a condition asks about."""
    return {name for mapping in alternatives(when) for name in mapping}


def holds(when: When, facts: Facts) -> bool | None:
    """Return whether the condition holds; None when a fact it needs is not known yet.

    A fact with several values (a multiple choice) is written with “|” between them and fits when one fits.
    """
    verdicts = [_all_hold(mapping, facts) for mapping in alternatives(when)]
    if not verdicts or True in verdicts:
        return True
    return None if None in verdicts else False


def _all_hold(mapping: dict[str, list[str]], facts: Facts) -> bool | None:
    unknown = False
    for name, accepted in mapping.items():
        value = facts.get(name)
        if value is None or value == "":
            unknown = True
        elif not set(value.split("|")) & set(accepted):
            return False
    return None if unknown else True
