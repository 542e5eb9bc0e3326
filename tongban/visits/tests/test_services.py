from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from tongban.attachments.tests import factories as files
from tongban.cases.models import Case, JointCase, Task
from tongban.cases.services import acceptance, review
from tongban.cases.tests.factories import FIRE, LICENCE, TRADE, case_of, grant, head_of, open_hotel
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity.tests.factories import as_person, citizen
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound, Unsupported
from tongban.visits import queries, services
from tongban.visits.models import Part, Visit
from tongban.visits.services import Seen, Wanted

NOW, THEN = time.at_china(date(2026, 3, 9), 9), time.at_china(date(2026, 3, 10), 9)


@pytest.fixture
def joint(honghu: str, settings: object, tmp_path: object) -> JointCase:
    """Give a hotel whose fire and trade cases are accepted: both have steps that lead to the place."""
    settings.FILES_DIR = tmp_path  # type: ignore[attr-defined]
    with time.moved(NOW):
        made = open_hotel(as_person(citizen()), members={LICENCE: (), FIRE: (), TRADE: ()})
        for code in (FIRE, TRADE):
            acceptance.accept(case_of(made, code).pk, by=head_of(code))
    return made


def steps(joint: JointCase, *codes: str) -> list[tuple[object, str]]:
    by = head_of(codes[0])
    found = queries.steps(case_of(joint, codes[0]).pk, by=by)
    ids = {case_of(joint, code).pk for code in codes}
    return [(step.case_id, step.code) for step in found if step.case_id in ids]


def wanted(
    joint: JointCase, *codes: str, officers: str = "张一、李二", kind: str = "onsite", at: datetime = THEN
) -> Wanted:
    return Wanted(kind, at, "新堤街道示例路 1 号", officers, steps(joint, *codes))  # type: ignore[arg-type]


def arranged(joint: JointCase, *codes: str) -> Visit:
    with time.moved(NOW):
        return services.schedule(case_of(joint, codes[0]).pk, wanted(joint, *codes), by=head_of(codes[0]))


def test_one_visit_serves_several_departments_and_the_applicant_is_told(joint: JointCase) -> None:
    visit = arranged(joint, FIRE, TRADE)
    assert {part.organisation for part in visit.parts.all()} == {"fire", "police"}
    notice = Notice.objects.get(title__startswith="约定踏勘")
    assert "3月10日 09:00" in notice.text and "新堤街道示例路 1 号" in notice.text
    for code in (FIRE, TRADE):
        assert case_of(joint, code).events.filter(verb="visit").exists()


def test_other_department_sees_the_visit_and_names_its_own_officers(joint: JointCase) -> None:
    visit = arranged(joint, FIRE, TRADE)
    police = at_desk("police", "审查岗")
    assert queries.agenda(by=police, view="planned") == [visit]
    own = Part.objects.get(visit=visit, organisation="police", step=steps(joint, TRADE)[0][1])
    assert own.officers == []
    services.name_officers(own.pk, "王三、赵四", by=police)
    with pytest.raises(NotFound):
        services.name_officers(own.pk, "王三、赵四", by=at_desk("fire", "审查岗"))
    with pytest.raises(NotFound):
        queries.visit(visit.pk, by=at_desk("health"))


def test_step_is_visited_once_at_a_time(joint: JointCase) -> None:
    arranged(joint, FIRE)
    with pytest.raises(Conflict):
        arranged(joint, FIRE)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"officers": "张一"}, "officers"), ({"kind": "x"}, "kind"), ({"at": NOW}, "planned_at")],
)
def test_wanted_visit_is_checked(joint: JointCase, change: dict[str, object], field: str) -> None:
    with time.moved(NOW), pytest.raises(Invalid) as refusal:
        services.schedule(case_of(joint, FIRE).pk, wanted(joint, FIRE, **change), by=head_of(FIRE))  # type: ignore[arg-type]
    assert field in refusal.value.fields


def test_step_of_nobody_and_clerk_are_refused(joint: JointCase) -> None:
    with time.moved(NOW):
        strange = Wanted("onsite", THEN, "新堤街道示例路 1 号", "张一、李二", [(uuid4(), "x")])
        with pytest.raises(Invalid):
            services.schedule(case_of(joint, FIRE).pk, strange, by=head_of(FIRE))
        with pytest.raises(NotAllowed):
            services.schedule(case_of(joint, FIRE).pk, wanted(joint, FIRE), by=at_desk("fire", "受理岗"))


def answers(part: Part, ok: bool = True) -> dict[int, tuple[bool | None, str]]:
    return dict.fromkeys(range(len(part.lines)), (ok, "" if ok else "疏散通道被堵"))


def own_part(joint: JointCase, visit: Visit, code: str = FIRE) -> Part:
    return Part.objects.filter(visit=visit, case=case_of(joint, code)).order_by("step").first()  # type: ignore[return-value]


def test_good_result_passes_the_step_with_the_officers_names(joint: JointCase) -> None:
    visit = arranged(joint, FIRE)
    part, by = own_part(joint, visit), head_of(FIRE)
    _until(part, by)
    with time.moved(THEN):
        services.record(part.pk, answers(part), conclusion="pass", remark="", by=by)
    task = Task.objects.get(case_id=part.case_id, kind="step", code=part.step)
    assert task.done_at is not None and "张一、李二" in task.opinion


