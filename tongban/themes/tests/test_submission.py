from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from tongban.attachments.models import File
from tongban.audit.models import Entry
from tongban.cases.models import Case, Event, JointCase, Material, Task
from tongban.cases.queries import applicant as cases
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.cases.services import acceptance, decision, ending, review
from tongban.cases.services.intake import HandedIn
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents.models import Paper
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.jobs.models import IdempotencyKey, Serial
from tongban.licences.models import Licence
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.outbox.models import Message
from tongban.rules.errors import DomainError, Invalid, NotFound
from tongban.themes.queries import composing
from tongban.themes.rules import guidance
from tongban.themes.rules.materials import Given
from tongban.themes.services import submission
from tongban.themes.tests.factories import (
    HOTEL,
    HOTEL_ANSWERS,
    first_answers,
    given,
    submit,
    submit_hotel,
    submit_item,
    values,
)  # fmt: skip

TABLES = (JointCase, Case, Event, Task, Material, Entry, Message, Paper, Notice, Serial, IdempotencyKey, Licence)


@pytest.fixture
def by(honghu: str) -> Actor:
    return as_person(citizen())


def counts() -> list[int]:
    return [model.objects.count() for model in TABLES]


# Once, whole or not at all


def test_same_key_and_body_give_the_same_joint_case(by: Actor) -> None:
    first = submit_hotel(by, key="k-1")
    before = counts()
    assert submit_hotel(by, key="k-1") == first
    assert counts() == before


def test_same_key_with_another_body_is_refused_and_nothing_submitted(by: Actor) -> None:
    submit_hotel(by, key="k-1")
    before = counts()
    with pytest.raises(Invalid) as refusal:
        submit_hotel(by, key="k-1", changed={"premises-name": "别的名字"})
    assert refusal.value.code == "jobs.key_reused"
    assert counts() == before


def test_same_key_of_another_person_is_another_key(by: Actor) -> None:
    assert submit_hotel(by, key="k-1") != submit_hotel(as_person(citizen("李示例", 2)), key="k-1")


def test_refused_submission_does_not_use_up_its_key(by: Actor) -> None:
    with pytest.raises(Invalid):
        submit_hotel(by, key="k-1", changed={"premises-name": ""})
    assert submit_hotel(by, key="k-1").cases.count() == 7


class Broken(RuntimeError):
    """The last step of a submission fails."""


