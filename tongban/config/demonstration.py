"""A living demonstration: generated people and firms, and cases made by running the real services under a moved clock.

Every identity is of the ranges kept for demonstration (standards reference 2.4): nobody real is meant.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from tongban.cases.models import Case, JointCase
from tongban.core import time
from tongban.identity.models import Account, Mandate, Party
from tongban.orgs import queries as orgs
from tongban.orgs.models import Post, Seat, Window, WindowSeat
from tongban.orgs.rules import SUPERVISOR_POST, WINDOW_POST
from tongban.rules import numbers
from tongban.simulation.services import agreeing, running
from tongban.simulation.services.people import Cast
from tongban.simulation.services.running import Run

LIVED_DAYS = 60  # before today, through which the place has lived
PASSWORD = "honghu-demo-2026"  # noqa: S105  # printed for everybody; demo and test profiles only
REGION = "421083"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁"
GIVEN = "建国 秀英 志强 丽华 晓明 雅婷 海燕 文博 思远 子涵 玉兰 国庆 春梅 俊杰 欣怡 立新 桂芳 浩然 慧敏 少华".split()
CASES_A_JOINT = 2.75  # what an application brings on average
TRADES = "湖岸 荷风 江汉 新堤 莲乡 螺山 乌林 瞿湾 峰口 洪湖水".split()
STAFF = {"clerk": "受理岗", "reviewer": "审查岗", "head": "负责人", "admin": "管理员", "supervisor": SUPERVISOR_POST}
NAMED = (  # accounts to try things with: user name, what the page calls them, birthday
    ("gaoxiao", "示例毕业生", date(2004, 5, 12)),
    ("kaidian", "示例店主", date(1988, 3, 2)),
    ("faren", "示例法人", date(1979, 8, 21)),
    ("jingban", "示例经办", date(1994, 11, 9)),
)


def is_loaded() -> bool:
    """Return whether the demonstration accounts are there."""
    return Account.objects.filter(username=NAMED[0][0]).exists()


def has_cases() -> bool:
    """Return whether the demonstration's cases are there."""
    return JointCase.objects.exists()


@transaction.atomic
def load_accounts(seed: int = 2026) -> None:
    """Make people, firms, a mandate and staff for every organisation. All share one password, hashed once."""
    rng = random.Random(seed)  # noqa: S311  # demonstration data, not secrets
    at, hashed = time.now(), make_password(PASSWORD)
    numbers_left = count(1001)
    people: list[Account] = []
    rows = [
        *NAMED,
        *(
            (f"citizen{n:02d}", rng.choice(SURNAMES) + rng.choice(GIVEN), date(1960 + n, 1 + n % 12, 1 + n % 28))
            for n in range(1, 31)
        ),
    ]
    for username, name, born_on in rows:
        code = numbers.demo_id(next(numbers_left), born_on)
        party = Party.objects.create(kind="person", name=name, code_type="111", code=code,
                                     phone=f"1390000{int(code[14:17]):04d}", created_at=at)  # fmt: skip
        people.append(
            Account.objects.create(
                username=username, password=hashed, name=name, kind="citizen", person=party, created_at=at
            )
        )
    firms = []
    for n in range(40, 60):
        owner = people[2] if n < 43 else rng.choice(people[4:])
        name = f"洪湖市{TRADES[n % 10]}{'商贸 餐饮 物流 酒店管理 食品'.split()[n % 5]}有限公司（示例）"
        firms.append(Party.objects.create(kind="firm", name=name, code_type="001", code=numbers.demo_uscc("91", REGION, n),
                                          phone=owner.person.phone if owner.person else "", representative=owner.person, created_at=at))  # fmt: skip
    agent_id = people[3].person_id
    assert agent_id is not None
    Mandate.objects.create(principal=firms[0], agent_id=agent_id, expires_on=time.day_of(at) + timedelta(days=365),
                           granted_by=people[2], granted_at=at)  # fmt: skip
    posts = Post.objects.select_related("organisation").filter(
        organisation__pack=settings.PLACE, name__in=STAFF.values()
    )
    words = {name: role for role, name in STAFF.items()}
    accounts = [
        Account(username=f"{post.organisation.code}-{words[post.name]}", password=hashed, kind="staff", created_at=at,
                name=f"{SURNAMES[n % len(SURNAMES)]}{post.name[0]}某")
        for n, post in enumerate(posts)
    ]  # fmt: skip
    Account.objects.bulk_create(accounts)
    Seat.objects.bulk_create(
        Seat(post=post, account=account, since=at) for post, account in zip(posts, accounts, strict=True)
    )
    _load_window_clerks(hashed, at)