def _until(part: Part, by: Actor) -> None:
    """Pass the steps before the visit's own."""
    while not Task.objects.filter(case_id=part.case_id, kind="step", code=part.step, done_at=None).exists():
        code = Task.objects.filter(case_id=part.case_id, kind="step", done_at=None).values_list("code", flat=True)[0]
        review.pass_step(part.case_id, code, by=by)


def test_bad_result_stands_in_the_case_and_passes_nothing(joint: JointCase) -> None:
    visit = arranged(joint, FIRE)
    part, by = own_part(joint, visit), head_of(FIRE)
    with time.moved(THEN):
        services.record(part.pk, answers(part, ok=False), conclusion="fail", remark="疏散通道被堵，未按期改正", by=by)
        with pytest.raises(Conflict):
            services.record(part.pk, answers(part), conclusion="pass", remark="", by=by)
    assert not Task.objects.filter(case_id=part.case_id, kind="step", code=part.step).exclude(done_at=None).exists()
    said = Case.objects.get(pk=part.case_id).events.filter(verb="visit").order_by("-seq")[0].facts["reason"]
    assert "不符合要求" in said and "疏散通道被堵" in said


def test_visit_is_over_when_every_department_has_its_result(joint: JointCase) -> None:
    visit = arranged(joint, FIRE, TRADE)
    for part in visit.parts.all():
        by = at_desk(part.organisation)
        services.name_officers(part.pk, "王三、赵四", by=by)
        assert Visit.objects.get(pk=visit.pk).state == "planned"
        services.record(part.pk, answers(part), conclusion="pass", remark="", by=by)
    assert Visit.objects.get(pk=visit.pk).state == "done"


def test_result_without_two_officers_is_refused(joint: JointCase) -> None:
    visit = arranged(joint, FIRE, TRADE)
    part = Part.objects.filter(visit=visit, organisation="police").first()
    assert part is not None
    with pytest.raises(Invalid) as refusal:
        services.record(part.pk, answers(part), conclusion="pass", remark="", by=at_desk("police"))
    assert "officers" in refusal.value.fields


def test_photo_keeps_time_place_and_digest(joint: JointCase) -> None:
    part, by = own_part(joint, arranged(joint, FIRE)), head_of(FIRE)
    content = files.image()
    seen = Seen(THEN, Decimal("29.812345"), Decimal("113.456789"), "一楼通道")
    with time.moved(THEN):
        shot = services.add_shot(part.pk, files.upload("通道.png", content), seen, by=by)
    assert shot.sha256 == hashlib.sha256(content).hexdigest()
    assert (shot.taken_at, shot.place, str(shot.latitude)) == (THEN, "一楼通道", "29.812345")
    assert queries.may_open(shot.file_id, by=by) and not queries.may_open(shot.file_id, by=at_desk("health"))


def test_paper_is_no_photo_and_no_photo_is_from_tomorrow(joint: JointCase) -> None:
    part, by = own_part(joint, arranged(joint, FIRE)), head_of(FIRE)
    with time.moved(THEN):
        with pytest.raises(Unsupported):
            services.add_shot(part.pk, files.upload("通道.pdf", files.pdf()), Seen(NOW), by=by)
        with pytest.raises(Invalid):
            services.add_shot(
                part.pk, files.upload("通道.png", files.image()), Seen(time.at_china(date(2026, 3, 11), 9)), by=by
            )


def test_video_that_is_none_is_refused_and_a_real_one_is_kept(joint: JointCase) -> None:
    part, by = own_part(joint, arranged(joint, FIRE)), head_of(FIRE)
    good = b"\x00\x00\x00\x10ftypisom\x00\x00\x02\x00" + b"\x00\x00\x00\x08moov" + b"\x00\x00\x00\x0cmdat1234"
    with time.moved(THEN):
        assert services.add_shot(part.pk, files.upload("通道.mp4", good), Seen(THEN), by=by).media_type == "video/mp4"
        for bad in (good[:-2], good.replace(b"moov", b"free"), good[:20] + b"\x00\x00\x00\x04moov"):
            with pytest.raises(Unsupported):
                services.add_shot(part.pk, files.upload("通道.mp4", bad), Seen(THEN), by=by)


def test_visit_is_moved_and_cancelled_with_a_reason_that_the_applicant_reads(joint: JointCase) -> None:
    visit, by = arranged(joint, FIRE), head_of(FIRE)
    later = time.at_china(date(2026, 3, 12), 15)
    with time.moved(NOW):
        with pytest.raises(Invalid):
            services.reschedule(visit.pk, later, reason="", by=by)
        services.reschedule(visit.pk, later, reason="当天有雨，改到周四", by=by)
        assert "当天有雨" in Notice.objects.get(title__startswith="踏勘改期").text
        services.cancel(visit.pk, reason="申请人要求改方案", by=by)
        with pytest.raises(Conflict):
            services.cancel(visit.pk, reason="申请人要求改方案", by=by)
    assert arranged(joint, FIRE).state == "planned"  # the step is free for another


def test_done_step_is_not_offered(joint: JointCase) -> None:
    grant(joint, LICENCE)
    assert not [
        step for step in queries.steps(case_of(joint, FIRE).pk, by=head_of(FIRE)) if step.case_name == "办理营业执照"
    ]
