"""Change the thresholds of a place: a new version with its reason; cards keep the version they were given under."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from pydantic import ValidationError

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Conflict, Invalid
from tongban.supervision import permissions
from tongban.supervision.models import ThresholdVersion
from tongban.supervision.queries import thresholds
from tongban.supervision.rules.kinds import Thresholds


@transaction.atomic
def publish(pack: str, values: Mapping[str, object], *, reason: str, seen: int, by: Actor) -> ThresholdVersion:
    """Bring thresholds into force from now on. `seen` is the version the page showed.

    Raises NotAllowed, Invalid (fields by their path, `kinds.promise_over.points`), Conflict (changed meanwhile, no change).
    """
    permissions.require_overseer(pack, by=by)
    fields: dict[str, str] = {}
    reason = reason.strip()
    if not 5 <= len(reason) <= 200:
        fields["reason"] = "请写明为什么改，5 至 200 个字"
    try:
        wanted = Thresholds.model_validate(dict(values))
    except ValidationError as problem:
        for error in problem.errors():
            fields[".".join(str(part) for part in error["loc"])] = _words(error["type"], error.get("ctx", {}))
    if fields:
        raise Invalid("card.thresholds", f"有 {len(fields)} 处要改", fields=fields)
    before = thresholds.in_force(pack)
    if before.version != seen:
        raise Conflict(
            "card.thresholds_moved",
            f"打开这一页之后，规则已经改到第 {before.version} 版",
            remedy="刷新页面看最新的规则再改",
        )
    if wanted == before.thresholds:
        raise Conflict("card.thresholds_same", "和现在的规则一样，没有改动", remedy="改了再保存")
    row = ThresholdVersion.objects.create(
        pack=pack, version=before.version + 1, body=wanted.model_dump_json(), reason=reason, at=time.now(), account_id=by.account,
        by_name=by.name[:60],
    )  # fmt: skip
    audit.record("cards.thresholds", "place", pack, by=by, organisation=",".join(sorted(by.seats))[:64])
    return row


def _words(kind: str, limits: Mapping[str, object]) -> str:
    if kind.startswith(("greater_than", "less_than")):
        low, high = limits.get("ge"), limits.get("le")
        return f"不小于 {low}" if low is not None else f"不大于 {high}"
    if kind.startswith("int"):
        return "应当是整数"
    return "这一处填得不对"
