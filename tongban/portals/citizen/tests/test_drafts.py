"""What applicants notice while they write: guidance, forms, materials, submission, discarding."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from tongban.attachments.tests.factories import upload
from tongban.cases.models import JointCase
from tongban.identity.models import Account
from tongban.portals.citizen.tests.factories import queries, signed_in, text, title, warm
from tongban.themes.models import Draft
from tongban.themes.tests.factories import HOTEL

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.mark.parametrize("query", ["a-firm-form=spaceship", "a-made-up=yes"])
def test_guidance_refuses_an_answer_that_nobody_offered(query: str) -> None:
    assert Client().get(f"/themes/{HOTEL}/guide?{query}").status_code in (400, 422)


def test_guidance_without_a_choice_asks_again() -> None:
    response = Client().get(f"/themes/{HOTEL}/guide?asked=1")
    assert title(response).startswith("错误：第 1 题")


def test_faulty_section_keeps_what_was_typed(owner: Account, draft: Draft) -> None:
    sent = {"contact-phone": "139 0000", "shown-contact-phone": "1"}
    response = signed_in(owner).post(f"/apply/{draft.pk}/form/applicant", sent)
    assert response.status_code == 422
    assert title(response).startswith("错误：")
    assert 'value="139 0000"' in text(response)
    assert ("f-contact-phone", "手机号码应为 11 位，现在是 7 位") in response.context["errors"]


def test_what_guidance_answered_is_not_asked_again_in_the_form(owner: Account, draft: Draft) -> None:
    client = signed_in(owner)
    shown = client.get(f"/apply/{draft.pk}/").context["sections"]
    names = [row.name for part in shown for row in client.get(part.link).context["rows"]]
    answered = [row.name for part in shown for row, _ in client.get(part.link).context["already"]]
    assert answered
    assert not set(names) & set(answered)
    assert len(names) == len(set(names))


def test_wrong_file_is_named_with_what_to_do(owner: Account, draft: Draft) -> None:
    kind = "premises-plan"
    sent = {"act": f"upload:{kind}", f"file-{kind}": upload("工具.exe", b"MZ" + b"0" * 200)}
    response = signed_in(owner).post(f"/apply/{draft.pk}/materials", sent, follow=True)
    assert title(response).startswith("错误：材料")
    assert "工具.exe没有传上" in text(response)


def test_submitting_an_unfinished_draft_says_what_is_missing(owner: Account, draft: Draft) -> None:
    response = signed_in(owner).post(f"/apply/{draft.pk}/check", {})
    assert response.status_code == 422
    assert response.context["errors"]
    assert JointCase.objects.count() == 0


def test_made_up_party_is_refused(owner: Account) -> None:
    client = signed_in(owner)
    for party in ("x", str(uuid4())):
        assert client.post("/apply/start", {"theme": HOTEL, "party": party}).status_code == 404
    assert Draft.objects.count() == 0


def test_discarding_says_first_what_it_means(owner: Account, draft: Draft) -> None:
    client = signed_in(owner)
    assert "不能恢复" in text(client.get(f"/apply/{draft.pk}/discard"))
    assert "草稿已删除" in text(client.post(f"/apply/{draft.pk}/discard", follow=True))
    assert not Draft.objects.exists()


def test_materials_cost_the_same_with_files_from_earlier(owner: Account, draft: Draft) -> None:
    client = signed_in(owner)
    assert warm(lambda: queries(client, f"/apply/{draft.pk}/materials")) <= 20
