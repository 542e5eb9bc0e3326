"""跨域收件授权: the deciding organisation lets windows of another region receive for it, and takes that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall import rules
from tongban.hall.models import ReceivingGrant
from tongban.hall.queries import grants
from tongban.rules.errors import Conflict, Invalid, NotFound


@transaction.atomic
def grant(
    pack: str,
    organisation: str,
    *,
    to: str,
    items: Sequence[str],
    since: date,
    until: date,
    hand_over_days: int,
    by: Actor,
) -> ReceivingGrant:
    """Let the windows of an organisation of another region receive; no items means all of the granting organisation.

    Made by its head or administrator. Raises NotAllowed, Invalid, Conflict when such a grant is in force.
    """
    grants.require_granter(organisation, by=by)
    hosts = {row.code: row for row in grants.hosts(pack)}
    own = {code for code, item in catalogue.items(pack).items() if item.org == organisation}
    problems: dict[str, str] = {}
    if to not in hosts:
        problems["to"] = "请选择有窗口的外地单位"
    if set(items) - own:
        problems["items"] = "只能授权收本单位的事项"
    if since < time.today():
        problems["since"] = "开始日期不能早于今天"
    if not since <= until <= since + timedelta(days=rules.MOST_GRANT_DAYS):
        problems["until"] = "到期日应在开始日期之后三年以内"
    if not 1 <= hand_over_days <= rules.MOST_HAND_OVER_DAYS:
        problems["hand_over_days"] = f"移交期限应为 1 至 {rules.MOST_HAND_OVER_DAYS} 个工作日"
    if problems:
        raise Invalid("hall.grant", f"有 {len(problems)} 处要改", fields=problems)
    same = ReceivingGrant.objects.filter(
        pack=pack, organisation=organisation, to=hosts[to], revoked_at=None, until__gte=since, since__lte=until
    )
    if any(not row.items or not items or set(row.items) & set(items) for row in same):
        raise Conflict(
            "hall.grant_twice", f"{hosts[to].name}在这段时间已有授权，事项重复", remedy="先撤销原来的授权，再重新授权"
        )
    row = ReceivingGrant.objects.create(
        pack=pack, organisation=organisation, to=hosts[to], items=sorted(set(items)), since=since, until=until,
        hand_over_days=hand_over_days, granted_by_id=by.account, granted_at=time.now(),
    )  # fmt: skip
    audit.record("hall.granted", "receiving_grant", row.pk, by=by, organisation=organisation)
    return row


@transaction.atomic
def revoke(grant_id: UUID, *, by: Actor) -> None:
    """Take a grant back: nothing new is received under it; what was received is handed over. Raises NotFound."""
    own = by.organisations_as(*grants.GRANTERS)
    rows = ReceivingGrant.objects.select_for_update(of=("self",)).filter(organisation__in=own)
    row = rows.filter(pk=grant_id, revoked_at=None).first()
    if row is None:
        raise NotFound("hall.no_grant_row", "没有找到这份授权，可能已经撤销", remedy="刷新列表")
    row.revoked_at = time.now()
    row.save(update_fields=["revoked_at"])
    audit.record("hall.grant_revoked", "receiving_grant", row.pk, by=by, organisation=row.organisation)