STATIONS = {"township": "station-town", "village": "station-village"}


def _load_window_clerks(hashed: str, at: datetime) -> None:
    """Put a clerk at every window: window-01 … in the hall, one at the station of a township and of a village."""
    for n, window in enumerate(Window.objects.filter(pack=settings.PLACE, is_closed=False).order_by("position")):
        username = f"window-{window.number}" if window.level == "hall" else STATIONS[window.level]
        if Account.objects.filter(username=username).exists():
            continue
        account = Account.objects.create(
            username=username, password=hashed, kind="staff", name=f"{SURNAMES[n % len(SURNAMES)]}窗某", created_at=at
        )
        post = Post.objects.get(organisation_id=window.organisation_id, name=WINDOW_POST)
        Seat.objects.create(post=post, account=account, since=at)
        WindowSeat.objects.create(window=window, account=account, since=at)


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demonstration as `tongban demo accounts` lists it."""

    account: str
    password: str
    kind: str
    name: str
    organisation: str | None
    organisation_name: str | None
    roles: list[str]
    about: str


def accounts() -> list[DemoAccount]:
    """Return the demonstration accounts, the ones to begin with first."""
    about = {"gaoxiao": "高校毕业生，办就业一件事", "kaidian": "开店的人，办酒店一件事", "faren": "法定代表人，名下有三家公司",
             "jingban": "受第一家公司委托的经办人",
             "window-01": "大厅综合窗口，收件、受理"}  # fmt: skip
    seats = {s.account_id: s for s in Seat.objects.select_related("post__organisation").filter(ended_at=None)}
    rows = Account.objects.filter(is_active=True).order_by("kind", "username")
    made = [
        DemoAccount(row.username, PASSWORD, row.kind, row.name, seats[row.pk].post.organisation.code if row.pk in seats else None,
                    seats[row.pk].post.organisation.name if row.pk in seats else None,
                    list(seats[row.pk].post.roles) if row.pk in seats else [], about.get(row.username, ""))
        for row in rows
    ]  # fmt: skip
    return sorted(made, key=lambda row: (row.about == "", row.kind))


def load_cases(joints: int = 120, *, days: int = LIVED_DAYS, seed: int = 2026) -> int:
    """Let the place live through the last `days` days with about `joints` applications; return how many cases there are.

    The simulation runs the real services under a moved clock; half of the applicants are those of the demonstration.
    """
    now = time.now()
    per_day = max(1, round(joints * CASES_A_JOINT / (days * 5 / 7)))
    first_on, place = time.day_of(now) - timedelta(days=days), orgs.place(settings.PLACE)
    agreeing.agree(settings.PLACE, before_on=first_on, cast=Cast(seed, place.region), town=place.name)
    running.run(
        Run(settings.PLACE, first_on, days + 1, per_day, seed=seed, until=now),
        known=applicants(),
    )  # fmt: skip
    return Case.objects.count()


def applicants() -> list[Account]:
    """Return the demonstration's people who apply in the simulation; the first two are left to whoever tries the site."""
    rows = Account.objects.filter(kind="citizen").exclude(username__in=[name for name, *_ in NAMED[:2]])
    return list(rows.exclude(username__startswith="sim-").order_by("username"))
