"""Change what a place sets for its ratings: a new version, by who supervises, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from pydantic import ValidationError

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation import permissions
from tongban.evaluation.models import TermsVersion
from tongban.evaluation.queries.terms import terms, version
from tongban.evaluation.rules.handling import checked_words
from tongban.evaluation.rules.terms import NUMBERS, Terms
from tongban.rules.errors import Conflict, Invalid


@transaction.atomic
def change(pack: str, numbers: Mapping[str, str], *, reason: str, seen: int, by: Actor) -> TermsVersion:
    """Set the numbers of a place, those not given stay; running clocks keep theirs. Raises NotAllowed, Invalid, Conflict."""
    permissions.require_supervisor(pack, by=by)
    if version(pack) != seen:
        raise Conflict("evaluation.terms_stale", "别人刚改过这些设置，刚才的修改没有保存", remedy="重新打开这一页再改")
    words = checked_words(reason, "为什么要改", field="reason", least=4)[:200]
    body = terms(pack).model_dump() | {name: numbers[name].strip() for name in NUMBERS if name in numbers}
    try:
        changed = Terms.model_validate(body)
    except ValidationError as problem:
        fields = {str(error["loc"][0]): _words(str(error["loc"][0])) for error in problem.errors()}
        raise Invalid("evaluation.terms", f"有 {len(fields)} 处要改", fields=fields) from problem
    row = TermsVersion.objects.create(
        pack=pack,
        version=seen + 1,
        body=changed.model_dump_json(),
        changed_by_id=by.account,
        reason=words,
        at=time.now(),
    )
    audit.record("evaluation.terms_changed", "evaluation_terms", row.pk, by=by, reason=words[:64])
    return row


def _words(name: str) -> str:
    rules = Terms.model_fields[name].metadata
    least = next((rule.ge for rule in rules if hasattr(rule, "ge")), 1)
    most = next((rule.le for rule in rules if hasattr(rule, "le")), 365)
    return f"“{NUMBERS.get(name, (name, ''))[0]}”应为 {least} 至 {most} 的整数"
