"""What visitors, applicants and agents notice on the pages of the portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tongban.attachments.tests.factories import image, upload
from tongban.cases.models import Case, JointCase
from tongban.cases.services import acceptance
from tongban.cases.tests import factories as cases
from tongban.core import http, middleware, time
from tongban.documents.models import Paper
from tongban.identity import services as identity
from tongban.identity.models import Account
from tongban.identity.tests.factories import PASSWORD, as_person, citizen, firm
from tongban.licences import services as licences
from tongban.licences.models import Licence
from tongban.rules.numbers import demo_id
from tongban.themes.models import Draft
from tongban.themes.services import drafting
from tongban.themes.tests.factories import HOTEL, HOTEL_ANSWERS, submit_hotel

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]

OPEN = ("/", "/search", "/search?q=开旅馆", "/themes", f"/themes/{HOTEL}", f"/themes/{HOTEL}/guide", "/items", "/items?audience=firm",
        "/items/business-licence", "/departments", "/about", "/progress", "/check", "/login", "/register", "/reset")  # fmt: skip
CLOSED = ("/me/", "/me/cases", "/me/inbox", "/me/licences", "/me/firms", "/me/password", f"/apply/start?theme={HOTEL}")


@pytest.fixture
def owner() -> Account:
    return citizen("张示例", 1)


@pytest.fixture
def stranger() -> Client:
    return signed_in(citizen("李示例", 2))


@pytest.fixture
def draft(owner: Account) -> Draft:
    return drafting.start("honghu", by=as_person(owner), theme=HOTEL, answers=HOTEL_ANSWERS)


@pytest.fixture
def joint(owner: Account) -> JointCase:
    return submit_hotel(as_person(owner))


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: object) -> str:
    """Return a page without its blanks and without the number to quote, which differs each time."""
    return re.sub(r"\s+|错误编号 \w+", " ", response.content.decode())  # type: ignore[attr-defined]


def title(response: object) -> str:
    found = re.search(r"<title>(.*?)</title>", text(response))
    assert found
    return found[1]


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


# Who may come in


@pytest.mark.parametrize("path", OPEN)
def test_page_for_everybody_opens_without_account(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 200
    assert text(response).count("<h1") == 1


@pytest.mark.parametrize("path", CLOSED)
def test_stranger_is_led_to_sign_in_and_back(path: str) -> None:
    citizen("张示例", 1)
    client = Client()
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/login?next=")
    back = client.post("/login", {"username": "citizen-1", "password": PASSWORD, "next": path})
    assert back["Location"] == path


def test_answers_of_guidance_survive_the_way_through_sign_in() -> None:
    response = Client().get(f"/apply/start?theme={HOTEL}&a-firm-form=company")
    assert response["Location"].endswith("a-firm-form%3Dcompany")


@pytest.mark.parametrize("path", CLOSED)
def test_signed_in_person_opens_own_pages(path: str, owner: Account) -> None:
    assert signed_in(owner).get(path).status_code == 200


@pytest.mark.parametrize(
    "away", ["https://example.cn/", "//example.cn/", "/\\example.cn", "javascript:alert(1)", "example.cn"]
)
def test_sign_in_never_leads_to_another_site(away: str, owner: Account) -> None:
    client = Client()
    assert client.post("/login", {"username": owner.username, "password": PASSWORD, "next": away})["Location"] == "/me/"
    assert client.get("/view", {"size": "lg", "next": away})["Location"] == "/"


def test_wrong_password_keeps_the_name_and_says_what_to_do(owner: Account) -> None:
    response = Client().post("/login", {"username": owner.username, "password": "wrong"})
    assert response.status_code == 422
    assert title(response).startswith("错误：登录")
    assert f'value="{owner.username}"' in text(response)


def test_sign_out_leaves_nothing_behind(owner: Account) -> None:
    client = signed_in(owner)
    response = client.post("/logout")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/me/").status_code == 302


def test_idle_session_ends_and_says_so_before_it_goes_on_where_it_was(owner: Account, draft: Draft) -> None:
    client = signed_in(owner)
    client.get("/me/")
    session = client.session
    session["seen_s"] -= 31 * 60
    session.save()
    response = client.get(f"/apply/{draft.pk}/", follow=True)
    assert response.redirect_chain[0][0] == f"/login?next=/apply/{draft.pk}/"
    assert "太久没有操作，已自动退出" in text(response)


def test_signed_in_page_tells_the_script_when_the_session_ends(owner: Account) -> None:
    assert 'data-idle-s="1800"' in text(signed_in(owner).get("/me/"))
    assert "data-idle-s" not in text(Client().get("/"))


# What belongs to somebody else looks like what is not there


def absent_and_foreign(joint: JointCase, draft: Draft) -> list[tuple[str, str]]:
    paper, case = Paper.objects.get(subject_id=joint.pk), joint.cases.get(item_code="business-licence")
    return [
        (f"/apply/{draft.pk}/", f"/apply/{uuid4()}/"),
        (f"/apply/{draft.pk}/materials", f"/apply/{uuid4()}/materials"),
        (f"/apply/{draft.pk}/check", f"/apply/{uuid4()}/check"),
        (f"/apply/{draft.pk}/discard", f"/apply/{uuid4()}/discard"),
        (f"/apply/{draft.pk}/files/{uuid4()}", f"/apply/{uuid4()}/files/{uuid4()}"),
        (f"/me/cases/{joint.pk}/", f"/me/cases/{uuid4()}/"),
        (f"/me/cases/{joint.pk}/fix/{case.pk}", f"/me/cases/{uuid4()}/fix/{uuid4()}"),
        (f"/me/cases/{joint.pk}/withdraw/{case.pk}", f"/me/cases/{uuid4()}/withdraw/{uuid4()}"),
        (f"/me/papers/{paper.pk}.pdf", f"/me/papers/{uuid4()}.pdf"),
    ]


def test_foreign_draft_case_and_paper_look_like_absent_ones(joint: JointCase, draft: Draft, stranger: Client) -> None:
    for foreign, absent in absent_and_foreign(joint, draft):
        theirs, nobodys = stranger.get(foreign), stranger.get(absent)
        assert theirs.status_code == nobodys.status_code == 404, foreign
        assert text(theirs) == text(nobodys), foreign


def test_foreign_file_looks_like_an_absent_one(owner: Account, draft: Draft, stranger: Client) -> None:
    drafting.add_file(draft.pk, "premises-plan", upload("图.png", image()), by=as_person(owner))
    draft.refresh_from_db()
    file_id = next(iter(draft.materials.values()))["files"][0]["id"]
    own = signed_in(owner).get(f"/apply/{draft.pk}/files/{file_id}")
    assert own["Content-Disposition"].startswith("attachment")
    assert own["Content-Security-Policy"].startswith("sandbox")
    theirs, nobodys = (
        stranger.get(f"/apply/{draft.pk}/files/{file_id}"),
        stranger.get(f"/apply/{draft.pk}/files/{uuid4()}"),
    )
    assert theirs.status_code == 404
    assert text(theirs) == text(nobodys)


@pytest.fixture
def licence(joint: JointCase) -> Licence:
    cases.grant(joint, "business-licence")
    return Licence.objects.get()


def test_foreign_licence_looks_like_an_absent_one(licence: Licence, stranger: Client) -> None:
    for end in ("", ".pdf"):
        theirs, nobodys = stranger.get(f"/me/licences/{licence.pk}{end}"), stranger.get(f"/me/licences/{uuid4()}{end}")
        assert theirs.status_code == 404
        assert text(theirs) == text(nobodys)


def test_holder_opens_the_licence_and_its_pdf(licence: Licence, owner: Account) -> None:
    client = signed_in(owner)
    assert licence.check_code in text(client.get(f"/me/licences/{licence.pk}"))
    assert client.get(f"/me/licences/{licence.pk}.pdf").content.startswith(b"%PDF")


def test_stranger_cannot_change_or_discard_a_draft(draft: Draft, stranger: Client) -> None:
    assert stranger.post(f"/apply/{draft.pk}/discard").status_code == 404
    assert stranger.post(f"/apply/{draft.pk}/delivery", {"way": "pickup"}).status_code == 404
    assert Draft.objects.filter(pk=draft.pk).exists()


# Agents


@pytest.fixture
def agent() -> Account:
    return citizen("周示例", 3)


@pytest.fixture
def mandate(owner: Account, agent: Account) -> identity.Mandate:
    return identity.grant_mandate(
        firm(owner).pk, agent_name="周示例", agent_code=demo_id(3, date(1990, 1, 2)),
        expires_on=time.today() + timedelta(days=30), by=as_person(owner),
    )  # fmt: skip


def test_agent_sees_the_draft_of_a_firm_only_while_the_mandate_lasts(
    agent: Account, mandate: identity.Mandate, owner: Account
) -> None:
    client = signed_in(agent)
    client.post("/apply/start", {"theme": HOTEL, "party": str(mandate.principal_id), "a-firm-form": "company"})
    draft = Draft.objects.get()
    assert "洪湖示例酒店有限公司" in text(client.get(f"/apply/{draft.pk}/"))
    assert client.get("/me/").context["drafts"] == [draft]
    signed_in(owner).post(f"/me/firms/revoke/{mandate.pk}")
    assert client.get(f"/apply/{draft.pk}/").status_code == 404
    assert client.get("/me/").context["drafts"] == []


def test_revoking_says_first_what_it_means(mandate: identity.Mandate, owner: Account, stranger: Client) -> None:
    response = signed_in(owner).get(f"/me/firms/revoke/{mandate.pk}")
    assert "撤销给周示例的授权" in text(response)
    assert stranger.get(f"/me/firms/revoke/{mandate.pk}").status_code == 404
    assert stranger.post(f"/me/firms/revoke/{mandate.pk}").status_code == 404


def test_grant_without_a_day_keeps_what_was_typed(owner: Account) -> None:
    company = firm(owner)
    response = signed_in(owner).post(
        "/me/firms/grant", {"principal": str(company.pk), "agent_name": "周示例", "expires_on-y": "27"}
    )
    assert response.status_code == 422
    assert title(response).startswith("错误：")
    assert 'value="周示例"' in text(response)


# Malformed input


@pytest.mark.parametrize("path", ["/register", "/reset", "/login", "/progress"])
def test_empty_form_comes_back_with_errors_in_the_order_of_its_fields(path: str) -> None:
    response = Client().post(path, {})
    assert response.status_code == 422
    assert title(response).startswith("错误：")
    page = text(response)
    places = [page.index(f'id="{anchor}"') for anchor, _ in response.context["errors"]]
    assert places == sorted(places)


def test_form_without_key_is_refused_in_chinese(owner: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post("/me/inbox")
    assert response.status_code == 403
    assert "刚才的操作没有执行" in text(response)


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


@pytest.mark.parametrize("path", ["/themes/none", "/items/none", "/apply/start?item=none", "/apply/start?theme=none"])
def test_unknown_code_is_not_found(path: str, owner: Account) -> None:
    assert signed_in(owner).get(path).status_code == 404


def test_made_up_party_is_refused(owner: Account) -> None:
    client = signed_in(owner)
    for party in ("x", str(uuid4())):
        assert client.post("/apply/start", {"theme": HOTEL, "party": party}).status_code == 404
    assert Draft.objects.count() == 0


def test_search_shows_what_was_typed_as_text() -> None:
    page = text(Client().get("/search", {"q": "<script>alert(1)</script>"}))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_search_without_hits_offers_the_phone_and_what_others_do() -> None:
    page = text(Client().get("/search", {"q": "造飞船"}))
    assert "没有找到“造飞船”" in page
    assert "12345" in page
    assert "大家常办的" in page


# After submission


def test_discarding_says_first_what_it_means(owner: Account, draft: Draft) -> None:
    client = signed_in(owner)
    assert "不能恢复" in text(client.get(f"/apply/{draft.pk}/discard"))
    assert "草稿已删除" in text(client.post(f"/apply/{draft.pk}/discard", follow=True))
    assert not Draft.objects.exists()


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


# Anybody may check, nobody may fish


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


def test_check_page_gives_each_verdict(licence: Licence) -> None:
    client = Client()
    assert "真实有效" in text(client.get(f"/check/{licence.check_code}"))
    licences.revoke(licence.pk, reason="申请材料不实", by=cases.head_of("business-licence"))
    revoked = text(client.get(f"/check/{licence.check_code}"))
    assert "verdict--revoked" in revoked
    assert "申请材料不实" in revoked
    assert "verdict--unknown" in text(client.get("/check/0000000000zzzzzzzzzz"))


def test_check_page_knows_papers_and_tidies_what_is_typed(joint: JointCase) -> None:
    paper, client = Paper.objects.get(subject_id=joint.pk), Client()
    assert "这份文书是真实的" in text(client.get(f"/check/{paper.check_code}"))
    spaced = f" {paper.check_code[:4].upper()} {paper.check_code[4:]} "
    assert client.get("/check", {"code": spaced})["Location"] == f"/check/{paper.check_code}"
    assert client.get("/check", {"code": "../me"})["Location"] == "/check/0"


# Every page


@pytest.mark.parametrize("path", [*OPEN, "/me/", "/nothing", "/healthz", "/readyz", "/static/core/portal.css"])
def test_security_headers_are_on_every_response(path: str) -> None:
    response = Client().get(path)
    for name, value in middleware.HEADERS.items():
        assert response[name] == value, name
    if not path.startswith("/static/"):
        assert response["Cache-Control"] == "no-store"
    response.close()


def test_security_headers_are_on_refused_posts_too() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/login", {})["Content-Security-Policy"] == middleware.POLICY
    refused = Client().post("/themes")
    assert refused.status_code == 405
    assert refused["Content-Security-Policy"] == middleware.POLICY


def test_missing_page_says_so_in_chinese_and_offers_a_search() -> None:
    response = Client().get("/nothing/here")
    assert response.status_code == 404
    assert "没有找到这个页面" in text(response)
    assert 'action="/search"' in text(response)


def test_fault_of_ours_says_what_is_safe_and_a_number_to_quote() -> None:
    request = RequestFactory().get("/me/")
    request.request_id = "0a1b2c3d4e5f"  # type: ignore[attr-defined]
    response = http.broken(request)
    assert response.status_code == 500
    assert "之前保存的内容还在" in text(response)
    assert "0a1b2c3d4e5f" in response.content.decode()


def test_chosen_text_size_and_contrast_stay() -> None:
    client = Client()
    assert client.get("/view?size=xl&next=/themes")["Location"] == "/themes"
    client.get("/view?contrast=high&next=/")
    page = text(client.get("/themes"))
    assert 'data-size="xl"' in page
    assert 'data-contrast="high"' in page


def test_unknown_text_size_is_ignored() -> None:
    client = Client()
    client.get("/view?size=huge")
    assert 'data-size="std"' in text(client.get("/"))
    client.cookies["size"] = '"><script>'
    assert 'data-size="std"' in text(client.get("/"))


# The cost of a page does not grow with what is on it


def warm(count: Callable[[], int]) -> int:
    """Count when the caches of published specs are filled."""
    count()
    return count()


# Each reads whether the published versions are still those in the caches.
PUBLIC = [("/", 5), ("/themes", 5), ("/items", 5), ("/search?q=开旅馆", 9), (f"/themes/{HOTEL}", 10)]


@pytest.mark.parametrize(("path", "most"), PUBLIC)
def test_public_page_costs_few_queries(path: str, most: int) -> None:
    client = Client()
    assert warm(lambda: queries(client, path)) <= most


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


def test_materials_cost_the_same_with_files_from_earlier(owner: Account, draft: Draft) -> None:
    client = signed_in(owner)
    assert warm(lambda: queries(client, f"/apply/{draft.pk}/materials")) <= 20
