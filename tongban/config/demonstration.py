"""A living demonstration: generated people and firms, and cases made by running the real services under a moved clock.

Every identity is of the ranges kept for demonstration (standards reference 2.4): nobody real is meant.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from math import ceil
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from tongban.calendars import queries as calendars
from tongban.cases.models import Case, JointCase, Task
from tongban.cases.rules.life import State
from tongban.cases.rules.plan import Plan, PlannedField
from tongban.cases.services import acceptance, decision, ending, review
from tongban.cases.services.intake import HandedIn
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.identity.models import Account, Mandate, Party
from tongban.orgs import queries as orgs
from tongban.orgs.models import Post, Seat, Window, WindowSeat
from tongban.orgs.rules import WINDOW_POST
from tongban.rules import numbers
from tongban.rules.errors import DomainError
from tongban.themes.queries import composing
from tongban.themes.rules import guidance
from tongban.themes.rules.materials import Given
from tongban.themes.rules.spec import ThemeSpec
from tongban.themes.services import submission

PASSWORD = "honghu-demo-2026"  # noqa: S105  # printed for everybody; demo and test profiles only
REGION = "421083"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁"
GIVEN = "建国 秀英 志强 丽华 晓明 雅婷 海燕 文博 思远 子涵 玉兰 国庆 春梅 俊杰 欣怡 立新 桂芳 浩然 慧敏 少华".split()
TRADES = "湖岸 荷风 江汉 新堤 莲乡 螺山 乌林 瞿湾 峰口 洪湖水".split()
STAFF = {"clerk": "受理岗", "reviewer": "审查岗", "head": "负责人", "admin": "管理员"}
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


def value_for(planned: PlannedField, rng: random.Random) -> str:
    """Return a plausible value of a field."""
    if planned.choices:
        return rng.choice(planned.choices).value
    low = planned.min if planned.min is not None else 1
    high = min(planned.max if planned.max is not None else 500, low + 200)
    words = {
        "address": f"洪湖市新堤街道示例路 {rng.randint(1, 200)} 号",
        "name": f"{rng.choice(SURNAMES)}{rng.choice(GIVEN)}",
    }
    by_kind = {
        "idcard": numbers.demo_id(
            rng.randint(2000, 9000), date(rng.randint(1965, 2000), rng.randint(1, 12), rng.randint(1, 28))
        ),
        "uscc": numbers.demo_uscc("91", REGION, rng.randint(60, 99)),
        "phone": f"1390000{rng.randint(0, 9999):04d}",
        "integer": str(rng.randint(ceil(low), ceil(high))),
        "decimal": str(rng.randint(ceil(low), ceil(high))),
        "money": str(
            rng.randint(ceil(low), ceil(high)) * (1000 if planned.max is None or planned.max > 300_000 else 1)
        ),
        "date": f"{time.today() + timedelta(days=rng.randint(-200, 60)):%Y-%m-%d}",
        "email": "demo@example.cn",
    }
    if planned.kind in by_kind:
        return by_kind[planned.kind]
    hint = (
        "address"
        if "地址" in planned.name or "住所" in planned.name or "坐落" in planned.name
        else "name"
        if "姓名" in planned.name
        else ""
    )
    return words.get(hint, f"{planned.name}（示例）"[: planned.max_length])


@dataclass
class Story:
    """Two months of a hall, played through the services in the order of time."""

    rng: random.Random
    until: datetime
    cast: list[Account]
    staff: dict[str, Actor] = field(default_factory=dict)
    agenda: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    turn: count[int] = field(default_factory=count)
    planned: set[UUID] = field(default_factory=set)

    def later(self, days: float, act: Callable[[], None]) -> None:
        """Put an act on the agenda at a working hour some working days later."""
        calendar, day, left = calendars.calendar(), time.today(), int(days)
        while left > 0 or not calendar.is_working_day(day):
            day += timedelta(days=1)
            left -= calendar.is_working_day(day)
        at = max(
            time.at_china(day, 9) + timedelta(minutes=self.rng.randint(0, 8 * 60)), time.now() + timedelta(minutes=7)
        )
        if at < self.until:
            heapq.heappush(self.agenda, (at, next(self.turn), act))

    def play(self) -> None:
        """Act after act, each at its moment."""
        while self.agenda:
            at, _, act = heapq.heappop(self.agenda)
            with time.moved(at):
                act()

    def actor(self, organisation: str, role: str) -> Actor:
        """Return the member of staff who does this in an organisation."""
        username = f"{organisation}-{role}"
        if username not in self.staff:
            self.staff[username] = orgs.actor_of(Account.objects.get(username=username), channel="web")
        return self.staff[username]

    def submit(self, theme: ThemeSpec) -> None:
        """Somebody applies."""
        account = self.rng.choice(self.cast)
        by = orgs.actor_of(account, channel=self.rng.choice(["web", "web", "web", "window"]))
        answers: dict[str, str] = {}
        while (question := guidance.next_question(theme, answers)) is not None:
            answers[question.code] = self.rng.choice(question.choices).value
        plan = composing.compose_theme(settings.PLACE, theme.code, answers)
        if not plan.items:
            return
        party = self._party(account, theme)
        joint_id = submission.submit_whole(
            settings.PLACE, theme=theme.code, item="", answers=answers, values=self._values(plan), given=self._given(plan),
            key=f"demo-{next(self.turn)}", party_id=party, by=by,
        )  # fmt: skip
        self.follow(joint_id)

    def _party(self, account: Account, theme: ThemeSpec) -> UUID | None:
        firms = identity.firms(by=orgs.actor_of(account, channel="web"))
        return firms[0].pk if firms and "person" not in theme.audience else None

    def _values(self, plan: Plan) -> dict[str, str]:
        return {f.element: value_for(f, self.rng) for f in plan.fields
                if f.answered is None and not f.prefill.startswith(("person.", "party."))} | {
            f.element: value_for(f, self.rng) for f in plan.fields if f.prefill.startswith("party.")}  # fmt: skip

    def _given(self, plan: Plan) -> dict[str, Given]:
        given: dict[str, Given] = {}
        for material in plan.materials:
            if not material.is_free:
                promised = bool(material.commitment) and self.rng.random() < 0.6
                deferred = material.necessity == "deferrable" and self.rng.random() < 0.3
                given[material.type] = (
                    Given("commit", (), "agreed") if promised else Given("defer" if deferred else "counter")
                )
        return given

    def follow(self, joint_id: UUID) -> None:
        """Plan the work on every case that has come to a desk."""
        for case in Case.objects.filter(joint_case_id=joint_id, state=State.PRE_REVIEW.value).exclude(
            pk__in=self.planned
        ):
            self.planned.add(case.pk)
            self.later(self.rng.choice([0, 0, 1, 1, 2]), lambda pk=case.pk: self.intake(pk))  # type: ignore[misc]

    def intake(self, case_id: UUID) -> None:
        """Accept, ask for more, refuse, or leave it lying."""
        case = Case.objects.get(pk=case_id)
        by, luck = self.actor(case.desk, "clerk"), self.rng.random()
        if case.state not in (State.PRE_REVIEW, State.SUBMITTED):
            return
        if luck < 0.10 and case.asked_at is None:
            self._ask(case, by)
        elif luck < 0.13:
            acceptance.refuse_acceptance(
                case_id, reason="申请的场所不在本市行政区域内，请向场所所在地的部门申请。", by=by
            )
            self.follow(case.joint_case_id)
        elif luck < 0.95:
            acceptance.accept(case_id, by=by)
            self.later(self.rng.choice([0, 0, 1]), lambda: self.work(case_id))
        elif luck < 0.97:
            applicant = Account.objects.filter(person_id=case.joint_case.applicant_id).first()
            if applicant:
                ending.withdraw(case_id, by=orgs.actor_of(applicant, channel="web"), reason="想法变了")
                self.follow(case.joint_case_id)

    def _ask(self, case: Case, by: Actor) -> None:
        item = next(i for i in case.joint_case.plan["items"] if i["code"] == case.item_code)
        asked = [
            {"kind": "field", "code": self.rng.choice(item["fields"]), "remark": "与提交的材料不一致，请核对后改正。"}
        ]
        acceptance.ask_for_more(case.pk, asked, by=by)
        if self.rng.random() < 0.7:
            self.later(self.rng.randint(1, 3), lambda: self.resubmit(case.pk))

    def resubmit(self, case_id: UUID) -> None:
        """The applicant hands in what was asked for."""
        case = Case.objects.select_related("joint_case").get(pk=case_id)
        account = Account.objects.filter(person_id__in=[case.joint_case.applicant_id, case.joint_case.agent_id]).first()
        if account is None or case.state != State.RETURNED:
            return
        values = {row["code"]: case.joint_case.values.get(row["code"], "") for row in case.asked}
        acceptance.resubmit(case_id, values=values, materials=[], by=orgs.actor_of(account, channel="web"))
        self.later(1, lambda: self.intake(case_id))

    def work(self, case_id: UUID) -> None:
        """Do the next open task of a case."""
        case = Case.objects.select_related("joint_case").get(pk=case_id)
        task = Task.objects.filter(case=case, done_at=None).order_by("opened_at", "name").first()
        if task is None or case.state not in (State.ACCEPTED, State.DECIDING):
            return
        by = self.actor(task.organisation, task.role)
        self._supply(case)
        try:
            if task.kind == "step":
                review.claim(task.pk, by=by)
                review.pass_step(case_id, task.code, by=by, opinion="符合要求，同意。")
                self.later(self.rng.choice([0, 0, 1, 1, 2]), lambda: self.work(case_id))
            elif self.rng.random() < 0.06:
                decision.refuse(case_id, reason="现场核查不符合规定条件：疏散通道宽度不足，未按期改正。", by=by)
            else:
                decision.grant(case_id, by=by, opinion="同意。")
        except DomainError:
            return  # Left lying, as things are in a hall.
        self.follow(case.joint_case_id)

    def _supply(self, case: Case) -> None:
        missing = [row for row in acceptance.latest_materials(case) if row.way == "defer"]
        account = Account.objects.filter(person_id__in=[case.joint_case.applicant_id, case.joint_case.agent_id]).first()
        if missing and account:
            handed = [HandedIn(type=row.type_code, way="counter") for row in missing]
            acceptance.supply(case.pk, handed, by=orgs.actor_of(account, channel="web"))


def load_cases(joints: int = 120, *, days: int = 60, seed: int = 2026) -> int:
    """Play `joints` applications over the last `days` days; return how many cases there are."""
    rng = random.Random(seed)  # noqa: S311  # demonstration data
    now = time.now()
    cast = list(
        Account.objects.filter(kind="citizen")
        .exclude(username__in=[name for name, *_ in NAMED[:2]])
        .order_by("username")
    )
    story = Story(rng, now, cast)
    themes = composing.themes(settings.PLACE)
    weights = [4 if theme.frequent else 2 if "person" in theme.audience else 1 for theme in themes]
    with time.moved(now - timedelta(days=days)):
        for n in range(joints):
            theme = rng.choices(themes, weights)[0]
            story.later(days * 5 / 7 * (n / joints) ** 0.6, lambda theme=theme: story.submit(theme))  # type: ignore[misc]
    story.play()
    return Case.objects.count()
