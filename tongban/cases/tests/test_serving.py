from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tongban.cases.models import Case, Event
from tongban.cases.queries import papers as previews
from tongban.cases.queries import serving as queries
from tongban.cases.services import acceptance, decision, replying, serving
from tongban.cases.services.intake import HandedIn
from tongban.cases.tests.factories import LICENCE, case_of, open_hotel, plan
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.documents.models import Paper
from tongban.documents.rules import Served, Way
from tongban.identity.tests.factories import as_person, citizen
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound


@pytest.fixture
def applicant(honghu: str) -> Actor:
    return as_person(citizen())


@pytest.fixture
def refused(applicant: Actor) -> Case:
    case = case_of(open_hotel(applicant, members={LICENCE: ()}), LICENCE)
    acceptance.accept(case.pk, by=at_desk("market"))
    return decision.refuse(case.pk, reason="经营场所不符合规划用途", by=at_desk("market"))


def direct(way: Way = Way.DIRECT) -> Served:
    return Served(way, "张示例", time.today())


def decision_of(case: Case) -> Paper:
    return Paper.objects.get(subject_id=case.pk, kind="refusal")


def test_refusal_counts_as_not_served_until_its_service_is_recorded(refused: Case) -> None:
    assert [view.paper.kind for view in queries.of_case(refused) if view.is_missing] == ["refusal"]
    proof = serving.serve(refused.pk, [decision_of(refused).pk], direct(), by=at_desk("market"))
    assert not any(view.is_missing for view in queries.of_case(refused))
    assert proof.number.startswith("市场监管局送〔")
    event = Event.objects.get(case=refused, verb="serve")
    assert event.facts["proof"] == proof.number
    assert Case.objects.get(pk=refused.pk).event_count == event.seq


def test_proofs_and_receipts_are_not_served_themselves(refused: Case) -> None:
    serving.serve(refused.pk, [decision_of(refused).pk], direct(), by=at_desk("market"))
    assert {view.paper.kind for view in queries.of_case(refused)} == {"refusal", "acceptance"}


def test_service_is_recorded_by_the_desk_for_its_own_papers_once(refused: Case) -> None:
    paper, by = decision_of(refused), at_desk("market")
    with pytest.raises(NotFound):
        serving.serve(refused.pk, [paper.pk], direct(), by=at_desk("police"))
    with pytest.raises(NotAllowed):
        serving.serve(refused.pk, [paper.pk], direct(), by=at_desk("market", "管理员"))
    with pytest.raises(Invalid):
        serving.serve(refused.pk, [paper.pk, uuid4()], direct(), by=by)
    serving.serve(refused.pk, [paper.pk], direct(), by=by)
    with pytest.raises(Conflict):
        serving.serve(refused.pk, [paper.pk], direct(), by=by)


def test_electronic_service_follows_the_consent_of_the_application(refused: Case) -> None:
    refused.joint_case.delivery = {"way": "pickup"}
    refused.joint_case.save()
    with pytest.raises(Invalid) as refusal:
        serving.serve(refused.pk, [decision_of(refused).pk], direct(Way.ELECTRONIC), by=at_desk("market"))
    assert list(refusal.value.fields) == ["way"]
    refused.joint_case.delivery = {"way": "electronic"}
    refused.joint_case.save()
    assert serving.serve(refused.pk, [decision_of(refused).pk], direct(Way.ELECTRONIC), by=at_desk("market"))


def test_what_goes_along_with_a_result_is_served_once(refused: Case) -> None:
    for _ in range(2):
        serving.served_with_result(refused.pk, Way.MAILED, recipient="张示例", waybill="SF123456", by=Actor.system())
    (view,) = [view for view in queries.of_case(refused) if view.paper.kind == "refusal"]
    assert (view.way, view.service and view.service.waybill) == ("邮寄送达", "SF123456")
    assert Paper.objects.filter(kind="service").count() == 1


def test_commitment_is_a_paper_in_the_applicants_own_words(applicant: Actor) -> None:
    kind = next(m.type for m in plan({LICENCE: ()}).materials)
    promise = HandedIn(kind, "commit", text="本人承诺场所符合安全条件")
    case = case_of(open_hotel(applicant, members={LICENCE: ()}, ways={kind: promise}), LICENCE)
    row = Paper.objects.get(subject_id=case.pk, kind="commitment")
    assert (row.title, row.body["signed_by"]) == ("告知承诺书", case.applicant_name)
    assert "本人承诺场所符合安全条件" in row.body["rows"][0]
    assert not Paper.objects.filter(kind="commitment").exclude(pk=row.pk).exists()


def test_answer_to_an_applicant_is_a_paper_and_a_message_and_moves_nothing(refused: Case, applicant: Actor) -> None:
    by = at_desk("market")
    shown = previews.preview(refused.pk, "reply", by=by, reason="可以重新选址后再申请")
    replying.reply(refused.pk, text="可以重新选址后再申请", by=by)
    row = Paper.objects.get(subject_id=refused.pk, kind="reply")
    assert shown is not None and shown.body == documents.body_of(row)
    assert Case.objects.get(pk=refused.pk).state == refused.state
    assert Notice.objects.filter(party_id=applicant.party_id, title__startswith="答复").count() == 1
    with pytest.raises(Invalid):
        replying.reply(refused.pk, text="好", by=by)
    with pytest.raises(NotFound):
        replying.reply(refused.pk, text="可以重新选址后再申请", by=at_desk("police"))
    with pytest.raises(NotAllowed):
        replying.reply(refused.pk, text="可以重新选址后再申请", by=at_desk("market", "管理员"))
    with pytest.raises(Conflict):
        replying.reply(refused.pk, text="可以重新选址后再申请", by=by, seen=refused.event_count)


def test_paper_cannot_be_served_before_it_was_issued(refused: Case) -> None:
    early = Served(Way.DIRECT, "张示例", time.today() - timedelta(days=1))
    with pytest.raises(Invalid):
        serving.serve(refused.pk, [decision_of(refused).pk], early, by=at_desk("market"))
