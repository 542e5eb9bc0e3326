"""智能秒批 through the real submission: shadow, agreement, live, and all that stands in its way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import QuerySet

from tongban.audit.models import Entry
from tongban.cases import handlers
from tongban.cases.events import CaseStarted
from tongban.cases.models import BrokenPromise, Case, Event, JointCase, Task
from tongban.cases.queries import applicant, instant, simulated
from tongban.cases.rules import life
from tongban.cases.rules.timeline import ACCEPTANCE_DAYS
from tongban.cases.services import acceptance, decision, intake, review
from tongban.cases.services import instant as services
from tongban.cases.services.intake import HandedIn, Submission
from tongban.cases.tests.factories import LICENCE, VALUES, plan
from tongban.catalogue import services as catalogue
from tongban.catalogue.queries import published
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.decisions import queries as decisions
from tongban.decisions import services as tables
from tongban.decisions.models import Certificate, ShadowRun
from tongban.documents.models import Paper
from tongban.identity.tests.factories import as_person, citizen
from tongban.licences.models import Licence
from tongban.orgs.tests.factories import at_desk, present_at, window_clerk
from tongban.outbox.models import Message
from tongban.rules.errors import Conflict
from tongban.themes.rules.materials import Given
from tongban.themes.services import submission
from tongban.themes.tests.factories import first_answers, submit, submit_item

JOBS, TABLE, DESK = "employment-registration", "employment-registration-instant", "human-resources"
FOOD, SHOP = "prepacked-food-filing", "honghu-18"
SEEKING = {"employment-status": "seeking"}
pytestmark = pytest.mark.usefixtures("own_caches")


@pytest.fixture
def by(honghu: str) -> Actor:
    return as_person(citizen())


@pytest.fixture
def head(honghu: str) -> Actor:
    return at_desk(DESK)


def least(count: int = 2, mode: str = "live", item: str = JOBS) -> None:
    """Let an item ask for fewer agreements than the pack, so that a test is short."""
    rows = published("honghu")
    use = rows[item].spec.instant
    assert use is not None
    spec = rows[item].spec.model_copy(update={"instant": use.model_copy(update={"agreed_cases": count, "mode": mode})})
    placed = [Placed(c, spec if c == item else r.spec, r.file, r.position) for c, r in rows.items()]
    catalogue.apply("honghu", placed, at=time.now())


def apply(by: Actor, **changed: str) -> Case:
    joint = submit_item(JOBS, by, changed=SEEKING | {k.replace("_", "-"): v for k, v in changed.items()})
    return joint.cases.get()


def agree(by: Actor, head: Actor, count: int = 2) -> None:
    for _ in range(count):
        case = apply(by)
        acceptance.accept(case.pk, by=head)
        decision.grant(case.pk, by=head)


@pytest.fixture
def live(by: Actor, head: Actor) -> None:
    least()
    agree(by, head)


# From the shadow to the licence


def test_until_it_has_agreed_often_enough_people_decide_and_are_compared(by: Actor, head: Actor) -> None:
    least()
    first = apply(by)
    run = ShadowRun.objects.get(subject_id=first.pk)
    assert (first.state, run.says, run.granted) == ("pre_review", True, None)
    acceptance.accept(first.pk, by=head)
    decision.grant(first.pk, by=head)
    run.refresh_from_db()
    assert (run.granted, run.agrees) == (True, True)
    assert not Certificate.objects.exists()
    assert apply(by).state == "pre_review"  # one of two


def test_from_submission_to_the_licence_in_one_go(by: Actor, live: None) -> None:
    case = apply(by)
    assert case.state == "granted"
    assert Licence.objects.get(case_id=case.pk, state="valid").holder_id == by.party_id
    joint = JointCase.objects.get(pk=case.joint_case_id)
    assert joint.closed_at is not None
    verbs = list(case.events.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["submit", "accept", "pass_step", "send_to_decision", "grant"]
    assert life.fold(verbs) == case.state
    assert set(Paper.objects.filter(subject_id=case.pk).values_list("title", flat=True)) == {"受理通知书", "准予决定书"}
    assert not Task.objects.filter(case=case, done_at=None).exists()
    assert set(Task.objects.filter(case=case).values_list("done_by_name", flat=True)) == {"智能审批"}
    assert Entry.objects.filter(action="cases.grant", object_id=str(case.pk)).exists()


def test_events_carry_the_certificate_which_says_what_the_table_saw(by: Actor, live: None) -> None:
    case = apply(by)
    row = Certificate.objects.get(subject_id=case.pk)
    named = {e.verb: e.facts.get("certificate") for e in case.events.all()}
    assert named == {
        "submit": None,
        "accept": str(row.pk),
        "pass_step": str(row.pk),
        "send_to_decision": None,
        "grant": str(row.pk),
    }
    assert row.inputs == {
        "employment-status": "seeking",
        "employed-on": None,
        "materials-in-hand": True,
        "no-broken-promise": True,
    }
    view = instant.certificate(case.pk)
    assert view is not None and view.check.is_genuine
    assert (view.rows, view.outcome) == ((1,), (("结论", "“approve”"),))
    assert view.inputs[0] == ("现在的就业情况", "还在找工作") and ("材料都在手里", "是") in view.inputs


def test_clocks_of_an_instant_grant_are_those_of_any_other(by: Actor, live: None) -> None:
    with time.moved(time.at_china(time.today() + timedelta(days=7), 10)):
        case = apply(by)
        assert case.received_at == case.accepted_at == case.closed_at == time.now()
        assert case.accept_by_on is not None and ACCEPTANCE_DAYS == 5 and case.due_on is not None
        assert not simulated.stops()


def test_applicant_is_told_in_a_plain_sentence_and_on_paper(by: Actor, live: None) -> None:
    case = apply(by)
    (row,) = applicant.progress(JointCase.objects.get(pk=case.joint_case_id))
    assert "智能审批" in row.note and "复核" in row.note
    words = str(Paper.objects.get(subject_id=case.pk, title="准予决定书").body)
    assert "智能审批按“就业失业登记秒批”第 1 版核对" in words and "工作人员复核" in words


def test_the_case_of_people_says_nothing_of_tables(by: Actor, head: Actor) -> None:
    case = apply(by)
    acceptance.accept(case.pk, by=head)
    decision.grant(case.pk, by=head)
    (row,) = applicant.progress(JointCase.objects.get(pk=case.joint_case_id))
    assert row.note == "" and instant.certificate(case.pk) is None
    assert "智能审批" not in str(Paper.objects.get(subject_id=case.pk, title="准予决定书").body)


# What stands in its way


def test_table_answer_for_people_leaves_it_to_people_and_compares_nothing(by: Actor, live: None) -> None:
    case = apply(by, employment_status="private", employer_name="示例公司", employed_on="2026-01-05")
    assert case.state == "pre_review"
    assert ShadowRun.objects.get(subject_id=case.pk).says is None


def test_paper_at_the_counter_speaks_against_where_the_table_asks(by: Actor, live: None) -> None:
    changed = {"employment-status": "flexible", "employed-on": "2026-01-05", "flexible-work-kind": "platform"}
    for way, state in (("counter", "pre_review"), ("commit", "granted")):
        given = {"flexible-employment-statement": Given(way, (), "agreed")}
        assert submit_item(JOBS, by, changed=changed, materials=given).cases.get().state == state


def test_broken_promise_closes_the_road(by: Actor, live: None) -> None:
    earlier = Case.objects.earliest("number")
    BrokenPromise.objects.create(
        party_id=by.party_id, case=earlier, material_type="x", words="不实", at=time.now(), until=time.today()
    )
    assert apply(by).state == "pre_review"
    BrokenPromise.objects.update(until=time.today() - timedelta(days=1))
    assert apply(by).state == "granted"


def test_one_refusal_by_people_starts_the_agreement_anew(by: Actor, head: Actor) -> None:
    least()
    agree(by, head, 1)
    case = apply(by)
    acceptance.accept(case.pk, by=head)
    decision.refuse(case.pk, reason="比对社保，申请人已在单位参保，不符合失业登记条件。", by=head)
    agree(by, head, 1)
    assert apply(by).state == "pre_review"
    assert decisions.standing("honghu", TABLE).differed == 1


@pytest.mark.parametrize("verb", ["ask", "not-accept"])
def test_what_people_send_back_or_do_not_accept_disagrees_with_a_grant(by: Actor, head: Actor, verb: str) -> None:
    case = apply(by)
    if verb == "ask":
        asked = [{"kind": "field", "code": "contact-phone", "remark": "号码打不通，请改正。"}]
        acceptance.ask_for_more(case.pk, asked, by=head)
    else:
        acceptance.refuse_acceptance(case.pk, reason="申请人户籍和居住地都不在本市，不属于本单位职权。", by=head)
    assert ShadowRun.objects.get(subject_id=case.pk).agrees is False


def test_published_change_of_the_table_starts_the_agreement_anew(by: Actor, live: None) -> None:
    table = decisions.table("honghu", TABLE).spec
    row = table.rows[3].model_copy(update={"note": "在单位上班的，由人核对合同和社保"})
    admin = at_desk(DESK, "管理员")
    tables.publish(
        "honghu", table.model_copy(update={"rows": (*table.rows[:3], row)}), seen=1, reason="按新的办法改", by=admin
    )
    assert apply(by).state == "pre_review"
    (use,) = instant.uses("honghu", TABLE)
    assert (use.is_deciding, use.streak) == (False, 0) and "2 件" in use.missing[0]


def test_item_in_shadow_mode_stays_there_however_well_it_agrees(by: Actor, head: Actor) -> None:
    least(mode="shadow")
    agree(by, head, 3)
    assert apply(by).state == "pre_review"
    (use,) = instant.uses("honghu", TABLE)
    assert use.is_ready and not use.is_deciding and "目录管理员" in use.missing[0]


def test_refusal_is_never_automatic(by: Actor, head: Actor, live: None) -> None:
    table = decisions.table("honghu", TABLE).spec
    values = table.outputs[0].model_copy(update={"values": '"approve","manual","refuse"'})
    no = table.rows[3].model_copy(update={"then": ('"refuse"',)})
    new = table.model_copy(update={"outputs": (values,), "rows": (*table.rows[:3], no)})
    tables.publish("honghu", new, seen=1, reason="按新的办法改", by=at_desk(DESK, "管理员"))
    agree(by, head)
    assert apply(by).state == "granted"
    case = apply(by, employment_status="private", employer_name="示例公司", employed_on="2026-01-05")
    assert case.state == "pre_review"
    assert ShadowRun.objects.get(subject_id=case.pk).says is False


def test_table_that_was_withdrawn_leaves_it_to_people(by: Actor, live: None) -> None:
    rows = [Placed(c, r.spec, r.file, r.position) for c, r in decisions.tables("honghu").items() if c != TABLE]
    tables.apply("honghu", rows, at=time.now())
    assert apply(by).state == "pre_review"


def test_grant_that_cannot_be_carried_out_leaves_nothing_behind(
    by: Actor, live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Conflict("test.full", "文号用完了")

    monkeypatch.setattr(decision.licences, "issue", refuse)
    case = apply(by)
    assert case.state == "pre_review"
    assert list(case.events.values_list("verb", flat=True)) == ["submit"]
    assert not Certificate.objects.exists() and not Paper.objects.filter(subject_id=case.pk).exists()
    assert ShadowRun.objects.get(subject_id=case.pk).says is True  # and so it is compared
    assert Task.objects.get(case=case).kind == "intake"


def test_submission_that_dies_takes_the_grant_with_it(by: Actor, live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    before = (JointCase.objects.count(), Licence.objects.count(), Event.objects.count())
    monkeypatch.setattr(submission.jobs, "remember", die)
    with pytest.raises(RuntimeError):
        apply(by)
    assert (JointCase.objects.count(), Licence.objects.count(), Event.objects.count()) == before
    assert not Certificate.objects.exists()


def test_same_submission_again_grants_once(by: Actor, live: None) -> None:
    first, again = (submit_item(JOBS, by, changed=SEEKING, key="twice") for _ in range(2))
    assert first == again and Certificate.objects.count() == 1


def test_case_that_a_clerk_has_taken_up_is_left_to_the_clerk(by: Actor, head: Actor) -> None:
    least(count=1)
    case = apply(by)
    review.claim(Task.objects.get(case=case).pk, by=head)
    agree(by, head, 1)
    assert services.consider(case.pk) is None
    assert Case.objects.get(pk=case.pk).state == "pre_review"


def test_case_under_way_is_not_considered_again(by: Actor, head: Actor) -> None:
    case = apply(by)
    acceptance.accept(case.pk, by=head)
    before = ShadowRun.objects.get(subject_id=case.pk).at
    assert services.consider(case.pk) is None
    assert ShadowRun.objects.get(subject_id=case.pk).at == before


# Evidence


def test_certificate_that_was_tampered_with_is_shown_as_such(by: Actor, live: None) -> None:
    case = apply(by)
    row = Certificate.objects.get(subject_id=case.pk)
    QuerySet(Certificate).filter(pk=row.pk).update(inputs=row.inputs | {"employment-status": "private"})
    view = instant.certificate(case.pk)
    assert view is not None and not view.check.is_genuine and len(view.check.findings) == 2


# Other ways in


def test_window_receives_and_the_table_grants_there(honghu: str, by: Actor, live: None) -> None:
    person = citizen("赵示例", 5)
    present = present_at(window_clerk(), person)
    assert submit_item(JOBS, present, changed=SEEKING).cases.get().state == "granted"


def test_member_that_waited_is_looked_at_when_it_starts(by: Actor) -> None:
    joint = submit(SHOP, by, first_answers("honghu", SHOP) | {"packed-food": "yes"})
    food = joint.cases.get(item_code=FOOD)
    assert food.state == "waiting" and not ShadowRun.objects.filter(subject_id=food.pk).exists()
    before = joint.cases.get(item_code="business-licence")
    who = at_desk(before.desk)
    acceptance.accept(before.pk, by=who)
    decision.grant(before.pk, by=who)
    assert Case.objects.get(pk=food.pk).state == "pre_review"
    handlers.look(CaseStarted(str(food.pk), ""))
    handlers.look(CaseStarted(str(food.pk), ""))  # an event may come twice
    assert ShadowRun.objects.get(subject_id=food.pk).says is True
    started = Message.objects.filter(topic="CaseStarted").values_list("payload", flat=True)
    assert [str(food.pk) in payload for payload in started] == [True]


def test_members_that_waited_start_as_when_people_decide(by: Actor, live: None) -> None:
    planned = plan({JOBS: (), LICENCE: (JOBS,)})
    handed = tuple(HandedIn(m.type, "check") for m in planned.materials)
    joint = intake.open(planned, Submission("honghu", VALUES | SEEKING, handed, {}), by=by)
    (granted,) = services.consider_all(joint)
    assert granted.item_code == JOBS
    assert {c.item_code: c.state for c in joint.cases.all()} == {JOBS: "granted", LICENCE: "pre_review"}
    assert JointCase.objects.get(pk=joint.pk).closed_at is None
