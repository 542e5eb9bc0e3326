"""The people of a simulation: generated persons and firms (valid check digits, reserved ranges), and their actors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from tongban.core.actor import Actor
from tongban.identity import queries as accounts
from tongban.identity import services as identity
from tongban.identity.queries import Account
from tongban.orgs import queries as orgs
from tongban.rules import numbers
from tongban.rules.errors import DomainError
from tongban.simulation.rules import Mix, pick

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁"
GIVEN = "建国 秀英 志强 丽华 晓明 雅婷 海燕 文博 思远 子涵 玉兰 国庆 春梅 俊杰 欣怡 立新 桂芳 浩然 慧敏 少华".split()
TRADES = "湖岸 荷风 江汉 新堤 莲乡 螺山 乌林 瞿湾 峰口 江湖".split()
KINDS = "商贸 餐饮 物流 酒店管理 食品".split()
FIRST_NUMBER = 3000  # the demonstration's own persons have the numbers below


@dataclass
class Cast:
    """Whom the simulation lets act. Applicants are made when first needed; officers sit on their posts already."""

    seed: int
    region: str
    known: tuple[Account, ...] = ()
    officers: dict[tuple[str, str], Actor] = field(default_factory=dict)

    def applicant(self, n: int, *, as_firm: bool, channel: str) -> Actor:
        """Return the n-th applicant: a person, acting for self or for the own firm; every other one is a known one."""
        if self.known and n % 2:
            return orgs.actor_of(self.known[pick(self.seed, len(self.known), n, "known")], channel=channel)
        name = SURNAMES[pick(self.seed, len(SURNAMES), n, "surname")] + GIVEN[pick(self.seed, len(GIVEN), n, "given")]
        born_on = date(1955 + pick(self.seed, 48, n, "year"), 1 + n % 12, 1 + n // 12 % 28)
        code = numbers.demo_id((FIRST_NUMBER + n) % 1_000_000, born_on)
        firm = None
        if as_firm:
            trade = TRADES[pick(self.seed, len(TRADES), n, "trade")] + KINDS[pick(self.seed, len(KINDS), n, "kind")]
            kind = "91" if n // 10_000 % 2 == 0 else "92"
            firm = (
                f"{trade}有限公司（示例 {n}）",
                numbers.demo_uscc(kind, f"{self.region[:4]}{n // 100 % 100:02d}", n % 100),
            )
        account = identity.generated_account(f"sim-{n}", name=name, code=code, phone=f"139{n % 10**8:08d}", firm=firm)
        return orgs.actor_of(account, channel=channel)

    def officer(self, organisation: str, role: str) -> Actor | None:
        """Return somebody who holds a role in an organisation, or None when nobody does."""
        key = (organisation, role)
        if key not in self.officers:
            found = next(iter(orgs.colleagues(organisation, role)), None)
            if found is None:
                return None
            self.officers[key] = orgs.actor_of(accounts.account(found), channel="web")
        return self.officers[key]


@dataclass
class Players:
    """Some of the people of a place, who do what seed and mix let them do; how often they acted."""

    place: str
    seed: int
    mix: Mix
    cast: Cast
    acts: int = 0

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
            self.acts += 1
        except DomainError:
            return  # Left lying, as things are; another day brings it up again.
