"""一业一证: when the 行业综合许可证 is issued, what its check page shows, and what a revoked licence does to it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from tongban.cases.events import JointCaseClosed
from tongban.cases.models import Case, JointCase
from tongban.cases.services import acceptance, correction, decision, review
from tongban.core.actor import Actor
from tongban.identity.tests.factories import as_person, citizen
from tongban.licences import queries, services
from tongban.licences.models import Component, Licence
from tongban.licences.rules import Verdict
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.outbox.models import Message
from tongban.rules.errors import Conflict
from tongban.themes import handlers
from tongban.themes.rules import permits as rules
from tongban.themes.services import permits
from tongban.themes.tests.factories import submit, submit_hotel

TYPE = "hotel-combined-permit"


@pytest.fixture
def by(honghu: str) -> Actor:
    return as_person(citizen())


def decide(joint: JointCase, *, refuse: str = "") -> JointCase:
    """Let every department decide what is open until all is; `refuse` names an item that is refused."""
    while cases := list(Case.objects.filter(joint_case=joint, state="pre_review")):
        for case in cases:
            who = at_desk(case.desk)
            acceptance.accept(case.pk, by=who)
            if case.item_code == refuse:
                decision.refuse(case.pk, reason="现场核查：疏散通道宽度不足，不符合规定条件。", by=who)
            else:
                decision.grant(case.pk, by=who)
    return JointCase.objects.get(pk=joint.pk)


@pytest.fixture
def joint(by: Actor) -> JointCase:
    return decide(submit_hotel(by))


def told(joint: JointCase) -> None:
    """Let the closing of a joint case be heard, twice as events may be."""
    for _ in range(2):
        handlers.issue_permit(JointCaseClosed(str(joint.pk), ""))


@pytest.fixture
def permit(joint: JointCase) -> Licence:
    told(joint)
    return Licence.objects.get(type_code=TYPE, state="valid")


def component(permit: Licence, type_code: str) -> Licence:
    return Licence.objects.get(permits__permit=permit, type_code=type_code)


def revoked(permit: Licence, type_code: str = "hygiene-licence") -> Licence:
    row = component(permit, type_code)
    return services.revoke(row.pk, reason="以欺骗手段取得", by=at_desk(row.issuer))


# Issue


def test_permit_puts_the_licences_of_the_theme_together_once(by: Actor, joint: JointCase, permit: Licence) -> None:
    assert joint.closed_at is not None and Message.objects.filter(topic="JointCaseClosed").count() == 1
    found = [row.licence.type_code for row in permit.components.order_by("position").select_related("licence")]
    assert found == [
        "business-licence",
        "hygiene-licence",
        "fire-opening-permit",
        "special-trade-licence",
        "food-business-licence",
    ]
    assert (permit.holder_id, permit.issuer, permit.case_id, permit.number[-1]) == (
        by.party_id,
        "police",
        joint.pk,
        "1",
    )
    assert {line["key"]: line["value"] for line in permit.face}["trade"] == "酒店（宾馆、旅馆）"
    assert Licence.objects.filter(type_code=TYPE).count() == 1
    assert Notice.objects.filter(party_id=by.party_id, title=f"已发：{permit.name}").count() == 1


def test_refused_licence_leaves_the_theme_without_a_permit(by: Actor) -> None:
    told(decide(submit_hotel(by), refuse="food-business-licence"))
    assert not Component.objects.exists()


def test_licence_revoked_before_the_news_came_leaves_it_without_a_permit(by: Actor, joint: JointCase) -> None:
    case = joint.cases.get(item_code="public-place-hygiene-licence")
    row = queries.of_cases([case.pk])[case.pk]
    services.revoke(row.pk, reason="以欺骗手段取得", by=at_desk(row.issuer))
    told(joint)
    assert not Component.objects.exists()


def test_theme_without_a_permit_issues_none(by: Actor) -> None:
    assert permits.settle(decide(submit("honghu-18", by)).pk) is None


@dataclass(frozen=True)
class Giver:
    code: str
    licence_type: str | None


@pytest.mark.parametrize(
    ("givers", "valid", "due"),
    [
        ("ab", "ab", ("a", "b")), ("ab", "abc", ("a", "b")), ("ab", "a", ()), ("a", "a", ()), ("", "", ()), ("aBc", "ac", ("a", "c")),
    ],
)  # fmt: skip
def test_when_a_permit_is_due(givers: Sequence[str], valid: Sequence[str], due: tuple[str, ...]) -> None:
    items = [Giver(code, None if code.isupper() else code) for code in givers]
    assert rules.due(items, valid) == due


# States


def test_check_page_lists_the_licences_and_sees_a_revoked_one_at_once(by: Actor, permit: Licence) -> None:
    said = queries.check(permit.check_code)
    assert (said.verdict, {part.words for part in said.components}, len(said.components)) == (
        Verdict.VALID,
        {"有效"},
        5,
    )
    revoked(permit)
    said = queries.check(permit.check_code)
    assert (said.verdict, said.words) == (Verdict.PARTIAL, "真实，部分失效")
    assert {part.licence.type_code: part.words for part in said.components}["hygiene-licence"] == "已撤销"
    assert [part.words for part in said.components].count("有效") == 4


def test_holder_sees_it_in_the_list_and_by_one_query_more(
    by: Actor, permit: Licence, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    revoked(permit)
    held = queries.held(by=by)
    with django_assert_num_queries(1):
        found = {row.licence.type_code: row for row in queries.standings(held)}
    assert (found[TYPE].words, found["hygiene-licence"].words) == ("部分失效", "已失效")
    assert found["business-licence"].components == ()
    assert TYPE not in queries.usable(permit.holder_id, on=permit.issued_on)


def test_permit_whose_licences_are_all_gone_is_gone(permit: Licence) -> None:
    for row in permit.components.select_related("licence"):
        revoked(permit, row.licence.type_code)
    assert queries.check(permit.check_code).verdict == Verdict.REVOKED


def test_revoked_permit_says_so_though_its_licences_stand(permit: Licence) -> None:
    services.revoke(permit.pk, reason="场所已停业", by=at_desk(permit.issuer))
    said = queries.check(permit.check_code)
    assert (said.verdict, said.reason, said.components[0].words) == (Verdict.REVOKED, "场所已停业", "有效")


def test_licence_issued_anew_gives_a_new_permit(joint: JointCase, permit: Licence) -> None:
    case = joint.cases.get(item_code="public-place-hygiene-licence")
    who = at_desk(case.desk)
    correction.reopen(case.pk, order="洪政复〔2026〕3 号", reason="复议决定重新审查", by=who)
    assert queries.check(permit.check_code).verdict == Verdict.PARTIAL
    for task in case.tasks.filter(kind="step", done_at=None):
        review.pass_step(case.pk, task.code, by=who)
    decision.grant(case.pk, by=who)
    told(joint)
    new = Licence.objects.get(type_code=TYPE, state="valid")
    permit.refresh_from_db()
    assert (permit.state, new.pk != permit.pk, queries.check(new.check_code).verdict) == (
        "superseded",
        True,
        Verdict.VALID,
    )
    found = queries.permit(joint.pk)
    assert found is not None and found.licence == new


def test_permit_is_not_issued_from_licences_of_others_or_gone(by: Actor, joint: JointCase, permit: Licence) -> None:
    gone = revoked(permit)
    ground = services.Ground(
        "honghu", permit.holder_id, joint.pk, joint.number, services.Issuer("police", "公安", "x" * 18, "y" * 18), {}
    )
    good = component(permit, "business-licence")
    with pytest.raises(Conflict):
        services.issue_permit(TYPE, ground, components=[good.pk, gone.pk], by=by)
    other = citizen("李示例", 2).person
    assert other is not None
    with pytest.raises(Conflict):
        services.issue_permit(
            TYPE, services.Ground(**{**vars(ground), "holder_id": other.pk}), components=[good.pk], by=by
        )


def test_permit_is_no_licence_of_its_own(permit: Licence) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Component.objects.create(permit=permit, licence=permit, position=9)


def test_pdf_lists_the_licences_on_one_page(permit: Licence) -> None:
    content = queries.pdf(permit, site="http://127.0.0.1:8000")
    pages = PdfReader(io.BytesIO(content)).pages
    text = pages[0].extract_text().replace("\n", "").replace(" ", "")
    assert len(pages) == 1 and len(content) <= 100 * 1024
    for row in permit.components.select_related("licence"):
        assert row.licence.name in text and row.licence.number in text
