"""Two people at one text: what both changed, and a draft laid over a version that came meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]


def changed(before: Body, after: Body) -> set[str]:
    """Return the elements in which two bodies differ."""
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}


def merged(base: Body, theirs: Body, mine: Body) -> tuple[dict[str, Any], list[str]]:
    """Return mine laid over theirs, both begun from base, and the elements that both changed otherwise (mine stands)."""
    own = changed(base, mine)
    both = sorted(key for key in own & changed(base, theirs) if theirs.get(key) != mine.get(key))
    body = dict(theirs)
    for key in own:
        if key in mine:
            body[key] = mine[key]
        else:
            body.pop(key, None)
    return body, both
