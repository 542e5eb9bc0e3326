"""Bring the indicators of a pack into force; choose among printed targets."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from tongban.audit import services as audit
from tongban.core import specs as specs_db
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.indicators import permissions
from tongban.indicators.models import Choice, IndicatorVersion
from tongban.indicators.queries import values
from tongban.indicators.rules.spec import IndicatorSpec
from tongban.rules.errors import Invalid


def differences(pack: str, wanted: list[Placed[IndicatorSpec]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes to create, to change and to retire."""
    return specs_db.differences(IndicatorVersion, IndicatorSpec, pack, wanted)


def apply(pack: str, wanted: list[Placed[IndicatorSpec]], *, at: datetime) -> None:
    """Bring the indicators of a pack into force, inside the caller's transaction."""
    specs_db.apply(IndicatorVersion, IndicatorSpec, pack, wanted, at=at)


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list, value) of the indicators in force."""
    rows = specs_db.published(IndicatorVersion, IndicatorSpec, pack).values()
    return [(row.file, "indicators", json.loads(row.spec.model_dump_json(exclude_defaults=True))) for row in rows]


@transaction.atomic
def choose_target(pack: str, code: str, position: int, *, reason: str, by: Actor) -> Choice:
    """Let one of the printed targets count from now on. Raises NotAllowed, NotFound, Invalid."""
    permissions.require_supervisor(pack, by=by)
    targets = values.spec(pack, code).targets
    problems: dict[str, str] = {}
    if not 0 <= position < len(targets):
        problems["target"] = "请选择文件里写的一个目标"
    if not 4 <= len(reason.strip()) <= 300:
        problems["reason"] = "写明为什么用这个目标，4 至 300 个字"
    if problems:
        raise Invalid("indicators.target", f"有 {len(problems)} 处要改", fields=problems)
    row = Choice.objects.create(
        pack=pack, indicator=code, position=position, reason=reason.strip(), by_name=by.name, at=time.now()
    )
    audit.record("indicators.target_chosen", "indicator", code, by=by)
    return row
