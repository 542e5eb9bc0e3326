"""What a window may take, and for which cases its clerk may stand in for the department (收受合一)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tongban.cases.queries.counter import Case
from tongban.catalogue import queries as catalogue
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs import rules as orgs_rules
from tongban.orgs.queries import Window
from tongban.orgs.rules import LEVEL_WORDS
from tongban.rules.errors import NotAllowed


def takes(window: Window, item_code: str) -> bool:
    """Return whether a window takes an item of its place."""
    item = catalogue.items(window.pack).get(item_code)
    return item is not None and orgs_rules.takes(window.level, window.items, item_code, stations=item.stations)


def require_takes(window: Window, item_codes: Iterable[str]) -> None:
    """Raise NotAllowed, naming them, when a window does not take all of some items."""
    items = catalogue.items(window.pack)
    names = [items[code].name if code in items else code for code in item_codes if not takes(window, code)]
    if names:
        raise NotAllowed(
            "hall.not_here", f"{window.place}（{LEVEL_WORDS[window.level]}）不收：{'、'.join(names)}",
            remedy="请办事人到市政务服务大厅办理，或用手机、网站申办", items=names,
        )  # fmt: skip


def is_of_place(window: Window) -> bool:
    """Return whether a window belongs to the place whose departments it would stand in for."""
    return window.region[:6] == orgs.place(window.pack).region[:6]


def stand_in(case: Case, *, by: Actor) -> Actor:
    """Return the clerk with the department's own intake post, for one case: 综合窗口受理 on the department's behalf.

    Allowed to who sits at a window of the place that takes the item; the history keeps clerk, window and channel.
    Raises NotAllowed.
    """
    windows = [w for w in orgs.windows(by=by) if w.pack == case.joint_case.pack and is_of_place(w)]
    window = next((w for w in windows if takes(w, case.item_code)), None)
    if window is None:
        raise NotAllowed(
            "hall.not_acceptor",
            f"“{case.name}”不归你的窗口受理",
            remedy=f"请到{case.organisation_name}或市政务服务大厅受理",
        )
    if case.is_tracked_only:
        raise NotAllowed(
            "hall.tracked_only",
            f"“{case.name}”由{case.organisation_name}自己受理，窗口只收件转交",
            remedy="收件后转交，不用在窗口受理",
        )
    return replace(
        by, seats={case.desk: frozenset({"clerk"})}, channel="window", name=orgs.signed(by.name, window),
        person_id=None, party_id=None, presence_id=None,
    )  # fmt: skip
