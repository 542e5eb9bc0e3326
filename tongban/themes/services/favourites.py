"""Keep items to find them again (收藏)."""

from __future__ import annotations

from django.db import transaction

from tongban.audit import services as audit
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Conflict, NotAllowed
from tongban.themes.models import Favourite

MOST = 200


@transaction.atomic
def keep(pack: str, code: str, *, by: Actor) -> None:
    """Keep an item in its present version; keeping it again says that its changes were seen.

    Raises NotFound, NotAllowed for who is no citizen, Conflict at the two hundredth.
    """
    _require_citizen(by)
    version = catalogue.item(pack, code).version
    own = Favourite.objects.select_for_update().filter(owner_id=by.account)
    others = [row.pk for row in own if (row.pack, row.item_code) != (pack, code)]
    if len(others) >= MOST:
        raise Conflict("themes.favourites_full", f"最多收藏 {MOST} 项", remedy="到“我的空间”删去不用的，再收藏")
    row, is_new = Favourite.objects.update_or_create(
        owner_id=by.account, pack=pack, item_code=code,
        defaults={"seen_version": version}, create_defaults={"seen_version": version, "kept_at": time.now()},
    )  # fmt: skip
    audit.record("themes.favourite_kept" if is_new else "themes.favourite_seen", "favourite", row.pk, by=by)


@transaction.atomic
def drop(pack: str, code: str, *, by: Actor) -> None:
    """Keep an item no longer; dropping what is not kept does nothing."""
    _require_citizen(by)
    row = Favourite.objects.select_for_update().filter(owner_id=by.account, pack=pack, item_code=code).first()
    if row is not None:
        audit.record("themes.favourite_dropped", "favourite", row.pk, by=by)
        row.delete()


def _require_citizen(by: Actor) -> None:
    if by.person_id is None or by.presence_id is not None:
        raise NotAllowed("themes.no_person", "这个账号不能收藏", remedy="请用个人账号登录后收藏")
