"""People at a window: checking who they are, registering those nobody knows yet."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import queries as identity_queries
from tongban.identity import rules as identity_rules
from tongban.identity import services as identity
from tongban.identity.queries import Party
from tongban.orgs import queries
from tongban.orgs.models import Presence
from tongban.orgs.rules import DOCUMENTS, READ_WAYS
from tongban.rules import masking
from tongban.rules.errors import Invalid, NotAllowed


@transaction.atomic
def check_in(window_id: UUID, *, person_id: UUID, applicant_id: UUID, document: str, way: str, by: Actor) -> Presence:
    """Write down that the clerk checked a person's identity at the window, and for whom that person acts.

    The person acts for himself, for a firm he represents, or under a live mandate: his rights are the same as online.
    Raises NotAllowed for who does not sit at the window or may not act for the applicant, Invalid.
    """
    window = queries.window(window_id, by=by)
    problems: dict[str, str] = {}
    if document not in DOCUMENTS:
        problems["document"] = "请选择核对的是哪种证件"
    if way not in READ_WAYS:
        problems["way"] = "请选择证件是怎么读的"
    if problems:
        raise Invalid("orgs.presence", f"有 {len(problems)} 处要改", fields=problems)
    if applicant_id not in identity_queries.parties_of(person_id):
        raise NotAllowed(
            "orgs.not_his",
            "到场的人不能替这个单位办理",
            remedy="请法定代表人到场，或在“我的企业与授权”里授权，或带授权委托书由窗口登记",
        )
    leave(by=by)
    row = Presence.objects.create(
        window=window, checked_by_id=by.account, person_id=person_id, applicant_id=applicant_id, document=document, way=way,
        at=time.now(),
    )  # fmt: skip
    audit.record("orgs.identity_checked", "party", person_id, by=by, organisation=window.organisation.code)
    return row


def leave(*, by: Actor) -> None:
    """End the stay of whoever was at the clerk's window (换人)."""
    Presence.objects.filter(checked_by_id=by.account, ended_at=None).update(ended_at=time.now())


@transaction.atomic
def register_person(window_id: UUID, *, name: str, code: str, phone: str, by: Actor) -> Party:
    """Register a person from the document shown at the window, or return who is known. Raises NotAllowed, Invalid."""
    window = queries.window(window_id, by=by)
    name, code, phone = masking.normal(name), identity_rules.normal_code(code), masking.compact(phone)
    problems = _person_problems(name, code, phone, on=time.today())
    known = identity_queries.party_with("111", code)
    if not problems and known is not None and known.name != name:
        problems["name"] = "姓名和这个身份证号码登记的不一致，请对照证件核对"
    if problems:
        raise Invalid("orgs.register", f"有 {len(problems)} 处要改", fields=problems)
    party = known or identity.ensure_party("person", name=name, code=code, phone=phone, verified=True)
    audit.record("orgs.person_registered", "party", party.pk, by=by, organisation=window.organisation.code)
    return party


def _person_problems(name: str, code: str, phone: str, *, on: date) -> dict[str, str]:
    found = {
        "name": identity_rules.name_problem(name),
        "code": identity_rules.code_problem("111", code, on=on, demonstration=settings.DEMONSTRATION),
        "phone": identity_rules.phone_problem(phone),
    }
    return {field: problem for field, problem in found.items() if problem}


@transaction.atomic
def register_firm(window_id: UUID, *, name: str, code: str, representative_id: UUID, by: Actor) -> Party:
    """Register a firm from the licence shown at the window, with its legal representative. Raises NotAllowed, Invalid."""
    window = queries.window(window_id, by=by)
    name, code = masking.normal(name), identity_rules.normal_code(code)
    problems: dict[str, str] = {}
    wrong = identity_rules.code_problem("001", code, on=time.today(), demonstration=settings.DEMONSTRATION)
    if wrong:
        problems["firm_code"] = wrong
    if not 2 <= len(name) <= 80:
        problems["firm_name"] = "单位名称应为 2 至 80 个字，与营业执照上一致"
    known = identity_queries.party_with("001", code)
    if not problems and known is not None:
        problems["firm_code"] = "这个单位已经登记过，请重新输入代码，从登记信息里选择到场的人"
    if problems:
        raise Invalid("orgs.register", f"有 {len(problems)} 处要改", fields=problems)
    person = identity_queries.party(representative_id)
    firm = identity.ensure_party("firm", name=name, code=code, phone=person.phone, representative=person, verified=True)
    audit.record("orgs.firm_registered", "party", firm.pk, by=by, organisation=window.organisation.code)
    return firm
