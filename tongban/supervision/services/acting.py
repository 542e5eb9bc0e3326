"""What people do about a card: sign for it, report rectification, appeal, decide, cancel by two persons. Nothing is deleted.

Source: standards reference 7.3; assurance 5.4.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.notices import services as notices
from tongban.notices.services import Told
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.outbox import services as outbox
from tongban.rules.errors import Conflict, Invalid, NotAllowed
from tongban.supervision import permissions
from tongban.supervision.events import CardCancelled
from tongban.supervision.models import Act, Card, Standing
from tongban.supervision.queries import cards, thresholds
from tongban.supervision.rules import flow
from tongban.supervision.rules.flow import State
from tongban.supervision.rules.kinds import LEVEL_WORDS, Level
from tongban.supervision.services.issuing import working_day

SHORTEST, LONGEST = 5, 1000
FIELDS = {
    "rectify": "整改情况", "send_back": "退回的原因", "close": "核销意见", "appeal": "申诉理由", "uphold": "决定的理由",
    "dismiss": "决定的理由", "propose_cancel": "撤销的理由", "confirm_cancel": "同意的意见", "decline_cancel": "不同意的理由",
}  # fmt: skip


def acknowledge(card_id: UUID, *, by: Actor) -> Card:
    """Sign for a card (签收) as its unit. Raises NotFound, NotAllowed, Conflict."""
    return _act(card_id, "acknowledge", by=by)


def rectify(card_id: UUID, *, words: str, by: Actor) -> Card:
    """Report what was done (整改) as the unit. Raises NotFound, NotAllowed, Conflict, Invalid."""
    return _act(card_id, "rectify", words=words, by=by)


def send_back(card_id: UUID, *, words: str, by: Actor) -> Card:
    """Send a report back (退回整改); the unit has its days anew. Raises NotFound, NotAllowed, Conflict, Invalid."""
    return _act(card_id, "send_back", words=words, by=by)


def close(card_id: UUID, *, words: str, by: Actor) -> Card:
    """Find the rectification done (核销). Raises NotFound, NotAllowed, Conflict, Invalid."""
    return _act(card_id, "close", words=words, by=by)


def appeal(card_id: UUID, *, words: str, by: Actor) -> Card:
    """Appeal (申诉) as the unit, within the days of the place.

    Raises NotFound, NotAllowed, Conflict (too late; nobody here decides it), Invalid.
    """
    return _act(card_id, "appeal", words=words, by=by)


def decide(card_id: UUID, *, is_upheld: bool, words: str, by: Actor) -> Card:
    """Decide an appeal as the body of appeals: upheld, it counts no more, and the overseer is to cancel the card.

    Raises NotFound, NotAllowed (who issued, the unit), Conflict, Invalid.
    """
    return _act(card_id, "uphold" if is_upheld else "dismiss", words=words, by=by)


def propose_cancel(card_id: UUID, *, words: str, by: Actor) -> Card:
    """Propose to cancel a card (撤销), with the reason; another person must agree. Raises NotFound, NotAllowed, Conflict, Invalid."""
    return _act(card_id, "propose_cancel", words=words, by=by)


def confirm_cancel(card_id: UUID, *, words: str, by: Actor) -> Card:
    """Agree to a cancellation as a second person. Raises NotFound, NotAllowed (the same person), Conflict, Invalid."""
    return _act(card_id, "confirm_cancel", words=words, by=by)


def decline_cancel(card_id: UUID, *, words: str, by: Actor) -> Card:
    """Decline a cancellation as a second person; the card stays. Raises NotFound, NotAllowed, Conflict, Invalid."""
    return _act(card_id, "decline_cancel", words=words, by=by)


@transaction.atomic
def _act(card_id: UUID, verb: str, *, words: str = "", by: Actor) -> Card:
    """Make an act: the row of the standing is locked, who and whether are checked, act and standing are written."""
    card = cards.card(card_id, by=by)
    row = Standing.objects.select_for_update(of=("self",)).get(pk=card.pk)
    organisation = permissions.require(card, verb, by=by)
    words = _checked(verb, words)
    standing = flow.after(cards.standing_of(row), verb)
    _check(card, row, verb, by=by)
    _write(card, row, standing, verb, words, organisation, by=by)
    return card


def _checked(verb: str, words: str) -> str:
    if verb not in FIELDS:
        return ""
    words = words.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise Invalid(
            "card.words", "有 1 处要改", fields={"words": f"请写明{FIELDS[verb]}，{SHORTEST} 至 {LONGEST} 个字"}
        )
    return words


def _check(card: Card, row: Standing, verb: str, *, by: Actor) -> None:
    if verb == "appeal" and not permissions.judge(card):
        raise Conflict(
            "card.no_judge",
            "本地没有指定部门决定这个单位的申诉，不能在这里申诉",
            remedy="请书面向同级人民政府办公室提出",
        )
    if verb == "appeal" and time.today() > row.appeal_by_on:
        raise Conflict(
            "card.appeal_late",
            f"申诉期到 {row.appeal_by_on} 已满，不能再申诉",
            remedy="可以报整改，或请监督部门自行纠正",
        )
    if verb in ("confirm_cancel", "decline_cancel"):
        proposed = Act.objects.filter(card=card, verb="propose_cancel").order_by("-seq").first()
        if proposed is None or proposed.account_id == by.account:
            raise NotAllowed("card.same_person", "撤销由你自己提出，要由监督部门的另一个人同意", remedy="请同事办理")


def _write(
    card: Card, row: Standing, standing: flow.Standing, verb: str, words: str, organisation: str, *, by: Actor
) -> None:
    at = time.now()
    on = time.day_of(at)
    row.act_count += 1
    Act.objects.create(
        card=card, seq=row.act_count, verb=verb, words=words, at=at, account_id=by.account, by_name=by.name[:60],
        organisation=organisation,
    )  # fmt: skip
    row.state, row.appeal, row.is_seen = standing.state.value, standing.appeal.value, standing.is_seen
    row.is_cancel_proposed, row.counts = standing.is_cancel_proposed, flow.counts(standing)
    if verb == "rectify":
        row.rectified_on = on
    if verb in ("send_back", "dismiss") and standing.state == State.ISSUED:
        days = thresholds.table(card.pack).of(card.organisation).thresholds.cure_days
        row.rectified_on, row.cure_by_on = None, max(row.cure_by_on, working_day(on, days))
    row.save()
    audit.record(f"cards.{verb}", "card", card.pk, by=by, organisation=organisation)
    _tell(card, verb, words, row.act_count, by=by)
    if standing.state == State.CANCELLED:
        outbox.publish(CardCancelled(str(card.pk), card.organisation, at.isoformat()))


def _tell(card: Card, verb: str, words: str, seq: int, *, by: Actor) -> None:
    """Put an act before those whose turn it is or whom it concerns; not before who made it."""
    desks = {
        flow.UNIT: (card.organisation, Role.HEAD), flow.OVERSEER: (permissions.watcher(card), Role.SUPERVISOR),
        flow.APPEALS: (permissions.judge(card), Role.SUPERVISOR),
    }  # fmt: skip
    told = [desks[who] for who in flow.TOLD.get(verb, ())]
    accounts = {account for body, role in told for account in orgs.colleagues(body, role.value)} - {by.account_id}
    title = f"{flow.VERB_WORDS[verb]}：{LEVEL_WORDS[Level(card.level)]} {card.number}"
    text = f"{card.organisation_name}，{card.words}。{flow.VERB_WORDS[verb]}：{words}"
    notices.tell_desk([Told(accounts, f"card-{card.pk.hex}-{seq}", title, text, f"/supervise/cards/{card.pk}")])
