"""What a window may take and know of, and for which cases its clerk may stand in for the department (收受合一)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.cases.queries.counter import Case, JointCase
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall.models import ReceivingGrant, Reception
from tongban.orgs import queries as orgs
from tongban.orgs import rules as orgs_rules
from tongban.orgs.queries import Presence, Window
from tongban.orgs.rules import LEVEL_WORDS
from tongban.rules import masking
from tongban.rules.errors import NotAllowed


def is_of_place(window: Window) -> bool:
    """Return whether a window belongs to the place whose departments it would stand in for."""
    return orgs_rules.lies_in(window.region, orgs.place(window.pack).region)


def live_grants(window: Window) -> QuerySet[ReceivingGrant]:
    """Return the grants under which a window of another region receives today."""
    today = time.today()
    return ReceivingGrant.objects.filter(
        pack=window.pack, to_id=window.organisation_id, since__lte=today, until__gte=today, revoked_at=None
    )


def allowed_items(window: Window) -> frozenset[str]:
    """Return the codes of the items that a window takes now: of its level, and for another region those granted."""
    items = catalogue.open_items(window.pack, on=time.today())
    own = {
        code
        for code, item in items.items()
        if orgs_rules.takes(window.level, window.items, code, stations=item.stations)
    }
    if not is_of_place(window):
        granted = [(grant.organisation, set(grant.items)) for grant in live_grants(window)]
        own = {c for c in own if any(items[c].org == org and (not named or c in named) for org, named in granted)}
    return frozenset(own)


def takes(window: Window, item_code: str) -> bool:
    """Return whether a window takes an item of its place."""
    return item_code in allowed_items(window)


def require_takes(window: Window, item_codes: Iterable[str]) -> None:
    """Raise NotAllowed, naming them, when a window does not take all of some items."""
    items, allowed = catalogue.items(window.pack), allowed_items(window)
    names = [items[code].name if code in items else code for code in item_codes if code not in allowed]
    if not names:
        return
    if not is_of_place(window):
        raise NotAllowed(
            "hall.no_grant", f"{window.place}没有得到跨域收件授权，不能收：{'、'.join(names)}",
            remedy="请办理部门先授权，或请办事人在网上申办、到办理地的大厅办", items=names,
        )  # fmt: skip
    raise NotAllowed(
        "hall.not_here", f"{window.place}（{LEVEL_WORDS[window.level]}）不收：{'、'.join(names)}",
        remedy="请办事人到市政务服务大厅办理，或用手机、网站申办", items=names,
    )  # fmt: skip


def known(windows: Iterable[Window], joint_ids: Iterable[UUID]) -> set[UUID]:
    """Return which joint cases the windows of another region among some received themselves: only those they know of."""
    away = {w.organisation_id for w in windows if not is_of_place(w)}
    if not away:
        return set()
    rows = Reception.objects.filter(joint_case_id__in=list(joint_ids), window__organisation_id__in=away)
    return set(rows.values_list("joint_case_id", flat=True))


def covers(here: Presence, joint: JointCase) -> bool:
    """Return whether the person at the window may be served in a joint case: always when present, as helper within scope."""
    if here.applicant_id != joint.applicant_id:
        return False
    return here.assistance is None or orgs_rules.covers(
        here.assistance.covers, theme=joint.theme_code, item=joint.item_code
    )


def require_covers(here: Presence, *, theme: str, item: str) -> None:
    """Raise NotAllowed when a helper's mandate does not cover a theme or an item."""
    if here.assistance is not None and not orgs_rules.covers(here.assistance.covers, theme=theme, item=item):
        names = "、".join(f"“{name}”" for name in here.assistance.covers.values())
        raise NotAllowed(
            "hall.out_of_scope", f"{masking.name(here.person.name)}只授权你代办{names}，这一件不在授权里",
            remedy="请本人另行授权，或请本人自己办理",
        )  # fmt: skip


def stand_in(case: Case, *, by: Actor) -> Actor:
    """Return the clerk with the department's own intake post, for one case: 综合窗口受理 on the department's behalf.

    Allowed to who sits at a window of the place that takes the item and did not apply as the person's helper; the history
    keeps clerk, window and channel. Raises NotAllowed.
    """
    windows = [w for w in orgs.windows(by=by) if w.pack == case.joint_case.pack]
    window = next((w for w in windows if is_of_place(w) and takes(w, case.item_code)), None)
    if window is None:
        is_away = bool(windows) and not any(is_of_place(w) for w in windows)
        raise NotAllowed(
            "hall.not_acceptor",
            f"“{case.name}”不归你的窗口受理{f'，只收件转交，由{case.organisation_name}受理' if is_away else ''}",
            remedy=f"请到{case.organisation_name}或市政务服务大厅受理",
        )
    if case.is_tracked_only:
        raise NotAllowed(
            "hall.tracked_only",
            f"“{case.name}”由{case.organisation_name}自己受理，窗口只收件转交",
            remedy="收件后转交，不用在窗口受理",
        )
    helped = Q(presence__assistance__isnull=False, received_by_id=by.account)
    if Reception.objects.filter(helped, joint_case_id=case.joint_case_id).exists():
        raise NotAllowed("hall.own_help", "这件是你替申请人代办的，不能自己受理", remedy="请同事或办理部门受理")
    return replace(
        by, seats={case.desk: frozenset({"clerk"})}, channel="window", name=orgs.signed(by.name, window),
        person_id=None, party_id=None, presence_id=None,
    )  # fmt: skip
