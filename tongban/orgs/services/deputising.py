"""Name who stands in for whom (AB 岗、代理), for some days or until it is ended."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries
from tongban.orgs.models import Deputy, Organisation, Seat
from tongban.orgs.rules import Role
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid, NotFound


@transaction.atomic
def appoint(
    pack: str, code: str, *, absent: UUID, deputy: UUID, since_on: date, until_on: date | None, reason: str, by: Actor
) -> Deputy:
    """Let one colleague stand in for another: by oneself for oneself, or by the organisation's administrator.

    `until_on` None is the B of an A (AB 岗). Administration is never deputised. Raises Invalid, NotFound, Conflict.
    """
    organisation = _organisation(pack, code, absent, by)
    reason = masking.normal(reason)
    problems: dict[str, str] = {}
    here = set(Seat.objects.filter(post__organisation=organisation, ended_at=None).values_list("account_id", flat=True))
    if absent not in here:
        problems["absent"] = "请选本单位的人员"
    if deputy not in here or deputy == absent:
        problems["deputy"] = "请选本单位的另一位同事"
    if until_on is not None and (until_on < since_on or until_on < time.today()):
        problems["until_on"] = "结束日期不能早于开始日期和今天；长期的留空"
    if not 2 <= len(reason) <= 100:
        problems["reason"] = "请写原因，2 至 100 个字"
    if problems:
        raise Invalid("orgs.deputy", f"有 {len(problems)} 处要改", fields=problems)
    try:
        with transaction.atomic():
            row = Deputy.objects.create(
                organisation=organisation, absent_id=absent, deputy_id=deputy, since_on=since_on, until_on=until_on, reason=reason,
                appointed_by_id=by.account, appointed_at=time.now(),
            )  # fmt: skip
    except IntegrityError as problem:
        raise Conflict(
            "orgs.deputy_there", "这两位已经有一条没结束的代理", remedy="先结束那一条，再重新设"
        ) from problem
    audit.record("orgs.deputy", "deputy", row.pk, by=by, organisation=code)
    return row


def _organisation(pack: str, code: str, absent: UUID, by: Actor) -> Organisation:
    if by.has_role(code, Role.ADMIN.value):
        return queries.own_organisation(pack, code, by=by)
    row = Organisation.objects.filter(pack=pack, code=code, is_retired=False).first()
    if row is None or code not in by.seats or absent != by.account_id:
        raise NotFound("orgs.not_yours", "只能给自己设代理；给别人设，请本单位管理员来办")
    return row


@transaction.atomic
def end(deputy_id: UUID, *, by: Actor) -> None:
    """End a stand-in now. Raises NotFound."""
    row = (
        Deputy.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=deputy_id, ended_at=None)
        .first()
    )
    may = row is not None and (by.has_role(row.organisation.code, Role.ADMIN.value) or row.absent_id == by.account_id)
    if row is None or not may:
        raise NotFound("orgs.no_deputy", "没有找到这条代理，可能已经结束")
    row.ended_at = time.now()
    row.save(update_fields=["ended_at"])
    audit.record("orgs.deputy_ended", "deputy", row.pk, by=by, organisation=row.organisation.code)
