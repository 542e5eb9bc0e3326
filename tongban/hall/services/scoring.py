"""A person scores the helper who applied for him (帮代办评分), once for each application."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall import rules
from tongban.hall.models import HelperScore
from tongban.hall.queries import assisted
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid, NotFound


@transaction.atomic
def score(joint_id: UUID, *, score: int, text: str, by: Actor) -> HelperScore:
    """Score the helper of one's own application, 1 to 5. Raises NotFound, Invalid, Conflict when scored before."""
    reception = assisted.reception_for(joint_id, by=by)
    if reception is None:
        raise NotFound("hall.not_helped", "没有找到这件代办，或者它不是替你办的", remedy="回到帮代办页面重新选择")
    if score not in rules.SCORES:
        raise Invalid("hall.score", "有 1 处要改", fields={"score": "请选 1 至 5 分"})
    assert by.person_id is not None
    try:
        with transaction.atomic():
            row = HelperScore.objects.create(
                joint_case_id=joint_id, helper_id=reception.received_by_id, person_id=by.person_id, score=score,
                text=masking.normal(text)[:300], at=time.now(),
            )  # fmt: skip
    except IntegrityError as problem:
        raise Conflict("hall.scored", "这件已经评过分，一件只评一次", remedy="谢谢你的评价") from problem
    audit.record("hall.scored", "joint_case", joint_id, by=by)
    return row
