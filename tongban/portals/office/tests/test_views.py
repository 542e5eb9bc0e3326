"""What officers notice on their pages."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tongban.attachments import services as attachments
from tongban.cases.models import Case, JointCase
from tongban.cases.services import acceptance, review
from tongban.cases.services.intake import HandedIn
from tongban.cases.tests.factories import FIRE, FOOD, LICENCE, QUERY, case_of, open_hotel, plan
from tongban.core import time
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.models import Post, Seat
from tongban.orgs.tests.factories import actor, officer

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.fixture
def hotel() -> JointCase:
    return open_hotel(as_person(citizen("张示例")))


@pytest.fixture
def head() -> Account:
    return officer("market", name="田建国")


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def act(client: Client, case: Case, slug: str, **sent: object) -> object:
    return client.post(f"/work/cases/{case.pk}/{slug}", {"seen": case.event_count, **sent})


def to_decision(case: Case, by: Account) -> Case:
    acceptance.accept(case.pk, by=actor(by))
    for task in case.tasks.filter(kind="step"):
        review.pass_step(case.pk, task.code, by=actor(by), opinion="符合要求")
    case.refresh_from_db()
    return case


# Who may come in


def test_stranger_is_led_to_sign_in_and_back() -> None:
    response = Client().get("/work/?lamp=bad")
    assert response.status_code == 302
    assert response["Location"] == "/login?next=/work/%3Flamp%3Dbad"


@pytest.mark.parametrize("path", ["/work/", "/work/running", "/work/done", "/work/me", "/work/staff", "/work/next"])
def test_citizen_is_refused(path: str) -> None:
    assert signed_in(citizen()).get(path).status_code == 403


def test_other_department_does_not_find_the_case(hotel: JointCase) -> None:
    client, case = signed_in(officer("health")), case_of(hotel, LICENCE)
    assert client.get(f"/work/cases/{case.pk}").status_code == 404
    assert act(client, case, "accept").status_code == 404
    assert client.get(f"/work/cases/{uuid4()}").status_code == 404


def test_reviewer_may_look_but_not_accept(hotel: JointCase) -> None:
    client, case = signed_in(officer("market", "审查岗")), case_of(hotel, LICENCE)
    assert "这一步由受理岗办理" in text(client.get(f"/work/cases/{case.pk}"))
    assert client.get(f"/work/cases/{case.pk}/accept").status_code == 403
    assert act(client, case, "accept").status_code == 403
    assert case_of(hotel, LICENCE).state == "pre_review"


# The desk


def test_worklist_masks_the_applicant_and_links_the_case(hotel: JointCase, head: Account) -> None:
    page = text(signed_in(head).get("/work/"))
    assert "张*" in page and "张示例" not in page
    assert f"/work/cases/{case_of(hotel, LICENCE).pk}" in page


def test_worklist_needs_the_same_queries_for_one_case_and_for_six(head: Account) -> None:
    client, by = signed_in(head), as_person(citizen())
    counts = []
    for more in (1, 5):
        for _ in range(more):
            open_hotel(by)
        client.get("/work/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/work/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize(("query", "is_found"), [
    ("", True), ("?q=营业执照", True), ("?q=没有这个", False), ("?lamp=bad", False), ("?mine=1", False),
    (f"?item={LICENCE}", True), (f"?item={FOOD}", False), ("?kind=decide", False), ("?lamp=nonsense", True),
])  # fmt: skip
def test_filters_of_the_address_narrow_the_list(hotel: JointCase, head: Account, query: str, is_found: bool) -> None:
    page = text(signed_in(head).get(f"/work/{query}"))
    assert (str(case_of(hotel, LICENCE).pk) in page) == is_found


def test_malformed_cursor_is_refused(head: Account) -> None:
    client = signed_in(head)
    assert client.get("/work/?cursor=abc").status_code == 422
    assert client.get("/work/done?cursor=abc").status_code == 422


def test_each_counter_opens_as_many_rows_as_it_counts(hotel: JointCase, head: Account) -> None:
    client = signed_in(head)
    with time.moved(time.now() + timedelta(days=30)):
        for name, path in (("超期", "/work/?lamp=bad"), ("临期", "/work/?lamp=warn"), ("在办", "/work/running")):
            counted = int(
                re.search(rf'{name}(?:</span>)*</span><span class="v[^"]*">(\d+)', text(client.get("/work/"))).group(1)
            )
            assert text(client.get(path)).count("<tr data-row>") == counted
        assert "超期" in text(client.get("/work/?lamp=bad"))


def test_empty_desk_says_when_the_last_was_done(hotel: JointCase) -> None:
    clerk = officer("market", "受理岗")
    acceptance.accept(case_of(hotel, LICENCE).pk, by=actor(clerk))
    assert "今天已办 1 件，上一件于" in text(signed_in(clerk).get("/work/"))
    assert text(signed_in(clerk).get("/work/done/today")).count("<tr data-row>") == 1


def test_pages_of_the_worklist_follow_each_other_without_gaps(head: Account) -> None:
    by = as_person(citizen())
    for _ in range(51):
        open_hotel(by, members={LICENCE: ()})
    client = signed_in(head)
    first = text(client.get("/work/"))
    second = text(client.get("/work/" + re.search(r'href="(\?cursor=[^"]+)"', first).group(1).replace("&amp;", "&")))
    found = re.findall(r"/work/cases/([0-9a-f-]{36})", first + second)
    assert len(set(found)) == 51
    assert "已到最后" in second


def test_claimed_task_is_shown_and_refused_to_others(hotel: JointCase, head: Account) -> None:
    case = case_of(hotel, LICENCE)
    task, other = case.tasks.get(), signed_in(officer("market", "受理岗"))
    signed_in(head).post(f"/work/tasks/{task.pk}/claim")
    assert "田建国认领，正在办理" in text(other.get(f"/work/cases/{case.pk}"))
    other.post(f"/work/tasks/{task.pk}/claim")
    assert "已由田建国认领" in text(other.get("/work/"))
    case.refresh_from_db()
    assert act(other, case, "accept").status_code == 409


def test_head_takes_back_what_a_colleague_holds(hotel: JointCase, head: Account) -> None:
    task, clerk = case_of(hotel, LICENCE).tasks.get(), officer("market", "受理岗")
    review.claim(task.pk, by=actor(clerk))
    page = text(signed_in(head).get(f"/work/cases/{task.case_id}"))
    signed_in(head).post(f"/work/tasks/{task.pk}/release")
    task.refresh_from_db()
    assert "收回给待认领" in page
    assert task.claimed_by_id is None


def test_claiming_nothing_says_so(head: Account) -> None:
    client = signed_in(head)
    assert (
        client.post("/work/tasks/claim", {"task": ["nonsense"], "next": "https://example.org/"})["Location"] == "/work/"
    )
    assert "没有选办件" in text(client.get("/work/"))


# The case page


@pytest.mark.parametrize(
    "tab", ["overview", "form", "materials", "joint", "opinions", "papers", "timing", "log", "nonsense"]
)
def test_every_tab_opens_with_one_heading_and_no_inline_style(hotel: JointCase, head: Account, tab: str) -> None:
    page = signed_in(head).get(f"/work/cases/{case_of(hotel, LICENCE).pk}?tab={tab}").content.decode()
    assert page.count("<h1") == 1
    assert "style=" not in page and "<script>" not in page and "onclick" not in page


def test_joint_progress_of_other_departments_can_be_read(hotel: JointCase, head: Account) -> None:
    page = text(signed_in(head).get(f"/work/cases/{case_of(hotel, LICENCE).pk}?tab=joint"))
    assert case_of(hotel, FIRE).name in page
    assert f"/work/cases/{case_of(hotel, FIRE).pk}" not in page


def test_file_opens_for_the_desk_that_uses_it_only(head: Account) -> None:
    by = as_person(citizen())
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    file = attachments.store(SimpleUploadedFile("图.png", picture.getvalue()), by=by)
    kind = plan().item_of(LICENCE).materials[0]
    joint = open_hotel(by, ways={kind: HandedIn(kind, "upload", files=(str(file.pk),))})
    case = case_of(joint, LICENCE)
    answer = signed_in(head).get(f"/work/cases/{case.pk}/files/{file.pk}")
    assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        200,
        "image/png",
        "nosniff",
    )
    assert signed_in(head).get(f"/work/cases/{case.pk}/files/{uuid4()}").status_code == 404
    assert signed_in(officer("health")).get(f"/work/cases/{case.pk}/files/{file.pk}").status_code == 404


# Acts


def test_accept_shows_the_paper_and_then_acts(hotel: JointCase, head: Account) -> None:
    client, case = signed_in(head), case_of(hotel, LICENCE)
    page = text(client.get(f"/work/cases/{case.pk}/accept"))
    assert (
        "受理通知书" in page
        and "现予受理" in page
        and case.number in page.replace("</b><b>", "").replace("</i><b>", "")
    )
    assert case_of(hotel, LICENCE).state == "pre_review"
    response = act(client, case, "accept")
    assert response["Location"] == f"/work/cases/{case.pk}"  # The head can go on with the first step.
    assert "已受理：" in text(client.get(response["Location"]))
    assert case_of(hotel, LICENCE).state == "accepted"


def test_clerk_gets_the_next_case_after_accepting(hotel: JointCase) -> None:
    other = open_hotel(as_person(citizen("李示例", 2)))
    client = signed_in(officer("market", "受理岗"))
    response = act(client, case_of(hotel, LICENCE), "accept")
    assert response["Location"] == f"/work/cases/{case_of(other, LICENCE).pk}"
    response = act(client, case_of(other, LICENCE), "accept")
    assert response["Location"] == "/work/"
    assert "没有其他待办了" in text(client.get("/work/"))


def test_stale_page_is_refused_and_shows_what_happened(hotel: JointCase, head: Account) -> None:
    case = case_of(hotel, LICENCE)
    acceptance.pass_pre_review(case.pk, by=actor(officer("market", name="麻示例")))
    response = act(signed_in(head), case, "not-accept", text="不属于本机关职权", confirmed="1")
    assert response.status_code == 409
    assert "麻示例在" in text(response) and "预审通过" in text(response)
    assert "不属于本机关职权" in text(response)  # What was typed is not lost.
    assert case_of(hotel, LICENCE).state == "submitted"


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 20])
def test_malformed_page_key_changes_nothing(hotel: JointCase, head: Account, seen: str) -> None:
    response = signed_in(head).post(f"/work/cases/{case_of(hotel, LICENCE).pk}/accept", {"seen": seen})
    assert response.status_code == 422
    assert case_of(hotel, LICENCE).state == "pre_review"


def test_notice_of_what_is_missing_is_checked_shown_and_sent_once(hotel: JointCase, head: Account) -> None:
    client, case = signed_in(head), case_of(hotel, LICENCE)
    empty = act(client, case, "correction")
    short = act(client, case, "correction", ask=["field:premises-name"], **{"remark:field:premises-name": "改"})
    good = {"ask": ["field:premises-name"], "remark:field:premises-name": "店名与证件不一致，请按证件填写"}
    shown = act(client, case, "correction", **good)
    assert (empty.status_code, short.status_code, shown.status_code) == (422, 422, 200)
    assert "请写清" in text(short) and 'value="改"' in text(short)
    assert "一次性补正告知书" in text(shown) and case_of(hotel, LICENCE).state == "pre_review"
    act(client, case, "correction", confirmed="1", **good)
    assert case_of(hotel, LICENCE).state == "returned"


def test_second_notice_is_refused(hotel: JointCase, head: Account) -> None:
    client, case = signed_in(head), case_of(hotel, LICENCE)
    good = {"ask": ["field:premises-name"], "remark:field:premises-name": "店名与证件不一致"}
    act(client, case, "correction", confirmed="1", **good)
    acceptance.resubmit(
        case.pk, values={"premises-name": "新店"}, materials=[], by=as_person(Account.objects.get(kind="citizen"))
    )
    again = case_of(hotel, LICENCE)
    page = text(client.get(f"/work/cases/{case.pk}"))
    assert "要求补正" not in page
    assert client.get(f"/work/cases/{case.pk}/correction").status_code == 409
    response = act(client, again, "correction", confirmed="1", **good)
    assert response.status_code == 409
    assert "已经告知过一次补正" in text(response)


def test_remark_without_a_tick_counts(hotel: JointCase, head: Account) -> None:
    response = act(signed_in(head), case_of(hotel, LICENCE), "correction", **{"remark:field:premises-name": "请写全称"})
    assert "请写全称" in text(response) and response.status_code == 200


def test_refusal_needs_a_reason_and_shows_the_remedies_first(hotel: JointCase, head: Account) -> None:
    client, case = signed_in(head), to_decision(case_of(hotel, LICENCE), head)
    without = act(client, case, "refuse", text="不行")
    shown = act(client, case, "refuse", text="经营场所是违法建设，没有合法用途证明")
    assert without.status_code == 422 and "请写明理由" in text(without) and "不行" in text(without)
    assert "行政复议" in text(shown) and case_of(hotel, LICENCE).state == "deciding"
    act(client, case, "refuse", text="经营场所是违法建设，没有合法用途证明", confirmed="1")
    assert case_of(hotel, LICENCE).state == "refused"


def test_step_needs_an_opinion_and_keeps_it(hotel: JointCase, head: Account) -> None:
    client, case = signed_in(head), case_of(hotel, LICENCE)
    acceptance.accept(case.pk, by=actor(head))
    case.refresh_from_db()
    code = case.tasks.get(kind="step").code
    assert act(client, case, "step", step=code).status_code == 422
    act(client, case, "step", step=code, phrase="材料齐全，符合法定形式", text="原件已核")
    assert case.tasks.get(kind="step").opinion == "材料齐全，符合法定形式；原件已核"
    assert "原件已核" in text(client.get(f"/work/cases/{case.pk}?tab=opinions"))


def test_phrase_that_was_not_offered_is_left_out(hotel: JointCase, head: Account) -> None:
    case = case_of(hotel, LICENCE)
    acceptance.accept(case.pk, by=actor(head))
    case.refresh_from_db()
    assert act(signed_in(head), case, "step", step=case.tasks.get(kind="step").code, phrase="伪造的").status_code == 422


def test_grant_issues_the_licence_and_the_paper_opens(hotel: JointCase, head: Account) -> None:
    client, case = signed_in(head), to_decision(case_of(hotel, LICENCE), head)
    assert "准予决定书" in text(client.get(f"/work/cases/{case.pk}/grant"))
    act(client, case, "grant", phrase="同意")
    page = text(client.get(f"/work/cases/{case.pk}?tab=papers"))
    paper = client.get(re.search(r"/work/cases/[0-9a-f-]+/papers/[0-9a-f-]+", page).group(0))
    assert case_of(hotel, LICENCE).state == "granted"
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    assert "已发证照" in text(client.get(f"/work/cases/{case.pk}"))


def test_decided_case_offers_nothing_and_refuses_again(hotel: JointCase, head: Account) -> None:
    client, case = signed_in(head), to_decision(case_of(hotel, LICENCE), head)
    act(client, case, "grant")
    page = text(client.get(f"/work/cases/{case.pk}"))
    assert 'data-key="F9"' not in page and "已办结（准予）" in page
    assert act(client, case, "grant").status_code == 409


def test_unknown_act_is_not_found(hotel: JointCase, head: Account) -> None:
    assert signed_in(head).get(f"/work/cases/{case_of(hotel, LICENCE).pk}/delete").status_code == 404


def test_outside_body_is_recorded_without_papers(head: Account) -> None:
    joint = open_hotel(as_person(citizen()), members={QUERY: ()})
    Case.objects.filter(joint_case=joint).update(is_tracked_only=True)
    client, case = signed_in(officer("urban-management")), case_of(joint, QUERY)
    page = text(client.get(f"/work/cases/{case.pk}"))
    assert "外部，仅跟踪" in page and "登记“对方已收”" in page and "要求补正" not in page
    act(client, case, "accept")
    case = case_of(joint, QUERY)
    assert client.get(f"/work/cases/{case.pk}/correction").status_code == 404
    assert case.due_on is None and "还没有文书" not in text(client.get(f"/work/cases/{case.pk}?tab=papers"))


def test_next_goes_round_the_list(head: Account) -> None:
    cases = [case_of(open_hotel(as_person(citizen(n=n))), LICENCE).pk for n in (1, 2, 3)]
    client, seen = signed_in(head), []
    here = ""
    for _ in cases:
        here = client.get(f"/work/next?after={here}")["Location"].rsplit("/", 1)[1]
        seen.append(UUID(here))
    assert sorted(seen) == sorted(cases)
    assert client.get("/work/next?after=nonsense").status_code == 302


# 人员与岗位


def test_only_the_administrator_keeps_staff(head: Account) -> None:
    assert signed_in(head).get("/work/staff").status_code == 403
    client = signed_in(officer("market", "管理员"))
    assert "受理岗" in text(client.get("/work/staff"))
    assert client.get("/work/staff/health").status_code == 403
    assert client.post("/work/staff/health/posts", {"name": "窗口岗", "roles": ["clerk"]}).status_code == 403


def test_new_person_gets_a_first_password_once() -> None:
    client = signed_in(officer("market", "管理员"))
    sent = {"post": str(_post("受理岗").pk), "username": "new-clerk", "name": "麻示例"}
    response = client.post("/work/staff/market/seats", sent)
    first = re.findall(r'<dd class="code">([^<]+)</dd>', response.content.decode())[1]
    assert Account.objects.get(username="new-clerk").check_password(first)
    again = client.post("/work/staff/market/seats", sent)
    assert again.status_code == 409 and first not in text(again) and first not in text(client.get("/work/staff"))


@pytest.mark.parametrize("sent", [
    {}, {"post": "nonsense", "username": "abcd", "name": "麻示例"}, {"username": "ab", "name": "麻"},
])  # fmt: skip
def test_faulty_seat_says_what_to_mend(sent: dict[str, str]) -> None:
    response = signed_in(officer("market", "管理员")).post("/work/staff/market/seats", sent)
    assert response.status_code == 422 and "请选择" in text(response)
    assert f'value="{sent.get("username", "")}"' in text(response)


def test_post_is_added_and_faults_stand_at_their_field() -> None:
    client = signed_in(officer("market", "管理员"))
    faulty = client.post("/work/staff/market/posts", {"name": "窗", "roles": ["king"]})
    assert faulty.status_code == 422 and "岗位名称应为" in text(faulty)
    client.post("/work/staff/market/posts", {"name": "窗口岗", "roles": ["clerk"]})
    assert "窗口岗" in text(client.get("/work/staff"))


def test_seat_ends_after_a_question_but_not_the_own_one() -> None:
    admin, clerk = officer("market", "管理员"), officer("market", "受理岗", name="麻示例")
    client, row = signed_in(admin), Seat.objects.get(account=clerk)
    assert "马上不能再办" in text(client.get(f"/work/staff/market/seats/{row.pk}/end"))
    client.post(f"/work/staff/market/seats/{row.pk}/end")
    own = client.post(f"/work/staff/market/seats/{Seat.objects.get(account=admin).pk}/end")
    assert own.status_code == 409
    assert signed_in(clerk).get("/work/").status_code == 403
    assert client.get(f"/work/staff/market/seats/{uuid4()}/end").status_code == 404


def test_form_from_elsewhere_is_refused(hotel: JointCase, head: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(head)
    case = case_of(hotel, LICENCE)
    assert client.post(f"/work/cases/{case.pk}/accept", {"seen": case.event_count}).status_code == 403
    assert case_of(hotel, LICENCE).state == "pre_review"


def _post(name: str) -> Post:
    return Post.objects.get(organisation__pack=settings.PLACE, organisation__code="market", name=name)