@pytest.mark.parametrize("broken", ["remember", "receipt", "notify"])
def test_submission_that_fails_at_the_end_leaves_nothing(
    by: Actor, broken: str, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    from tongban.cases.services import papers
    from tongban.jobs import services as jobs
    from tongban.notices import services as notices

    def fail(*_: object, **__: object) -> None:
        raise Broken

    before = counts()
    monkeypatch.setattr({"remember": jobs, "receipt": papers, "notify": notices}[broken], broken, fail)
    with pytest.raises(Broken):
        submit_hotel(by)
    assert counts() == before


def test_submission_writes_everything_that_belongs_to_it(by: Actor) -> None:
    joint = submit_hotel(by)
    assert joint.cases.count() == 7
    assert Event.objects.filter(joint_case=joint).count() == 8  # one of its own, one a case
    assert Entry.objects.filter(action="cases.submit").count() == 8
    assert Message.objects.filter(topic="JointCaseOpened", payload__contains=str(joint.pk)).count() == 1
    assert Notice.objects.filter(party_id=by.party_id).count() == 1
    assert Paper.objects.get(subject_id=joint.pk).title == "收件回执"


# Checks


def test_all_that_is_missing_is_told_at_once(by: Actor) -> None:
    plan = composing.compose_theme("honghu", HOTEL, HOTEL_ANSWERS)
    with pytest.raises(Invalid) as refusal:
        submission.submit_whole("honghu", theme=HOTEL, item="", answers=HOTEL_ANSWERS, values={}, given={}, key="k",
                                party_id=None, by=by)  # fmt: skip
    wanted = {m.type for m in plan.materials if not m.is_free and not m.when}
    assert {f"material:{kind}" for kind in wanted} <= set(refusal.value.fields)
    assert {
        f.element for f in plan.fields if f.required and not f.when and f.answered is None and not f.prefill
    } <= set(refusal.value.fields)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"changed": {"shoe-size": "42"}}, "shoe-size"),
        ({"materials": {"poem": Given("counter")}}, "material:poem"),
        ({"materials": {"lease-contract": Given("none")}}, "material:lease-contract"),
        ({"materials": {"lease-contract": Given("upload", (str(uuid.uuid4()),))}}, "files"),
        ({"materials": {"business-licence": Given("counter")}}, "material:business-licence"),  # another member's result
        ({"changed": {"contact-phone": "12"}}, "contact-phone"),
    ],
)
def test_what_does_not_fit_is_named(by: Actor, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        submit_hotel(by, **more)
    assert set(refusal.value.fields) == {field}


def test_files_of_another_person_are_refused(by: Actor) -> None:
    other = citizen("李示例", 2)
    row = File.objects.create(name="a.pdf", media_type="application/pdf", size_bytes=1, sha256="0" * 64, owner_id=other.pk,
                              created_at=time.now())  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        submit_hotel(by, materials={"lease-contract": Given("upload", (str(row.pk),))})
    assert set(refusal.value.fields) == {"files"}


@pytest.mark.parametrize(
    ("theme", "item", "answers", "code"),
    [
        ("", "", {}, "themes.which"),
        (HOTEL, "business-licence", {}, "themes.which"),
        (HOTEL, "", {}, "themes.unanswered"),
        (HOTEL, "", {"firm-form": "trust"}, "themes.answers"),
        ("no-theme", "", {}, "themes.none"),
        ("", "no-item", {}, "catalogue.no_item"),
    ],
)
def test_what_is_applied_for_must_be_clear(
    by: Actor, theme: str, item: str, answers: dict[str, str], code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        submission.submit_whole("honghu", theme=theme, item=item, answers=answers, values={}, given={}, key="k", party_id=None,
                                by=by)  # fmt: skip
    assert refusal.value.code == code


def test_nobody_applies_for_a_firm_that_is_not_theirs(by: Actor) -> None:
    company = firm(citizen("李示例", 2))
    with pytest.raises(NotFound):
        submit_hotel(by, party_id=company.pk)


def test_staff_account_without_a_person_cannot_apply(honghu: str) -> None:
    with pytest.raises(NotFound):
        submit_hotel(at_desk("market"))


def test_owner_applies_for_the_own_firm_and_is_its_agent(by: Actor) -> None:
    account = citizen("李示例", 2)
    company = firm(account)
    joint = submit_hotel(as_person(account), party_id=company.pk)
    assert (joint.applicant_id, joint.agent_id, joint.applicant_name) == (company.pk, account.person_id, company.name)


# The whole way


def work(joint: JointCase, *, rounds: int = 8) -> None:
    """Let every department accept and grant whatever it can, until nothing moves."""
    for _ in range(rounds):
        for case in joint.cases.filter(state__in=["pre_review", "submitted"]).order_by("position"):
            head = at_desk(case.desk)
            acceptance.accept(case.pk, by=head)
            decision.grant(case.pk, by=head)


def test_hotel_goes_from_application_to_all_licences(by: Actor) -> None:
    joint = submit_hotel(by)
    work(joint)
    joint.refresh_from_db()
    assert set(joint.cases.values_list("state", flat=True)) == {"granted"}
    assert joint.closed_at is not None
    assert Licence.objects.filter(holder_id=by.party_id).count() == len(
        [i for i in joint.plan["items"] if i["licence_type"]]
    )
    assert cases.headline(cases.progress(joint)).text == "7 项全部办结"


def test_licence_of_the_first_application_stands_for_the_material_of_the_second(by: Actor) -> None:
    work(submit_item("business-licence", by))
    plan = composing.compose_item("honghu", "fire-safety-opening-check")
    without = {code: way for code, way in given(plan).items() if code != "business-licence"}
    joint_id = submission.submit_whole("honghu", theme="", item="fire-safety-opening-check", answers={}, values=values(plan),
                                       given=without, key="k", party_id=None, by=by)  # fmt: skip
    used = Material.objects.get(joint_case_id=joint_id, type_code="business-licence")
    assert (used.way, used.licence_id) == ("licence", Licence.objects.get().pk)


def test_licence_of_another_person_is_not_found(by: Actor) -> None:
    work(submit_item("business-licence", as_person(citizen("李示例", 2))))
    plan = composing.compose_item("honghu", "fire-safety-opening-check")
    with pytest.raises(Invalid) as refusal:
        submission.submit_whole("honghu", theme="", item="fire-safety-opening-check", answers={}, values=values(plan),
                                given={}, key="k", party_id=None, by=by)  # fmt: skip
    assert "material:business-licence" in refusal.value.fields


@pytest.mark.parametrize("seq", range(1, 41))
def test_every_theme_can_be_submitted_and_worked_to_its_end(by: Actor, seq: int) -> None:
    joint = submit(f"honghu-{seq:02d}", by)
    work(joint)
    joint.refresh_from_db()
    assert set(joint.cases.values_list("state", flat=True)) == {"granted"}
    assert joint.closed_at is not None
    assert_sound(joint)


# Whatever happens


def assert_sound(joint: JointCase) -> None:
    """R18: numbers contiguous, state the fold of the events, closed exactly when closed, tasks only for open cases."""
    for case in joint.cases.all():
        history = list(case.events.order_by("seq").values_list("seq", "verb"))
        assert [seq for seq, _ in history] == list(range(1, case.event_count + 1))
        assert life.fold([verb for _, verb in history]).value == case.state
        is_closed = State(case.state) in life.CLOSED
        assert (case.closed_at is not None) == is_closed
        has_task = case.tasks.filter(done_at=None).exists()
        assert has_task == (State(case.state) not in (*life.CLOSED, State.WAITING, State.RETURNED)), case.state
        granted_licence = case.state == "granted" and joint.plan["items"][case.position]["licence_type"] is not None
        assert Licence.objects.filter(case_id=case.pk).count() == granted_licence
    all_closed = all(State(case.state) in life.CLOSED for case in joint.cases.all())
    joint.refresh_from_db()
    assert (joint.closed_at is not None) == all_closed


def one_move(joint: JointCase, by: Actor, dice: random.Random) -> None:
    """Try any act on any case, by somebody who may."""
    case = dice.choice(list(joint.cases.order_by("position")))
    head = at_desk(case.desk)
    task = case.tasks.filter(done_at=None).first()
    asked = [HandedIn(row["code"], "counter") for row in case.asked if row["kind"] == "material"]
    field = [{"kind": "field", "code": joint.plan["items"][case.position]["fields"][0], "remark": "请改"}]
    dice.choice([
        lambda: acceptance.accept(case.pk, by=head),
        lambda: acceptance.accept(case.pk, by=head),
        lambda: acceptance.pass_pre_review(case.pk, by=head),
        lambda: acceptance.ask_for_more(case.pk, field, by=head),
        lambda: acceptance.resubmit(case.pk, values={field[0]["code"]: "新值"}, materials=asked, by=by),
        lambda: acceptance.refuse_acceptance(case.pk, reason="不属于本机关职权", by=head) if not dice.randrange(4) else None,
        lambda: decision.grant(case.pk, by=head),
        lambda: decision.grant(case.pk, by=head),
        lambda: decision.refuse(case.pk, reason="条件不符合规定", by=head) if not dice.randrange(3) else None,
        lambda: ending.withdraw(case.pk, by=by) if not dice.randrange(5) else None,
        lambda: task and review.claim(task.pk, by=head),
        lambda: task and review.release(task.pk, by=head),
        lambda: task and task.kind == "step" and review.pass_step(case.pk, task.code, by=head),
    ])()  # fmt: skip


def walk(by: Actor, dice: random.Random) -> None:
    """Submit any theme with any answers and try eighty acts in any order."""
    theme, answers = composing.theme("honghu", f"honghu-{dice.randint(1, 40):02d}"), {}
    while (question := guidance.next_question(theme, answers)) is not None:
        answers[question.code] = dice.choice([choice.value for choice in question.choices])
    joint, refused = submit(theme.code, by, answers), 0
    for _ in range(80):
        try:
            one_move(joint, by, dice)
        except DomainError:
            refused += 1
    assert refused < 80  # some of it was done
    assert_sound(joint)


@pytest.mark.parametrize("seed", range(12))
def test_state_is_the_fold_of_contiguous_events_after_any_walk(by: Actor, seed: int) -> None:
    walk(by, random.Random(seed))


@pytest.mark.release
@pytest.mark.parametrize("seed", range(100, 400))
def test_long_walks_stay_sound(by: Actor, seed: int) -> None:
    walk(by, random.Random(seed))


def test_first_answers_lead_through_the_guidance(honghu: str) -> None:
    assert first_answers(honghu, HOTEL) == {**HOTEL_ANSWERS, "lodging-scale": "small", "premises-tenure": "own"}
