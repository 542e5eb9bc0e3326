from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tongban.attachments.tests.factories import image, pdf, upload
from tongban.cases.models import JointCase, Material
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import services as identity
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.licences.tests.factories import licence
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Conflict, Invalid, NotFound
from tongban.themes.models import Draft
from tongban.themes.queries import drafts
from tongban.themes.services import drafting, submission
from tongban.themes.tests.factories import HOTEL, HOTEL_ANSWERS, values


@pytest.fixture
def by(honghu: str) -> Actor:
    return as_person(citizen())


@pytest.fixture
def draft(by: Actor) -> Draft:
    return drafting.start("honghu", theme=HOTEL, answers=HOTEL_ANSWERS, by=by)


def fill(draft: Draft, by: Actor) -> None:
    """Fill in every section, bring every material to the counter, choose the delivery."""
    plan = drafts.plan_of(draft)
    for code in dict.fromkeys(f.section for f in plan.fields):
        assert drafting.save_section(draft.pk, code, values(plan), by=by) == {}
    rows = drafts.standings(drafts.draft(draft.pk, by=by), plan)
    drafting.choose_way(draft.pk, {r.material.type: ("counter", "") for r in rows if "counter" in r.ways}, by=by)
    drafting.choose_delivery(draft.pk, "electronic", address="", by=by)


def reread(draft: Draft, by: Actor) -> Draft:
    return drafts.draft(draft.pk, by=by)


def test_draft_is_filled_in_with_what_is_known_of_the_person_and_says_from_where(draft: Draft, by: Actor) -> None:
    assert draft.values["applicant-name"] == "张示例"
    found = drafts.prefills(drafts.plan_of(draft), applicant_id=by.party_id, by=by)  # type: ignore[arg-type]
    assert found["applicant-name"].source == "来自你的注册信息（未核验）"


def test_licence_in_hand_fills_fields_and_stands_for_its_material(by: Actor) -> None:
    from tongban.identity.models import Party

    licence(Party.objects.get(pk=by.party_id))
    draft = drafting.start("honghu", item="fire-safety-opening-check", by=by)
    row = next(s for s in drafts.standings(draft, drafts.plan_of(draft)) if s.material.type == "business-licence")
    assert (row.way, row.is_ready) == ("licence", True)


def test_what_was_typed_is_kept_right_or_wrong(draft: Draft, by: Actor) -> None:
    plan = drafts.plan_of(draft)
    phone = next(f for f in plan.fields if f.element == "contact-phone")
    problems = drafting.save_section(
        draft.pk, phone.section, {"contact-phone": "139", "applicant-name": " 李 示例 "}, by=by
    )
    kept = reread(draft, by)
    assert set(problems) == {"contact-phone"}
    assert kept.faults["contact-phone"][0] == "139"
    assert kept.values["applicant-name"] == "李 示例"
    assert f"section:{phone.section}" not in kept.done


def test_mended_field_is_no_fault_any_more(draft: Draft, by: Actor) -> None:
    section = next(f for f in drafts.plan_of(draft).fields if f.element == "contact-phone").section
    drafting.save_section(draft.pk, section, {"contact-phone": "139"}, by=by)
    drafting.save_section(draft.pk, section, {"contact-phone": "139 0000 1234"}, by=by)
    kept = reread(draft, by)
    assert (kept.faults, kept.values["contact-phone"]) == ({}, "13900001234")


def test_changed_answers_keep_what_was_filled_in(draft: Draft, by: Actor) -> None:
    fill(draft, by)
    drafting.answer(draft.pk, HOTEL_ANSWERS | {"food-supply": "none"}, by=by)
    kept = reread(draft, by)
    assert kept.answers["food-supply"] == "none"
    assert kept.values["premises-address"] == "示例内容"
    assert len(drafts.plan_of(kept).items) == 6


def test_complete_draft_is_submitted_once_however_often(draft: Draft, by: Actor) -> None:
    fill(draft, by)
    first = submission.submit(draft.pk, consented=True, by=by)
    assert submission.submit(draft.pk, consented=True, by=by) == first
    assert JointCase.objects.count() == 1
    assert JointCase.objects.get().values["premises-address"] == "示例内容"


def test_submitted_draft_cannot_be_changed(draft: Draft, by: Actor) -> None:
    fill(draft, by)
    submission.submit(draft.pk, consented=True, by=by)
    for refused in (
        lambda: drafting.answer(draft.pk, {}, by=by),
        lambda: drafting.save_section(draft.pk, "applicant", {}, by=by),
        lambda: drafting.choose_delivery(draft.pk, "pickup", address="", by=by),
        lambda: drafting.discard(draft.pk, by=by),
    ):
        with pytest.raises(Conflict):
            refused()
    assert drafts.drafts(by=by) == []


