"""Who may do what with a card: the unit carded, the body that supervises, the body that decides appeals.

Whoever issued a card does not decide the appeal, nor does the unit; nobody cancels a card of his own unit.
Source: assurance 5.4.
"""

from __future__ import annotations

from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import NotAllowed, NotFound
from tongban.supervision.models import Card, Pattern
from tongban.supervision.rules.flow import APPEALS, OVERSEER, UNIT, WHO

FOR_UNIT = (Role.HEAD.value, Role.ADMIN.value)


def supervises(pack: str, *, by: Actor) -> bool:
    """Return whether the actor supervises the place."""
    return by.has_role(orgs.overseer(pack), Role.SUPERVISOR.value)


def decides_appeals(pack: str, *, by: Actor) -> bool:
    """Return whether the actor decides appeals, and does not sit with the overseer as well."""
    body = orgs.appeals_body(pack)
    return bool(body) and by.has_role(body, Role.SUPERVISOR.value) and not supervises(pack, by=by)


def require_overseer(pack: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor supervises the place."""
    if not supervises(pack, by=by):
        raise NotAllowed("card.not_overseer", "这由监督部门的监督岗办理，你没有这个权限", remedy="请联系监督部门")


def watcher(card: Card) -> str:
    """Return the body that follows up a card: the overseer, or for a card of its own the body of appeals."""
    overseer = orgs.overseer(card.pack)
    return orgs.appeals_body(card.pack) if card.organisation == overseer else overseer


def judge(card: Card) -> str:
    """Return the body that decides an appeal against a card: for one of the body of appeals itself a third one; "" for none."""
    return orgs.judge_of(card.pack, card.organisation)


def units_seen(pack: str, *, by: Actor) -> list[str]:
    """Return the units whose cards the actor sees: those that he leads; for who decides their appeals, the body of appeals."""
    led = by.organisations_as(*FOR_UNIT)
    arbiter, body = orgs.arbiter(pack), orgs.appeals_body(pack)
    return [*led, body] if arbiter and by.has_role(arbiter, Role.SUPERVISOR.value) else led


def party_of(card: Card, verb: str, *, by: Actor) -> str:
    """Return the organisation for which the actor may make an act on a card; "" when he may not."""
    match WHO[verb]:
        case who if who == UNIT:
            return card.organisation if by.has_role(card.organisation, *FOR_UNIT) else ""
        case who if who == OVERSEER:
            body = watcher(card)
        case who if who == APPEALS:
            body = judge(card)
            if supervises(card.pack, by=by):
                return ""
        case _:
            return ""
    is_judge = bool(body) and by.has_role(body, Role.SUPERVISOR.value)
    return body if is_judge and card.organisation not in by.seats else ""


def require(card: Card, verb: str, *, by: Actor) -> str:
    """Return the organisation for which the actor makes an act. Raises NotAllowed, saying whose act it is."""
    found = party_of(card, verb, by=by)
    if not found:
        whose = {
            UNIT: f"由{card.organisation_name}的负责人或管理员办理",
            OVERSEER: "由监督部门的监督岗办理，被发牌单位的人不能办",
            APPEALS: "申诉由负责申诉的部门决定，发牌的部门和被发牌单位的人都不能决定",
        }
        raise NotAllowed(
            "card.not_yours", f"{whose.get(WHO[verb], '由系统办理')}，你没有这个权限", remedy="请有权限的人办理"
        )
    return found


def may_judge(row: Pattern, *, by: Actor) -> bool:
    """Return whether the actor may judge a pattern."""
    overseer = orgs.overseer(row.pack)
    body = orgs.appeals_body(row.pack) if row.organisation == overseer else overseer
    return by.has_role(body, Role.SUPERVISOR.value) and row.organisation not in by.seats


def require_judge(row: Pattern, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor may judge a pattern: the overseer, for its own the body of appeals."""
    if not may_judge(row, by=by):
        raise NotAllowed("pattern.not_yours", "线索由监督部门的监督岗判断，本单位的人不能判断", remedy="请监督部门办理")


def hidden() -> NotFound:
    """Return the answer for a card that does not exist or is not the actor's to see: the two look alike."""
    return NotFound("card.none", "没有找到这张牌，或者它不归你看", remedy="回到红黄牌列表重新选择")
