from __future__ import annotations

from datetime import timedelta

import pytest

from tongban.authoring.models import Draft
from tongban.authoring.queries import drafts
from tongban.authoring.services import drafting, publishing
from tongban.authoring.tests.factories import ITEM, draft, reviewer, writer
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("own_caches")
WHY = "照省里通知补充说明"


def in_force() -> tuple[str, int]:
    row = catalogue.item("honghu", ITEM)
    return row.spec.summary, row.version


def sent(by: Actor, **changes: object) -> Draft:
    row = draft(by=by, **(changes or {"summary": "开餐馆、食堂、小吃店都要办。"}))
    return publishing.send(row.pk, seen=row.revision, words=WHY, by=by)


def test_what_is_written_is_in_force_only_after_a_second_person_published_it(honghu: str) -> None:
    before = in_force()
    by = writer()
    row = sent(by)
    assert in_force() == before
    row = publishing.approve(row.pk, seen=row.revision, by=reviewer())
    assert in_force() == ("开餐馆、食堂、小吃店都要办。", before[1] + 1)
    assert (row.state, row.version) == ("published", before[1] + 1)
    assert catalogue.version("honghu", ITEM, before[1]).summary == before[0], "the version before stays as it was"
    assert [step.verb for step in drafts.steps(row)] == ["start", "save", "send", "publish"]


def test_who_wrote_a_draft_does_not_publish_it(honghu: str) -> None:
    by = writer("data")
    row = sent(by)
    with pytest.raises(NotAllowed, match="另一个人"):
        publishing.approve(row.pk, seen=row.revision, by=by)
    with pytest.raises(NotAllowed, match="另一个人"):
        publishing.give_back(row.pk, words="请写全材料", by=by)


def test_only_the_hosting_bureau_reviews(honghu: str) -> None:
    row = sent(writer())
    with pytest.raises(NotAllowed):
        publishing.approve(row.pk, seen=row.revision, by=writer("market"))


def test_a_department_writes_its_own_items_only(honghu: str) -> None:
    with pytest.raises(NotAllowed):
        drafting.start("honghu", "item", ITEM, by=writer("police"))
    row = draft(by=writer())
    with pytest.raises(NotFound):
        drafting.write(row.pk, row.body, seen=row.revision, by=writer("police"))
    with pytest.raises(NotAllowed):
        drafting.write(row.pk, {**row.body, "org": "police"}, seen=row.revision, by=writer())


def test_what_breaks_a_rule_is_not_sent_and_says_where(honghu: str) -> None:
    by = writer()
    row = draft(by=by, promised_days=99, faq=[])
    with pytest.raises(Invalid) as refusal:
        publishing.send(row.pk, seen=row.revision, words=WHY, by=by)
    assert "承诺时限比法定时限长" in refusal.value.fields["promised_days"]
    found = {fault.rule: fault for fault in drafts.faults(Draft.objects.get(pk=row.pk))}
    assert found["1.5-8"].path == ("promised_days",)
    assert found["1.5-8"].element == "承诺时限（工作日）"


def test_what_would_break_a_theme_is_told(honghu: str) -> None:
    by = writer()
    row = draft(by=by, name="食品许可（改了名）", aliases=[])
    assert any(fault.rule == "member-name" and fault.blocks for fault in drafts.faults(row))


def test_a_draft_is_kept_however_incomplete(honghu: str) -> None:
    by = writer()
    row = drafting.start_new("honghu", "item", "new-thing", {"org": "market", "name": "新事项"}, by=by)
    assert any(fault.rule == "1.4-1" for fault in drafts.faults(row))
    row = drafting.write(row.pk, {"org": "market", "name": "新事项", "fields": "??"}, seen=row.revision, by=by)
    assert Draft.objects.get(pk=row.pk).body["fields"] == "??"


def test_two_editors_saving_the_same_draft_lose_nothing(honghu: str) -> None:
    one, other = writer(), writer()
    row = draft(by=one)
    drafting.write(row.pk, {**row.body, "summary": "甲写的"}, seen=row.revision, by=one)
    with pytest.raises(Conflict, match="保存了这份稿子"):
        drafting.write(row.pk, {**row.body, "summary": "乙写的"}, seen=row.revision, by=other)
    assert Draft.objects.get(pk=row.pk).body["summary"] == "甲写的"


def test_one_spec_has_one_open_draft(honghu: str) -> None:
    first = draft(by=writer())
    assert drafting.start("honghu", "item", ITEM, by=writer()).pk == first.pk
    with pytest.raises(Invalid, match="要改"):
        drafting.start_new("honghu", "item", ITEM, {"org": "market"}, by=writer())


def test_a_scheduled_version_takes_effect_at_its_moment_and_not_before(honghu: str) -> None:
    before = in_force()
    row = sent(writer())
    at = time.now() + timedelta(days=3)
    row = publishing.approve(row.pk, seen=row.revision, by=reviewer(), at=at)
    with time.moved(at - timedelta(seconds=1)):
        jobs.fire_due()
        assert in_force() == before
    with time.moved(at + timedelta(seconds=1)):
        jobs.fire_due()
    assert in_force()[1] == before[1] + 1
    assert catalogue.item("honghu", ITEM).effective_from == at
    assert Draft.objects.get(pk=row.pk).state == "published"


