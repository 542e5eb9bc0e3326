"""What applicants notice of their cases after submission, and anybody who has the number."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.cases.models import Case, JointCase
from tongban.cases.services import acceptance
from tongban.cases.tests import factories as cases
from tongban.documents.models import Paper
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person
from tongban.portals.citizen.tests.factories import queries, signed_in, text, title, warm
from tongban.themes.tests.factories import submit_hotel

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


def ask(joint: JointCase) -> Case:
    case = joint.cases.get(item_code="business-licence")
    items = [{"kind": "field", "code": "premises-name", "name": "经营场所名称", "remark": "与房屋合同不一致"}]
    return acceptance.ask_for_more(case.pk, items, by=cases.head_of("business-licence"))


def test_case_sent_back_shows_where_it_is_held_and_the_way_to_correct_it(joint: JointCase, owner: Account) -> None:
    case = ask(joint)
    page = text(signed_in(owner).get(f"/me/cases/{joint.pk}/"))
    assert f"/me/cases/{joint.pk}/fix/{case.pk}" in page
    assert '<li class="hold">' in page
    assert "等你补正" in page


def test_faulty_correction_comes_back_and_a_good_one_goes_in(joint: JointCase, owner: Account) -> None:
    case, client = ask(joint), signed_in(owner)
    path = f"/me/cases/{joint.pk}/fix/{case.pk}"
    bad = client.post(path, {"premises-name": ""})
    assert bad.status_code == 422
    assert title(bad).startswith("错误：补正")
    assert client.post(path, {"premises-name": "湖畔旅馆"})["Location"] == f"/me/cases/{joint.pk}/?done=fix"
    assert client.get(path).status_code == 404


def test_receipt_is_a_pdf_for_the_applicant(joint: JointCase, owner: Account) -> None:
    paper = Paper.objects.get(subject_id=joint.pk)
    assert signed_in(owner).get(f"/me/papers/{paper.pk}.pdf").content.startswith(b"%PDF")


def test_withdrawing_names_what_else_it_ends(joint: JointCase, owner: Account) -> None:
    case, client = joint.cases.get(item_code="business-licence"), signed_in(owner)
    assert "也会终止" in text(client.get(f"/me/cases/{joint.pk}/withdraw/{case.pk}"))
    client.post(f"/me/cases/{joint.pk}/withdraw/{case.pk}", {"reason": "不办了"})
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_glance_opens_with_number_and_digits(joint: JointCase) -> None:
    response = Client().post("/progress", {"number": joint.number, "digits": joint.contact_phone[-4:]})
    assert response.status_code == 200
    assert "7 项正在办理" in text(response)
    assert "张示例" not in text(response)


def test_glance_does_not_tell_whether_a_number_exists(joint: JointCase) -> None:
    known = Client().post("/progress", {"number": joint.number, "digits": "0000"})
    unknown = Client().post("/progress", {"number": "421083202601019999990", "digits": "0000"})
    assert known.status_code == unknown.status_code == 422
    assert known.context["errors"] == unknown.context["errors"]


@pytest.mark.parametrize("path", ["/", "/me/", "/me/cases", "/me/inbox"])
def test_own_page_costs_the_same_with_more_cases(path: str, owner: Account) -> None:
    client = signed_in(owner)
    submit_hotel(as_person(owner))
    one = warm(lambda: queries(client, path))
    for _ in range(2):
        submit_hotel(as_person(owner))
    assert queries(client, path) == one


def test_progress_costs_the_same_with_seven_members_as_with_one(owner: Account) -> None:
    client = signed_in(owner)
    small = cases.open_hotel(as_person(owner), members={cases.LICENCE: ()})
    large = submit_hotel(as_person(owner))
    assert warm(lambda: queries(client, f"/me/cases/{small.pk}/")) == queries(client, f"/me/cases/{large.pk}/")
