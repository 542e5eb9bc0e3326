"""Change the thresholds of a place or of one of its regions: a new version with its reason; cards keep that of their day."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from pydantic import ValidationError

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Conflict, Invalid, NotFound
from tongban.supervision import permissions
from tongban.supervision.models import ThresholdVersion
from tongban.supervision.queries import thresholds
from tongban.supervision.queries.thresholds import InForce
from tongban.supervision.rules.kinds import Thresholds


@transaction.atomic
def publish(
    pack: str, values: Mapping[str, object], *, reason: str, seen: int, by: Actor, region: str = ""
) -> ThresholdVersion:
    """Bring thresholds into force from now on, for the place or for a region's units. `seen` is the version the page showed.

    Raises NotAllowed, Invalid (fields by their path, `kinds.promise_over.points`), NotFound (region), Conflict (changed
    meanwhile, no change).
    """
    permissions.require_overseer(pack, by=by)
    _require_region(pack, region)
    fields = _faults(reason)
    try:
        wanted = Thresholds.model_validate(dict(values))
    except ValidationError as problem:
        for error in problem.errors():
            fields[".".join(str(part) for part in error["loc"])] = _words(error["type"], error.get("ctx", {}))
    if fields:
        raise Invalid("card.thresholds", f"有 {len(fields)} 处要改", fields=fields)
    before = _require_seen(pack, region, seen)
    if wanted == before.thresholds:
        raise Conflict("card.thresholds_same", "和现在的规则一样，没有改动", remedy="改了再保存")
    return _add(pack, region, wanted.model_dump_json(), reason, by=by)


@transaction.atomic
def withdraw(pack: str, region: str, *, reason: str, seen: int, by: Actor) -> ThresholdVersion:
    """Let a region follow the place again from now on. Raises NotAllowed, Invalid, NotFound, Conflict (it has none of its own)."""
    permissions.require_overseer(pack, by=by)
    _require_region(pack, region)
    fields = _faults(reason)
    if fields:
        raise Invalid("card.thresholds", "还没有写原因", fields=fields)
    if not region or _require_seen(pack, region, seen).region != region:
        raise Conflict("card.thresholds_not_own", "这个区划本来就没有自己的规则", remedy="不用再改")
    return _add(pack, region, "", reason, by=by)


def _require_region(pack: str, region: str) -> None:
    if region and region not in dict(thresholds.regions(pack)):
        raise NotFound("card.thresholds_region", "没有这个区划，或这个区划没有单位", remedy="从列表里选一个区划")


def _faults(reason: str) -> dict[str, str]:
    return {} if 5 <= len(reason.strip()) <= 200 else {"reason": "请写明为什么改，5 至 200 个字"}


def _require_seen(pack: str, region: str, seen: int) -> InForce:
    before = thresholds.in_force(pack, region)
    if before.version != seen:
        raise Conflict(
            "card.thresholds_moved",
            f"打开这一页之后，规则已经改到第 {before.version} 版",
            remedy="刷新页面看最新的规则再改",
        )
    return before


def _add(pack: str, region: str, body: str, reason: str, *, by: Actor) -> ThresholdVersion:
    newest = ThresholdVersion.objects.filter(pack=pack).order_by("-version").values_list("version", flat=True).first()
    row = ThresholdVersion.objects.create(
        pack=pack, region=region, version=(newest or 0) + 1, body=body, reason=reason.strip(), at=time.now(),
        account_id=by.account, by_name=by.name[:60],
    )  # fmt: skip
    audit.record("cards.thresholds", "place", region or pack, by=by, organisation=",".join(sorted(by.seats))[:64])
    return row


def _words(kind: str, limits: Mapping[str, object]) -> str:
    if kind.startswith(("greater_than", "less_than")):
        low, high = limits.get("ge"), limits.get("le")
        return f"不小于 {low}" if low is not None else f"不大于 {high}"
    if kind.startswith("int"):
        return "应当是整数"
    return "这一处填得不对"
