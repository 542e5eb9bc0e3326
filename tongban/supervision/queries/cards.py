"""Read cards: who sees which, lists with filters, one card with its acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.supervision import permissions
from tongban.supervision.models import Act, Card, Standing
from tongban.supervision.rules import flow
from tongban.supervision.rules.flow import (
    APPEAL_WORDS,
    STATE_LAMPS,
    STATE_WORDS,
    VERB_WORDS,
    Appeal,
    State,
)
from tongban.supervision.rules.kinds import KINDS, LEVEL_CODES, LEVEL_WORDS, Kind, Level, ends_by_itself

PAGE = 50
LEVEL_LAMPS = {Level.BLUE: "idle", Level.YELLOW: "warn", Level.RED: "bad"}


def visible_to(pack: str, *, by: Actor) -> QuerySet[Card]:
    """Return the cards an actor may see: all for who supervises or decides appeals, for others those of their own unit.

    Who decides appeals of the body of appeals itself sees the cards of that body.
    """
    rows = Card.objects.filter(pack=pack)
    if permissions.supervises(pack, by=by) or permissions.decides_appeals(pack, by=by) or by.channel == "system":
        return rows
    return rows.filter(organisation__in=permissions.units_seen(pack, by=by))


def card(card_id: UUID, *, by: Actor) -> Card:
    """Return a card. Raises NotFound when it is not the actor's to see."""
    row = Card.objects.select_related("standing").filter(pk=card_id).first()
    if row is None or not visible_to(row.pack, by=by).filter(pk=card_id).exists():
        raise permissions.hidden()
    return row


def watcher(row: Card) -> str:
    """Return the body that follows up a card."""
    return permissions.watcher(row)


def judge(row: Card) -> str:
    """Return the name of the body that decides an appeal against a card; "" when the place names none."""
    code = permissions.judge(row)
    known = orgs.organisations(row.pack)
    return known[code].full_name if code in known else code


def is_appealable(row: Card) -> bool:
    """Return whether an appeal may still be made, or waits to be decided: whoever looks at the card is told by whom."""
    standing = standing_of(row.standing)
    return flow.may(standing, "appeal") or flow.may(standing, "dismiss")


def standing_of(row: Standing) -> flow.Standing:
    """Return where a card stands, as a value."""
    return flow.Standing(State(row.state), Appeal(row.appeal), row.is_seen, row.is_cancel_proposed)


@dataclass(frozen=True)
class Wanted:
    """The filter of the list of cards."""

    level: str = ""
    rule: str = ""
    unit: str = ""
    state: str = ""  # of `VIEWS`
    since: date | None = None
    until: date | None = None
    text: str = ""
    page: int = 1


# Ways of looking at cards: what waits for whom. code -> words.
VIEWS = {
    "": "全部", "unseen": "待签收", "issued": "待整改", "rectified": "待核销", "appeal": "申诉中", "proposed": "待同意撤销",
    "closed": "已核销", "cancelled": "已撤销",
}  # fmt: skip


def _in_view(view: str, *, at: str = "standing__") -> Q:
    """Return the condition of a view on cards; with `at=""` on their standings."""
    live = Q(**{f"{at}state__in": flow.LIVE})
    match view:
        case "unseen":
            return live & Q(**{f"{at}is_seen": False})
        case "appeal":
            return Q(**{f"{at}appeal": Appeal.OPEN.value}) & ~Q(**{f"{at}state": State.CANCELLED.value})
        case "proposed":
            return Q(**{f"{at}is_cancel_proposed": True})
        case "issued" | "rectified" | "closed" | "cancelled":
            return Q(**{f"{at}state": view})
    return Q()


@dataclass(frozen=True)
class CardView:
    """A card with its words and where it stands."""

    card: Card
    kind: Kind
    level: str
    level_code: str
    lamp: str
    standing: flow.Standing
    state: str
    state_lamp: str
    appeal: str
    cure_by_on: date
    appeal_by_on: date

    @property
    def ends_by_itself(self) -> bool:
        """Whether nobody need report on it."""
        return ends_by_itself(self.card.rule, self.card.level)


