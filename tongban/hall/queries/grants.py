"""Grants under which windows of another region receive (跨域收件授权)."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall.models import ReceivingGrant
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Organisation
from tongban.rules.errors import NotAllowed

GRANTERS = ("head", "admin")


def require_granter(organisation: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor heads or administers the organisation."""
    if not by.has_role(organisation, *GRANTERS):
        raise NotAllowed("hall.not_granter", "跨域收件由办理部门的负责人或管理员授权", remedy="请本单位负责人办理")


def hosts(pack: str) -> list[Organisation]:
    """Return the organisations of other regions that have windows here."""
    return orgs.hosts_away(pack)


@dataclass(frozen=True)
class GrantRow:
    """A grant as its page shows it."""

    row: ReceivingGrant
    items: tuple[str, ...]
    words: str
    is_live: bool


def of_organisation(pack: str, organisation: str, *, by: Actor) -> list[GrantRow]:
    """Return the grants of an organisation, the latest first. Raises NotAllowed."""
    require_granter(organisation, by=by)
    specs, today = catalogue.items(pack), time.today()
    rows = ReceivingGrant.objects.select_related("to", "granted_by").filter(pack=pack, organisation=organisation)
    found = []
    for row in rows.order_by("-granted_at")[:100]:
        if row.revoked_at is not None:
            words = f"{time.day_of(row.revoked_at)} 已撤销"
        elif today > row.until:
            words = "已到期"
        else:
            words = "还没有开始" if today < row.since else "有效"
        is_live = row.revoked_at is None and today <= row.until
        found.append(GrantRow(row, tuple(specs[c].name if c in specs else c for c in row.items), words, is_live))
    return found
