"""Make licences of published types."""

from __future__ import annotations

from uuid import UUID, uuid4

from tongban.core.actor import Actor
from tongban.identity.models import Party
from tongban.licences import services
from tongban.licences.models import Licence
from tongban.licences.services import Ground, Issuer
from tongban.orgs import queries as orgs

VALUES = {"premises-name": "湖岸酒店", "premises-address": "新堤街道示例路 1 号", "lodging-scale": "15 至 49 间"}


def licence(
    holder: Party, type_code: str = "business-licence", *, org: str = "market", case_id: UUID | None = None
) -> Licence:
    """Issue a licence of 洪湖 to a party."""
    body, place = orgs.organisations("honghu")[org], orgs.place("honghu")
    issuer = Issuer(org, body.full_name, body.uscc, place.definer)
    ground = Ground("honghu", holder.pk, case_id or uuid4(), "办件一", issuer, VALUES)
    return services.issue(type_code, ground, by=Actor.system())