def view(row: Card) -> CardView:
    """Return a card (with its standing selected) as pages show it."""
    standing, level = standing_of(row.standing), Level(row.level)
    return CardView(
        row, KINDS[row.rule], LEVEL_WORDS[level], LEVEL_CODES[level], LEVEL_LAMPS[level], standing, STATE_WORDS[standing.state],
        STATE_LAMPS[standing.state], APPEAL_WORDS[standing.appeal], row.standing.cure_by_on, row.standing.appeal_by_on,
    )  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page of cards, newest first, and how many there are in all."""

    rows: tuple[CardView, ...]
    count: int
    number: int
    last: int


def page(pack: str, wanted: Wanted, *, by: Actor) -> Page:
    """Return a page of the cards that the actor may see. Two queries."""
    rows = narrowed(pack, wanted, by=by).filter(_in_view(wanted.state))
    count = rows.count()
    last = max(1, -(-count // PAGE))
    number = min(max(1, wanted.page), last)
    found = ordered(rows)[(number - 1) * PAGE : number * PAGE]
    return Page(tuple(view(row) for row in found), count, number, last)


def listed(pack: str, wanted: Wanted, *, by: Actor) -> list[CardView]:
    """Return all cards of a filter, for a file. One query."""
    return [view(row) for row in ordered(narrowed(pack, wanted, by=by).filter(_in_view(wanted.state)))]


def ordered(rows: QuerySet[Card]) -> QuerySet[Card]:
    """Return cards with their standing, newest first."""
    return rows.select_related("standing").defer("evidence").order_by("-issued_on", "-year", "-serial")


def narrowed(pack: str, wanted: Wanted, *, by: Actor) -> QuerySet[Card]:
    """Return the cards of a filter but for its view."""
    rows = visible_to(pack, by=by)
    equal = {"level": wanted.level, "rule": wanted.rule, "organisation": wanted.unit}
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if wanted.since:
        rows = rows.filter(issued_on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(issued_on__lte=wanted.until)
    if wanted.text:
        text = wanted.text
        rows = rows.filter(Q(number__icontains=text) | Q(subject_number__endswith=text) | Q(title__contains=text))
    return rows


def counts(pack: str, wanted: Wanted, *, by: Actor) -> dict[str, int]:
    """Return how many cards each view has under the same filter. One query."""
    rows = narrowed(pack, wanted, by=by)
    found: dict[str, int] = rows.aggregate(**{f"n_{code}": Count("pk", filter=_in_view(code)) for code in VIEWS if code},
                                           n_=Count("pk"))  # fmt: skip
    return {code: found[f"n_{code}"] for code in VIEWS}


@dataclass(frozen=True)
class Waiting:
    """The cards of a unit and a level that wait for the same: how many, the first last day, and the one card where it is one."""

    organisation: str
    organisation_name: str
    level: Level
    count: int
    cure_by_on: date
    appeal_by_on: date
    only: tuple[UUID, str] | None  # its id and the name of its kind


def waiting(pack: str, state: str, *, by: Actor) -> list[Waiting]:
    """Return the cards of a view that the actor may see, counted by unit and level. Two queries."""
    # By the standings first: SQLite would begin with all cards of the place, and few of them wait.
    few = Standing.objects.filter(_in_view(state, at="")).values("card_id")
    rows = visible_to(pack, by=by).filter(pk__in=few).order_by("organisation", "level")
    groups = list(rows.values("organisation", "organisation_name", "level").annotate(
        n=Count("pk"), number=Min("number"), cure=Min("standing__cure_by_on"), appeal=Min("standing__appeal_by_on"),
    ))  # fmt: skip
    single = Card.objects.filter(number__in=[row["number"] for row in groups if row["n"] == 1])
    known = {number: (pk, KINDS[rule].name) for number, pk, rule in single.values_list("number", "pk", "rule")}
    return [
        Waiting(row["organisation"], row["organisation_name"], Level(row["level"]), row["n"], row["cure"], row["appeal"],
                known.get(row["number"]))
        for row in groups
    ]  # fmt: skip


@dataclass(frozen=True)
class ActView:
    """An act with its words."""

    act: Act
    name: str


def acts(row: Card) -> list[ActView]:
    """Return what came after a card, in its order."""
    return [ActView(act, VERB_WORDS[act.verb]) for act in row.acts.order_by("seq")]


@dataclass(frozen=True)
class Happened:
    """An event of the evidence, as it was frozen into the card."""

    id: int
    seq: int
    words: str
    at: datetime
    by_name: str
    reason: str


def happened(row: Card) -> list[Happened]:
    """Return the events on which a card rests."""
    return [
        Happened(
            event["id"], event["seq"], event["words"], datetime.fromisoformat(event["at"]), event["by"], event["said"]
        )
        for event in row.evidence["events"]
    ]


def may_do(row: Card, *, by: Actor) -> list[str]:
    """Return the acts that the actor may make on a card now."""
    standing, found = standing_of(row.standing), []
    proposer = row.acts.filter(verb="propose_cancel").order_by("-seq").values_list("account_id", flat=True).first()
    for verb in VERB_WORDS:
        if not flow.may(standing, verb) or not permissions.party_of(row, verb, by=by):
            continue
        if verb == "appeal" and not permissions.judge(row):
            continue
        if verb in ("confirm_cancel", "decline_cancel") and proposer == by.account_id:
            continue
        found.append(verb)
    return found


def by_item(pack: str, *, since: date) -> list[tuple[str, datetime, str, UUID]]:
    """Return (item, when it arose, the rule's name, id) of the cards about items issued since a day that still count."""
    rows = Card.objects.filter(pack=pack, issued_on__gte=since, standing__counts=True).exclude(item_code="")
    found = rows.order_by("-arose_at").values_list("item_code", "arose_at", "rule", "pk")
    return [(item, at, KINDS[rule].name, pk) for item, at, rule, pk in found]
