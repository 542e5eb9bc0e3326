"""Applicants of a simulated day: what they want, what they fill in, how they hand in their papers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from uuid import UUID

from tongban.cases.rules.plan import Plan, PlannedField
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.rules import numbers
from tongban.rules.errors import DomainError
from tongban.simulation.rules import Mix, pick, roll
from tongban.simulation.services.people import GIVEN, SURNAMES, Cast
from tongban.themes.queries import composing
from tongban.themes.rules import guidance
from tongban.themes.rules.materials import Given
from tongban.themes.services import submission

VARIANTS = 6  # ways through the questions of a theme that people take
APPLICANT_EVERY = 3  # submissions by one applicant


@dataclass(frozen=True)
class Wish:
    """What somebody wants: a theme with answers, or an item; with all that is filled in and handed in."""

    theme: str
    item: str
    answers: dict[str, str]
    values: dict[str, str]
    given: dict[str, Given]
    cases: int
    for_firm: bool


@dataclass
class Wishes:
    """The wishes of a place, composed once each."""

    place: str
    seed: int
    mix: Mix
    cast: Cast
    town: str
    known: dict[tuple[str, int], Wish | None] = field(default_factory=dict)

    def submit(self, day: str, n: int) -> int:
        """Let the n-th applicant of a day apply; again under the same day and number, nothing happens twice.

        Return the number of cases.
        """
        wish = self._wish(day, n)
        if wish is None:
            return 0
        channel = "window" if roll(self.seed, day, n, "channel") < self.mix.window else "web"
        who = int(day.replace("-", "")) % 1000 * 1000 + n // APPLICANT_EVERY
        by = self.cast.applicant(who, as_firm=wish.for_firm, channel=channel)
        try:
            submission.submit_whole(
                self.place, theme=wish.theme, item=wish.item, answers=wish.answers, values=wish.values, given=wish.given,
                key=f"sim-{self.seed}-{day}-{n}", party_id=_party(by, wish), by=by,
            )  # fmt: skip
        except DomainError:
            return 0  # Somebody gives up, as people do.
        return wish.cases

    def _wish(self, day: str, n: int) -> Wish | None:
        variant = pick(self.seed, VARIANTS, day, n, "variant")
        if roll(self.seed, day, n, "theme") < self.mix.theme:
            themes = composing.themes(self.place)
            code = themes[pick(self.seed, len(themes), day, n, "which")].code
            return self._known(code, variant, is_theme=True)
        open_now = catalogue.open_items(self.place, on=time.today())
        items = [code for code, spec in open_now.items() if not spec.tracked_only]
        return self._known(items[pick(self.seed, len(items), day, n, "which")], variant, is_theme=False)

    def _known(self, code: str, variant: int, *, is_theme: bool) -> Wish | None:
        if (code, variant) not in self.known:
            self.known[code, variant] = self._theme(code, variant) if is_theme else self.of_item(code, variant)
        return self.known[code, variant]

    def _theme(self, code: str, variant: int) -> Wish | None:
        theme, answers = composing.theme(self.place, code), dict[str, str]()
        while (question := guidance.next_question(theme, answers)) is not None:
            choice = pick(self.seed, len(question.choices), code, variant, question.code)
            answers[question.code] = question.choices[choice].value
        plan = composing.compose_theme(self.place, code, answers)
        if not plan.items:
            return None
        return self._filled(plan, answers, variant, theme=code, for_firm="person" not in theme.audience)

    def of_item(self, code: str, variant: int) -> Wish:
        """Return what somebody wants who applies for a single item; another one for each variant."""
        spec = catalogue.item(self.place, code).spec
        return self._filled(
            composing.compose_item(self.place, code), {}, variant, item=code, for_firm="person" not in spec.audience
        )

    def _filled(
        self, plan: Plan, answers: dict[str, str], variant: int, *, for_firm: bool, theme: str = "", item: str = ""
    ) -> Wish:
        values = {
            f.element: value_for(f, self.seed, variant, town=self.town, region=self.cast.region)
            for f in plan.fields if f.answered is None and not f.prefill.startswith("person.")
        }  # fmt: skip
        given: dict[str, Given] = {}
        for material in plan.materials:
            if material.is_free:
                continue
            given[material.type] = Given("counter")
            if material.commitment and roll(self.seed, variant, material.type, "commit") < self.mix.commit:
                given[material.type] = Given("commit", (), "agreed")
            elif (
                material.necessity == "deferrable" and roll(self.seed, variant, material.type, "defer") < self.mix.defer
            ):
                given[material.type] = Given("defer")
        return Wish(theme, item, answers, values, given, len(plan.items), for_firm)


def _party(by: Actor, wish: Wish) -> UUID | None:
    firms = identity.firms(by=by) if wish.for_firm else []
    return firms[0].pk if firms else None


def value_for(planned: PlannedField, seed: int, *keys: object, town: str, region: str) -> str:
    """Return a plausible value of a field, the same for the same seed and keys."""

    def one(count: int, what: str = "") -> int:
        return pick(seed, count, planned.element, *keys, what)

    if planned.choices:
        return planned.choices[one(len(planned.choices))].value
    low = ceil(planned.min) if planned.min is not None else 1
    high = max(low, ceil(min(planned.max if planned.max is not None else 500, low + 200)))
    by_kind: dict[str, Callable[[], str]] = {
        "idcard": lambda: numbers.demo_id(2000 + one(900), time.today() - timedelta(days=9000 + one(12000, "born"))),
        "uscc": lambda: numbers.demo_uscc("91", region[:6], 60 + one(39)),
        "phone": lambda: f"1390000{one(10_000):04d}",
        "integer": lambda: str(low + one(high - low + 1)),
        "decimal": lambda: str(low + one(high - low + 1)),
        "money": lambda: str(
            (low + one(high - low + 1)) * (1000 if planned.max is None or planned.max > 300_000 else 1)
        ),
        "date": lambda: f"{time.today() + timedelta(days=one(260) - 200):%Y-%m-%d}",
        "email": lambda: "demo@example.cn",
    }
    if planned.kind in by_kind:
        return by_kind[planned.kind]()
    if any(word in planned.name for word in ("地址", "住所", "坐落")):
        return f"{town}示例路 {1 + one(200)} 号"
    if "姓名" in planned.name:
        return SURNAMES[one(len(SURNAMES))] + GIVEN[one(len(GIVEN), "given")]
    return f"{planned.name}（示例）"[: planned.max_length]
