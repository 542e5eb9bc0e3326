"""The further acts of a case page (更多操作): offered when they make sense, asked at their place, done once, refused with words."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tongban.audit.models import Entry
from tongban.cases.models import Case, JointCase, Task
from tongban.cases.services import acceptance
from tongban.cases.tests.factories import LICENCE, TRADE, case_of, grant, head_of, open_hotel
from tongban.core import time
from tongban.documents.models import Paper
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import actor, officer
from tongban.portals.office import rules
from tongban.portals.office.tests.test_views import signed_in, text

pytestmark = pytest.mark.usefixtures("honghu")
WHY = "情况复杂，需要补充核查"


@pytest.fixture
def case() -> Case:
    return acceptance.accept(
        case_of(open_hotel(as_person(citizen()), members={TRADE: ()}), TRADE).pk, by=head_of(TRADE)
    )


@pytest.fixture
def head() -> Account:
    return officer("police")


def do(client: Client, case: Case, slug: str, *, confirmed: bool = True, **sent: object) -> object:
    seen = Case.objects.values_list("event_count", flat=True).get(pk=case.pk)
    extra = {f"in-{name[3:]}" if name.startswith("in_") else name: value for name, value in sent.items()}
    return client.post(
        f"/work/cases/{case.pk}/{slug}", {"seen": seen, **extra, **({"confirmed": "1"} if confirmed else {})}
    )


def state(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_only_what_makes_sense_is_offered(case: Case, head: Account) -> None:
    page = text(signed_in(head).get(f"/work/cases/{case.pk}"))
    assert all(label in page for label in ("启动特别程序", "受理后补正", "批准延期", "会签、征求意见", "终止办理"))
    assert all(label not in page for label in ("恢复计时", "撤销准予", "按决定重新办理", "不同意延期", "退回上一步"))


def test_pause_shows_the_notice_first_and_stops_the_clock_then(case: Case, head: Account) -> None:
    client = signed_in(head)
    asked = {"in_kind": "expert_review", "in_days": "3", "text": WHY}
    shown = text(do(client, case, "pause", confirmed=False, **asked))
    assert "特别程序告知书" in shown and state(case).paused == ""
    do(client, case, "pause", **asked)
    assert state(case).paused == "all"
    page = text(client.get(f"/work/cases/{case.pk}?tab=timing"))
    assert "专家评审" in page and "进行中" in page and "停止计时" in page


def test_resume_ends_the_stop_that_was_chosen(case: Case, head: Account) -> None:
    client = signed_in(head)
    do(client, case, "pause", in_kind="expert_review", in_days="3", text=WHY)
    do(client, case, "resume", in_stop=str(state(case).stops[0]["seq"]), text="专家评审通过，意见〔2026〕3 号")
    assert state(case).paused == ""


@pytest.mark.parametrize(
    ("slug", "sent", "said"),
    [
        ("pause", {"text": WHY}, "请选一个"),
        ("pause", {"in_kind": "expert_review", "in_days": "三天", "text": WHY}, "请填 1 以上的整数"),
        ("pause", {"in_kind": "expert_review", "in_days": "99", "text": WHY}, "1 至 10 个工作日"),
        ("extend", {"in_days": "11", "text": WHY}, "1 至 10 个工作日"),
        ("extend", {"in_days": "3", "text": "好"}, "请写明理由"),
        ("consult", {"in_mode": "cosign", "in_days": "3", "text": WHY}, "请至少选一个"),
        ("terminate", {"text": "好"}, "请写明理由"),
    ],
)  # fmt: skip
def test_wrong_input_is_answered_at_its_place_and_nothing_is_lost(
    case: Case, head: Account, slug: str, sent: dict[str, str], said: str
) -> None:
    response = do(signed_in(head), case, slug, **sent)
    assert response.status_code == 422 and said in text(response)
    assert sent["text"] in text(response)
    assert state(case).event_count == case.event_count


def test_stop_that_the_item_does_not_know_is_refused_and_audited(case: Case, head: Account) -> None:
    response = do(signed_in(head), case, "pause", in_kind="auction", in_days="3", text=WHY)
    assert response.status_code == 409 and "不能停" in text(response)
    assert Entry.objects.filter(action="refused", reason="case.no_such_stop", account_id=head.pk).exists()


def test_extension_goes_from_reviewer_to_head(case: Case, head: Account) -> None:
    reviewer = officer("police", "审查岗")
    do(signed_in(reviewer), case, "ask-extension", in_days="3", text=WHY)
    assert "审批延期" in text(signed_in(head).get("/work/"))
    do(signed_in(head), case, "extend", in_days="3", text=WHY)
    assert state(case).extension_days == 3
    assert Paper.objects.filter(subject_id=case.pk, kind="extension").exists()


def test_role_that_may_not_is_refused_and_audited(case: Case) -> None:
    clerk = officer("police", "受理岗")
    response = do(signed_in(clerk), case, "terminate", text="申请人已经注销，无法继续")
    assert response.status_code == 403
    assert Entry.objects.filter(action="refused", reason="case.role", account_id=clerk.pk).exists()
    assert state(case).state == "accepted"


def test_asked_department_answers_on_its_own_page(case: Case, head: Account) -> None:
    do(
        signed_in(head),
        case,
        "consult",
        in_mode="cosign",
        in_organisations="fire",
        in_days="3",
        text="是否影响消防通道",
    )
    client = signed_in(officer("fire", "审查岗"))
    assert "是否影响消防通道" in text(client.get(f"/work/cases/{case.pk}/answer"))
    task = Task.objects.get(case=case, kind="cosign")
    do(client, case, "answer", in_task=str(task.pk), in_agrees="yes", text="不影响，同意")
    assert Task.objects.get(pk=task.pk).opinion == "同意：不影响，同意"


def test_late_correction_asks_the_applicant_and_ends_when_it_is_handed_in(case: Case, head: Account) -> None:
    sent = {
        "ask": "field:premises-name",
        "remark:field:premises-name": "与执照不一致，请核对",
        "in_days": "5",
        "in_reason": WHY,
    }
    do(signed_in(head), case, "late-correction", **sent)
    assert state(case).paused == "promise"
    applicant = Client()
    applicant.force_login(Account.objects.get(person_id=case.joint_case.applicant_id))
    page = text(applicant.get(f"/me/cases/{case.joint_case_id}/"))
    assert "与执照不一致，请核对" in page and "去补正" in page
    applicant.post(f"/me/cases/{case.joint_case_id}/fix/{case.pk}", {"premises-name": "新湖岸"})
    assert state(case).paused == ""


def test_task_is_handed_to_a_colleague(case: Case, head: Account) -> None:
    task = Task.objects.filter(case=case, kind="step", done_at=None).first()
    assert task is not None
    post = {"clerk": "受理岗", "reviewer": "审查岗", "head": "负责人"}[task.role]
    colleague = officer("police", post, name="同事示例")
    assert "同事示例" in text(signed_in(head).get(f"/work/cases/{case.pk}/reassign"))
    do(signed_in(head), case, "reassign", in_task=str(task.pk), in_to=str(colleague.pk), text="我明天外出开会")
    assert Task.objects.get(pk=task.pk).claimed_by_id == colleague.pk


def test_closed_case_offers_correction_revocation_and_reopening(head: Account) -> None:
    joint = open_hotel(as_person(citizen()), members={LICENCE: ()})
    grant(joint, LICENCE)
    case, client = case_of(joint, LICENCE), signed_in(officer("market"))
    page = text(client.get(f"/work/cases/{case.pk}"))
    assert all(label in page for label in ("更正决定书", "撤销准予", "按决定重新办理"))
    assert "撤回超时默认" not in page
    do(client, case, "reopen", in_order="洪湖市人民政府洪政复〔2026〕3 号", text="认定事实不清，重新办理")
    assert state(case).state == "accepted"
    assert JointCase.objects.get(pk=joint.pk).closed_at is None


def test_promise_is_checked_on_its_page() -> None:
    from tests.histories import acts

    with time.moved(time.at_china(date(2026, 3, 6), 10)):
        case = acts.promised(acts.cast(TRADE))
    client = signed_in(officer("police", "审查岗"))
    page = text(client.get(f"/work/cases/{case.pk}/deny-promise"))
    assert "一年内不能再用告知承诺" in page
    do(client, case, "deny-promise", in_material=acts.promise(case), text="现场核查与承诺不符")
    assert Task.objects.filter(case=case, kind="revoke", done_at=None).exists()


def test_second_notice_asks_for_its_reason(head: Account) -> None:
    applicant = as_person(citizen())
    case = case_of(open_hotel(applicant, members={TRADE: ()}), TRADE)
    ask = [{"kind": "field", "code": "premises-name", "remark": "请写全称"}]
    acceptance.ask_for_more(case.pk, ask, by=actor(head))
    acceptance.resubmit(case.pk, values={"premises-name": "湖岸"}, materials=[], by=applicant)
    sent = {"ask": "field:premises-name", "remark:field:premises-name": "仍与执照不一致"}
    assert "请填写" in text(do(signed_in(head), case, "again", confirmed=False, **sent))
    do(signed_in(head), case, "again", in_reason="补正的内容与告知不符", **sent)
    assert state(case).state == "returned"


def test_refusal_says_where_to_go(head: Account) -> None:
    case = case_of(open_hotel(as_person(citizen()), members={TRADE: ()}), TRADE)
    do(signed_in(head), case, "not-accept", in_go_to="市文旅局", text="这一项由文旅部门办理")
    assert "请向市文旅局申请" in state(case).reason


def test_every_further_act_has_words_and_can_be_run() -> None:
    from tongban.portals.office.views.acts import RUN

    assert {act.verb for act in (*rules.ACTS.values(), *rules.LATER.values(), *rules.TRACKED.values())} <= set(RUN)
