"""The morning's digest (早间提醒): what is due or overdue, to who took it and to the heads; cards that nobody signed for.

Source: product guide §9.
"""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db import transaction

from tongban.calendars import queries as calendars
from tongban.cases.queries import watched
from tongban.cases.queries.watched import Due
from tongban.core import time
from tongban.notices import queries as told
from tongban.notices import services as notices
from tongban.notices.services import Told
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.supervision.queries import cards
from tongban.supervision.services.issuing import WATCH, working_day

FROM, UNTIL = 9, 12  # hours in China, on working days
NOTHING = Due(0, 0)


@transaction.atomic
def tell(pack: str) -> int:
    """Send the digest of the day, once, in the morning of working days; return how many persons it went to."""
    today = time.today()
    occurrence = f"digest-{pack}-{today}"
    is_morning = FROM <= time.now().astimezone(time.CHINA).hour < UNTIL
    if not is_morning or not calendars.calendar().is_working_day(today):
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
    """Return what to tell each account: of the units that it leads, then of what it took itself."""
    today, names = time.today(), orgs.organisations(pack)
    units, own = watched.due(pack, on=today, near_on=working_day(today, 1))
    unseen: Counter[str] = Counter()
    for row in cards.waiting(pack, "unseen", by=WATCH):
        unseen[row.organisation] += row.count
    found: dict[UUID, list[str]] = {}
    for code in sorted({*units, *unseen}):
        parts = (_said(units.get(code, NOTHING)), f"{unseen[code]} 张监察牌待签收" if code in unseen else "")
        name = names[code].name if code in names else code
        for account in orgs.colleagues(code, Role.HEAD.value):
            found.setdefault(account, []).append(f"{name}：" + "，".join(part for part in parts if part))
    for account, due in own.items():
        found.setdefault(account, []).append(f"你手上：{_said(due)}")
    return found


def _said(due: Due) -> str:
    parts = (f"{due.late} 件超期" if due.late else "", f"{due.near} 件今天或下一个工作日到期" if due.near else "")
    return "，".join(part for part in parts if part)