def test_incomplete_draft_says_all_that_is_open_and_submits_nothing(draft: Draft, by: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        submission.submit(draft.pk, consented=False, by=by)
    assert {"delivery", "consent", "premises-name", "material:lease-contract"} <= set(refusal.value.fields)
    assert not JointCase.objects.exists()


def test_draft_with_open_questions_is_not_submitted(by: Actor) -> None:
    draft = drafting.start("honghu", theme=HOTEL, by=by)
    fill(draft, by)
    with pytest.raises(Invalid) as refusal:
        submission.submit(draft.pk, consented=True, by=by)
    assert "answers" in refusal.value.fields


# Files


def test_uploaded_file_counts_as_handed_in_and_goes_with_the_application(draft: Draft, by: Actor) -> None:
    fill(draft, by)
    drafting.add_file(draft.pk, "lease-contract", upload("合同.pdf", pdf()), by=by)
    submission.submit(draft.pk, consented=True, by=by)
    row = Material.objects.get(type_code="lease-contract")
    assert (row.way, len(row.files)) == ("upload", 1)


def test_refused_file_is_shown_with_its_problem_and_does_not_count(draft: Draft, by: Actor) -> None:
    fill(draft, by)
    drafting.add_file(draft.pk, "lease-contract", upload("合同.pdf", image()), by=by)
    shown = reread(draft, by).materials["lease-contract"]["files"]
    assert "其实是 PNG 图片" in shown[0]["problem"]
    with pytest.raises(Invalid) as refusal:
        submission.submit(draft.pk, consented=True, by=by)
    assert set(refusal.value.fields) == {"material:lease-contract"}


def test_removed_file_is_gone_and_the_way_is_open_again(draft: Draft, by: Actor) -> None:
    kept = drafting.add_file(draft.pk, "lease-contract", upload("合同.pdf", pdf()), by=by)
    drafting.remove_file(draft.pk, "lease-contract", kept.materials["lease-contract"]["files"][0]["id"], by=by)
    entry = reread(draft, by).materials["lease-contract"]
    assert (entry["files"], entry["way"]) == ([], "")


def test_no_more_than_ten_files_a_material(draft: Draft, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "MOST_FILES", 1)
    for _ in range(2):
        kept = drafting.add_file(draft.pk, "lease-contract", upload("合同.pdf", pdf()), by=by)
    files = kept.materials["lease-contract"]["files"]
    assert [bool(f.get("problem")) for f in files] == [False, True]


def test_all_files_together_keep_the_limit_of_an_application(draft: Draft, by: Actor, settings: Any) -> None:
    settings.APPLICATION_LIMIT_BYTES = len(pdf()) + 10
    for code in ("lease-contract", "premises-plan"):
        kept = drafting.add_file(draft.pk, code, upload("合同.pdf", pdf()), by=by)
    assert "200 MB" in kept.materials["premises-plan"]["files"][0]["problem"]


# Whose


def test_draft_is_its_owners_alone(draft: Draft) -> None:
    for by in (as_person(citizen("李示例", 2)), at_desk("market")):
        assert drafts.drafts(by=by) == []
        for refused in (
            lambda by=by: drafts.draft(draft.pk, by=by),
            lambda by=by: drafting.discard(draft.pk, by=by),
            lambda by=by: submission.submit(draft.pk, consented=True, by=by),
            lambda by=by: drafting.add_file(draft.pk, "lease-contract", upload("a.pdf", pdf()), by=by),
            lambda by=by: drafts.draft(uuid4(), by=by),
        ):
            with pytest.raises(NotFound):
                refused()


def test_draft_for_a_firm_is_closed_when_the_mandate_ends(by: Actor) -> None:
    owner = citizen("李示例", 2)
    company = firm(owner)
    mandate = identity.grant_mandate(
        company.pk, agent_name="张示例", agent_code=citizen_code(by), expires_on=time.today(), by=as_person(owner)
    )
    draft = drafting.start("honghu", theme=HOTEL, answers=HOTEL_ANSWERS, party_id=company.pk, by=by)
    fill(draft, by)
    identity.revoke_mandate(mandate.pk, by=as_person(owner))
    with pytest.raises(NotFound):
        submission.submit(draft.pk, consented=True, by=by)
    assert drafts.drafts(by=by) == []
    assert not JointCase.objects.exists()


def citizen_code(by: Actor) -> str:
    from tongban.identity.models import Party

    return Party.objects.get(pk=by.person_id).code


def test_agent_under_a_mandate_applies_in_the_name_of_the_firm(by: Actor) -> None:
    owner = citizen("李示例", 2)
    company = firm(owner)
    identity.grant_mandate(
        company.pk, agent_name="张示例", agent_code=citizen_code(by), expires_on=time.today(), by=as_person(owner)
    )
    draft = drafting.start("honghu", theme=HOTEL, answers=HOTEL_ANSWERS, party_id=company.pk, by=by)
    fill(reread(draft, by), by)
    joint = JointCase.objects.get(pk=submission.submit(draft.pk, consented=True, by=by))
    assert (joint.applicant_id, joint.agent_id, joint.mandate_id is not None) == (company.pk, by.person_id, True)
    assert joint.events.get(case=None).on_behalf_of == company.pk


@pytest.mark.parametrize(
    ("way", "address", "field"), [("pigeon", "", "way"), ("mail", "短", "address"), ("", "", "way")]
)
def test_delivery_must_be_one_that_reaches_the_person(
    draft: Draft, by: Actor, way: str, address: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        drafting.choose_delivery(draft.pk, way, address=address, by=by)
    assert set(refusal.value.fields) == {field}


def test_draft_nobody_touched_for_ninety_days_is_forgotten_a_submitted_one_is_not(draft: Draft, by: Actor) -> None:
    fill(draft, by)
    submission.submit(draft.pk, consented=True, by=by)
    drafting.start("honghu", theme=HOTEL, by=by)
    with time.moved(time.now() + timedelta(days=89)):
        assert drafting.forget_old() == 0
    with time.moved(time.now() + timedelta(days=91)):
        assert drafting.forget_old() == 1
    assert Draft.objects.get().pk == draft.pk
