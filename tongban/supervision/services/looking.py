"""Look at what has just happened to a case or an order: findings, reasons, fees, acts outside the platform.

Each function returns causes; looked at twice they are the same. Source: standards reference 7.3; 行政许可法 art. 32, 38(2), 58.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from tongban.cases.queries import watched
from tongban.cases.queries.watched import Case, Found, Happening
from tongban.cases.rules.life import WORDS, State
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.evaluation.queries import bad as ratings
from tongban.licences import queries as licences
from tongban.orgs import queries as orgs
from tongban.payments import queries as payments
from tongban.payments.queries import OrderView
from tongban.payments.rules import yuan
from tongban.supervision.models import Card
from tongban.supervision.queries import thresholds
from tongban.supervision.rules import watching
from tongban.supervision.rules.kinds import OF_FINDINGS, Thresholds
from tongban.supervision.services.issuing import Cause, issue

DECIDED = ("grant", "refuse", "grant_by_default", "refuse_overdue")
LOOKED_AT = {"ask_again", "deem_accepted", *DECIDED, *watched.REFUSALS}


def look(pack: str, case_id: UUID, verb: str) -> list[Card]:
    """Issue the cards that a move of a case is cause for. Return the new ones."""
    if verb not in LOOKED_AT:
        return []
    causes = [_of_finding(row) for row in watched.findings(pack, case_id=case_id) if row.kind in OF_FINDINGS]
    if verb in watched.REFUSALS:
        causes += refusals(pack, [case_id])
    if verb in DECIDED and not watched.has_acceptance(case_id):
        causes += unaccepted(pack, [case_id])
    return issue(pack, causes)


def found_since(pack: str, at: datetime) -> list[Cause]:
    """Return the causes that findings and refusals since a moment are."""
    found = [_of_finding(row) for row in watched.findings(pack, since=at) if row.kind in OF_FINDINGS]
    return found + refusals(pack, watched.refused_since(pack, orgs.organisations(pack), at))


def cases_of(case_ids: Iterable[UUID], pack: str) -> dict[UUID, Case]:
    """Return some cases of a place by id."""
    return watched.rows(case_ids, pack)


def _of_finding(row: Found) -> Cause:
    # Deemed acceptance and default approval have a legal moment: the end of the day that ran out.
    is_of_day = row.kind in ("deemed_acceptance", "default_grant")
    at = time.at_china(date.fromisoformat(row.occurrence) + timedelta(days=1), 0) if is_of_day else row.at
    return Cause(
        kind=OF_FINDINGS[row.kind], subject_kind="case", subject=str(row.case_id), occurrence=f"{row.kind}:{row.occurrence}"[:64],
        organisation=row.organisation, arose_at=at, words=row.words, title=row.name, subject_number=row.number,
        case_id=row.case_id, item_code=row.item_code, facts=(("监察发现", row.words), ("记录时间", _moment(row.at))),
    )  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{at.astimezone(time.CHINA):%Y-%m-%d %H:%M}"


def refusals(pack: str, case_ids: Iterable[UUID]) -> list[Cause]:
    """Return the causes that refusals of some cases are: no reason, or nothing but a formula. Source: 行政许可法 art. 38(2)."""
    rules = thresholds.table(pack)
    found = [
        row for row in watched.happenings(case_ids, verbs=watched.REFUSALS)
        if any(_is_bare(row, known.thresholds) for known in rules.all)
    ]  # fmt: skip
    cases = cases_of([row.case_id for row in found], pack)
    return [
        _bare(row, case)
        for row in found
        if (case := cases.get(row.case_id)) and _is_bare(row, rules.of(case.organisation).thresholds)
    ]


def _is_bare(row: Happening, rules: Thresholds) -> bool:
    return watching.is_bare(row.reason, formulas=rules.formulas, least=rules.reason_chars)


def _bare(row: Happening, case: Case) -> Cause:
    said = f"理由只写了“{row.reason}”" if row.reason.strip() else "没有写理由"
    return Cause(
        kind="bare_refusal", subject_kind="case", subject=str(case.pk), occurrence=str(row.seq), organisation=case.organisation,
        arose_at=row.at, words=f"“{case.name}”{row.words}，{said}", title=case.name, subject_number=case.number,
        case_id=case.pk, item_code=case.item_code, person=row.by_name,
        facts=(("决定", row.words), ("理由原文", row.reason or "（空）"), ("时间", _moment(row.at)), ("决定人", row.by_name)),
    )  # fmt: skip


def unaccepted(pack: str, case_ids: Iterable[UUID]) -> list[Cause]:
    """Return the causes that decisions without any acceptance are (体外循环)."""
    return [
        Cause(
            kind="outside", subject_kind="case", subject=str(case.pk), occurrence="unaccepted", organisation=case.organisation,
            arose_at=case.closed_at or time.now(), words=f"“{case.name}”没有受理记录，已经作了决定", title=case.name,
            subject_number=case.number, case_id=case.pk, item_code=case.item_code, facts=(("受理记录", "没有"), ("状态", WORDS[State(case.state)])),
        )
        for case in cases_of(case_ids, pack).values()
    ]  # fmt: skip


def ungranted(pack: str, on: date) -> list[Cause]:
    """Return the causes that licences issued on a day or later are, whose case was not granted (体外循环)."""
    rows = licences.issued_since(pack, on)
    cases = cases_of(watched.not_granted([row.case_id for row in rows if row.case_id]), pack)
    return [
        Cause(
            kind="outside", subject_kind="licence", subject=str(row.pk), organisation=case.organisation, case_id=case.pk,
            arose_at=time.at_china(row.issued_on, 0), words=f"“{case.name}”没有准予，已经出了《{row.name}》{row.number}"[:300],
            title=case.name, subject_number=case.number, item_code=case.item_code,
            facts=(("证照", f"{row.name} {row.number}"), ("出证", str(row.issued_on)), ("办件状态", WORDS[State(case.state)])),
        )
        for row in rows if row.case_id and (case := cases.get(row.case_id)) is not None
    ]  # fmt: skip


def look_at_order(pack: str, subject: UUID | None) -> list[Card]:
    """Issue a card for each fee of a case that its item does not charge, or above its standard. Source: 行政许可法 art. 58."""
    case = cases_of([subject], pack).get(subject) if subject else None
    if case is None:
        return []
    spec = catalogue.version(pack, case.item_code, case.item_version)
    facts = {**case.joint_case.plan["answers"], **case.joint_case.values}
    owed = spec.fee.amount_of(facts) if spec.fee else None
    causes = [
        _fee(view, case, spec.fee.standard if spec.fee else "不收费", more)
        for view in payments.of_subjects([case.pk]) if view.order.purpose == "fee"
        if (more := watching.undue(view.order.amount_fen, charges=spec.fee is not None, owed_fen=owed))
    ]  # fmt: skip
    return issue(pack, causes)


def _fee(view: OrderView, case: Case, standard: str, more: int) -> Cause:
    order = view.order
    return Cause(
        kind="undue_fee", subject_kind="order", subject=str(order.pk), organisation=case.organisation, arose_at=order.created_at,
        words=f"“{case.name}”向申请人收 {view.amount} 元，比清单（{standard}）多 {yuan(more)} 元", title=case.name,
        subject_number=case.number, case_id=case.pk, item_code=case.item_code,
        facts=(("缴费单", order.number), ("金额（元）", view.amount), ("清单标准", standard), ("多收（元）", yuan(more))),
    )  # fmt: skip


# Which limit of a bad rating passed -> the kind of card. Source: standards reference 4.2, 7.3.
OF_RATINGS = {"verify": "rating_unverified", "settle": "rating_unsettled"}


def look_at_rating(pack: str, bad_id: UUID, limit: str, *, at: datetime) -> list[Card]:
    """Issue a card for a bad rating that was not verified, or not settled, in time; `at` is the legal moment.

    Nothing on the card leads to who rated.
    """
    row = ratings.brief(bad_id)
    if row.pack != pack:
        return []
    by_on = row.verify_by_on if limit == "verify" else row.settle_by_on
    words = f"差评 {row.number} 到 {by_on} 没有{'核实' if limit == 'verify' else '整改办结'}"
    return issue(pack, [Cause(
        kind=OF_RATINGS[limit], subject_kind="rating", subject=str(row.id), organisation=row.organisation, arose_at=at, words=words,
        title=row.title, subject_number=row.number, item_code=row.item_code,
        facts=(("差评", row.number), ("收到", _moment(row.opened_at)), ("核实期限", str(row.verify_by_on)), ("办结期限", str(row.settle_by_on))),
    )])  # fmt: skip
