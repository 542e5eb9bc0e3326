"""The morning's digest (早间提醒): what is due or overdue, to who took it and to the heads; cards that nobody signed for.

Source: product guide §9.
"""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from tongban.calendars import queries as calendars
from tongban.cases.queries import watched
from tongban.core import time
from tongban.notices import queries as told
from tongban.notices import services as notices
from tongban.notices.services import Told
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.supervision.models import Card
from tongban.supervision.rules.flow import State
from tongban.supervision.services.issuing import working_day

HOUR = 9  # in China, on working days


@transaction.atomic
def tell(pack: str) -> int:
    """Send the digest of the day, once, from nine o'clock on working days; return how many persons it went to."""
    today = time.today()
    occurrence = f"digest-{pack}-{today}"
    if time.now().astimezone(time.CHINA).hour < HOUR or not calendars.calendar().is_working_day(today):
        return 0
    if told.was_told(occurrence):
        return 0
    words = _words(pack)
    notices.tell_desk(
        Told([account], occurrence, f"{today} 提醒", "。".join(said) + "。", "/work/")
        for account, said in words.items()
    )
    return len(words)


def _words(pack: str) -> dict[UUID, list[str]]:
    """Return what to tell each account: of its unit first, for who leads it, then of what it took itself."""
    units: dict[str, Counter[str]] = {}
    own: dict[UUID, list[str]] = {}
    today = time.today()
    for row in watched.due(pack, on=today, near_on=working_day(today, 1)):
        units.setdefault(row.organisation, Counter()).update({"near": row.near, "late": row.late})
        if row.account_id:
            own.setdefault(row.account_id, []).append(f"你手上：{_said(row.near, row.late)}")
    unseen = Card.objects.filter(
        pack=pack, standing__is_seen=False, standing__state__in=[State.ISSUED.value, State.RECTIFIED.value]
    )
    for code, count in unseen.order_by().values_list("organisation").annotate(n=Count("pk")):
        units.setdefault(code, Counter())["cards"] = count
    found: dict[UUID, list[str]] = {}
    for code, counts in units.items():
        said = [_said(counts["near"], counts["late"]), f"{counts['cards']} 张监察牌待签收" if counts["cards"] else ""]
        for account in orgs.colleagues(code, Role.HEAD.value):
            found.setdefault(account, []).append("本单位：" + "，".join(part for part in said if part))
    for account, lines in own.items():
        found.setdefault(account, []).extend(lines)
    return found


def _said(near: int, late: int) -> str:
    parts = (f"{late} 件超期" if late else "", f"{near} 件今天或下一个工作日到期" if near else "")
    return "，".join(part for part in parts if part)