def test_a_scheduled_version_can_be_taken_back_before_its_moment(honghu: str) -> None:
    before = in_force()
    row = sent(writer())
    at = time.now() + timedelta(days=3)
    row = publishing.approve(row.pk, seen=row.revision, by=reviewer(), at=at)
    publishing.undo(row.pk, by=reviewer())
    with time.moved(at + timedelta(days=1)):
        jobs.fire_due()
    assert in_force() == before
    assert Draft.objects.get(pk=row.pk).state == "editing"


def test_the_moment_that_was_taken_back_does_not_come_again(honghu: str) -> None:
    by, before = writer(), in_force()
    row = sent(by)
    at = time.now() + timedelta(days=3)
    row = publishing.approve(row.pk, seen=row.revision, by=reviewer(), at=at)
    row = publishing.undo(row.pk, by=by)
    row = publishing.send(row.pk, seen=row.revision, words=WHY, by=by)
    publishing.approve(row.pk, seen=row.revision, by=reviewer(), at=at + timedelta(days=5))
    with time.moved(at + timedelta(days=1)):
        jobs.fire_due()
    assert in_force() == before
    with time.moved(at + timedelta(days=6)):
        jobs.fire_due()
    assert in_force()[1] == before[1] + 1


def test_a_moment_that_is_over_is_refused(honghu: str) -> None:
    row = sent(writer())
    with pytest.raises(Invalid) as refusal:
        publishing.approve(row.pk, seen=row.revision, by=reviewer(), at=time.now())
    assert "晚于现在" in refusal.value.fields["at"]


def test_what_no_longer_fits_at_its_moment_is_given_back(honghu: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = in_force()
    row = sent(writer())
    at = time.now() + timedelta(days=3)
    publishing.approve(row.pk, seen=row.revision, by=reviewer(), at=at)
    Draft.objects.filter(pk=row.pk).update(based_on=before[1] + 7)
    with time.moved(at + timedelta(seconds=1)):
        jobs.fire_due()
    row = Draft.objects.get(pk=row.pk)
    assert (row.state, in_force()) == ("returned", before)
    assert "新版本" in drafts.steps(row)[-1].words


def test_a_draft_on_an_older_version_is_laid_over_the_newer_one_first(honghu: str) -> None:
    by, one = writer(), sent(writer(), summary="甲的说明", keywords=["餐馆"])
    publishing.approve(one.pk, seen=one.revision, by=reviewer())
    row = draft(by=by, phone="0716-12345")
    Draft.objects.filter(pk=row.pk).update(
        based_on=1, base={**row.base, "summary": "原来的"}, body={**row.body, "summary": "乙的说明"}
    )
    row.refresh_from_db()
    with pytest.raises(Conflict, match="新版本"):
        publishing.send(row.pk, seen=row.revision, words=WHY, by=by)
    assert drafting.bring_up(row.pk, by=by) == ["summary"]
    row.refresh_from_db()
    assert (row.body["summary"], row.body["phone"], row.body["keywords"]) == ("乙的说明", "0716-12345", ["餐馆"])


def test_a_draft_that_changes_nothing_is_not_sent(honghu: str) -> None:
    by = writer()
    row = draft(by=by)
    with pytest.raises(Conflict, match="一样"):
        publishing.send(row.pk, seen=row.revision, words=WHY, by=by)


def test_who_gives_back_says_what_to_mend_and_who_changes_says_why(honghu: str) -> None:
    by = writer()
    row = draft(by=by, summary="新的说明")
    with pytest.raises(Invalid):
        publishing.send(row.pk, seen=row.revision, words=" ", by=by)
    row = publishing.send(row.pk, seen=row.revision, words=WHY, by=by)
    with pytest.raises(Invalid):
        publishing.give_back(row.pk, words="改", by=reviewer())
    row = publishing.give_back(row.pk, words="请写明适用范围", by=reviewer())
    assert row.state == "returned"
    assert drafting.write(row.pk, {**row.body, "summary": "更好的说明"}, seen=row.revision, by=by).state == "editing"


def test_what_is_given_up_can_be_begun_again(honghu: str) -> None:
    by = writer()
    row = draft(by=by, summary="不要了")
    drafting.discard(row.pk, by=by)
    assert drafting.start("honghu", "item", ITEM, by=by).pk != row.pk
    with pytest.raises(Conflict):
        drafting.write(row.pk, row.body, seen=row.revision + 0, by=by)


def test_what_differs_from_the_basic_list_is_taken_over_by_one_button(honghu: str) -> None:
    by = writer()
    row = draft(by=by, name="食品经营许可（本地叫法）", aliases=[])
    assert "N-name" in {fault.rule for fault in drafts.faults(row)}
    row = drafting.adopt(row.pk, "name", seen=row.revision, by=by)
    assert "N-name" not in {fault.rule for fault in drafts.faults(row)}
    assert "食品经营许可（本地叫法）" in row.body["aliases"]
    with pytest.raises(NotFound):
        drafting.adopt(row.pk, "colour", seen=row.revision, by=by)
