"""What looks like gaming is found with its rows, honest work is not, and people judge it. Source: issue 5 point 3."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps

from tongban.cases.models import Case, Event, Material
from tongban.cases.services import acceptance, decision, viewing
from tongban.cases.tests.factories import PACK, TRADE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Invalid, NotAllowed, NotFound
from tongban.supervision.models import Judgement, Pattern
from tongban.supervision.queries import patterns as queries
from tongban.supervision.rules import patterns as rules
from tongban.supervision.rules.patterns import Praise
from tongban.supervision.services import patterns
from tongban.supervision.tests.factories import OVERSEER, UNIT, at, head, judge, moment, overseer, set_thresholds, sweep

START = datetime(2026, 3, 6, 2, 0, tzinfo=time.CHINA)


def praise(*minutes: int, grade: int = 1, source: str = "a") -> list[Praise]:
    return [Praise(UUID(int=n), START + timedelta(minutes=n), grade, source) for n in minutes]


@pytest.mark.parametrize(
    ("found", "runs"),
    [
        (praise(0, 10, 20), [3]),
        (praise(0, 10), []),  # one too few
        (praise(0, 30, 60), [3]), (praise(0, 30, 61), []),  # within the hour, or not
        (praise(0, 10, 20, 70), [4]), (praise(0, 10, 20, 71), [3]), (praise(0, 10, 20, 65, 66), [5]),  # windows that overlap are one run
        (praise(0, 10, 20, 200, 201, 202), [3, 3]),
        (praise(0, 10, 20, grade=3), []), (praise(0, 10, 20, grade=2), [3]), (praise(0, 10, 20, source=""), []),
        ([*praise(0, 10), *praise(20, source="b")], []),
    ],
)  # fmt: skip
def test_bursts_are_runs_of_praise_from_one_source(found: list[Praise], runs: list[int]) -> None:
    assert [len(run) for run in rules.bursts(found, least=3, minutes=60)] == runs


@pytest.mark.parametrize(("seconds", "quick"), [(59, True), (60, True), (61, False)])
def test_quick_is_within_the_seconds(seconds: int, quick: bool) -> None:
    assert rules.is_quick(START, START + timedelta(seconds=seconds), seconds=60) is quick
    assert not rules.is_quick(None, START, seconds=60)


@pytest.mark.parametrize(("seconds", "back"), [(0, False), (60, False), (61, True)])
def test_moment_before_its_record_is_backdated(seconds: int, back: bool) -> None:
    assert rules.is_backdated(START - timedelta(seconds=seconds), START) is back
    assert rules.steps_back([START, START - timedelta(seconds=seconds)]) == (1 if back else None)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("case_seen", "files", "seen", "was"),
    [
        (None, [], {}, False), (START, [], {}, True), (START + HOUR, [], {}, False),
        (START, ["f"], {}, False), (None, ["f"], {"f": START}, True), (None, ["f"], {"f": START + HOUR}, False),
        (None, ["f", "g"], {"g": START}, True),
    ],
)  # fmt: skip
def test_materials_were_seen_when_a_file_was_opened_or_without_files_the_case(
    case_seen: datetime | None, files: list[str], seen: dict[str, datetime], was: bool
) -> None:
    assert rules.was_seen(START, case_seen=case_seen, files=files, seen=seen) is was


def found(kind: str) -> list[Pattern]:
    return list(Pattern.objects.filter(kind=kind))


def opened(month: int, day: int, hour: int = 10, *, n: int = 1) -> Case:
    with at(month, day, hour):
        return case_of(open_hotel(as_person(citizen(n=n)), members={TRADE: ()}), TRADE)


def done(case: Case, at_: datetime, *, accept_at: datetime | None = None, by: Actor | None = None) -> Case:
    by = by or head_of(TRADE)
    with time.moved(accept_at or at_):
        acceptance.accept(case.pk, by=by)
    with time.moved(at_):
        return decision.grant(case.pk, by=by)


@pytest.mark.parametrize(("second", "count"), [(50, 1), (61, 0)])
def test_case_done_in_seconds_is_found_after_its_day(honghu: str, second: int, count: int) -> None:
    case = opened(3, 6)
    sweep(3, 6, 10)
    done(case, moment(3, 6) + timedelta(seconds=second))
    sweep(3, 6, 23)
    assert found("quick") == []
    sweep(3, 7)
    sweep(3, 8)
    rows = found("quick")
    assert [(row.organisation, row.occurrence, row.count) for row in rows] == [(UNIT, "2026-03-06", 1)] * count
    assert [row.rows[0][0] for row in rows] == [case.number] * count


def test_table_that_decides_at_once_is_no_haste(honghu: str) -> None:
    case = opened(3, 6)
    sweep(3, 6, 10)
    done(case, moment(3, 6) + timedelta(seconds=5))
    Event.objects.filter(case=case, verb="grant").update(account_id=None, by_name="智能审批")
    sweep(3, 7)
    assert found("quick") == []


@pytest.mark.parametrize("how", ["row", "event", "honest"])
def test_backdated_acceptance_is_found(honghu: str, how: str) -> None:
    case = opened(3, 6)
    sweep(3, 6, 10)
    done(case, moment(3, 9, 15), accept_at=moment(3, 9, 9))
    if how == "row":
        Case.objects.filter(pk=case.pk).update(accepted_at=moment(3, 6, 10))
    if how == "event":
        Event.objects.filter(case=case, verb="accept").update(at=moment(3, 5, 9))
        Case.objects.filter(pk=case.pk).update(accepted_at=moment(3, 5, 9))
    sweep(3, 10)
    assert len(found("backdated")) == (how != "honest")


def test_deemed_acceptance_from_the_day_of_receipt_is_not_backdated(honghu: str) -> None:
    case = opened(3, 6)
    with at(3, 16):
        acceptance.deem_accepted(case.pk, effective_at=moment(3, 14, 0))
    sweep(3, 16)
    with at(3, 16, 15):
        decision.grant(case.pk, by=head_of(TRADE))
    sweep(3, 17)
    assert found("backdated") == []


@pytest.mark.parametrize("how", ["not", "case", "case but not its file", "file", "afterwards", "api"])
def test_cases_decided_without_a_look_are_found_after_their_month(honghu: str, how: str) -> None:
    case, by = opened(3, 30), head_of(TRADE)
    sweep(3, 30, 12)
    file = uuid4()
    if "file" in how:
        Material.objects.create(
            joint_case=case.joint_case,
            type_code="extra",
            name="附件",
            way="upload",
            files=[str(file)],
            at=moment(3, 30),
        )
    with at(3, 31, 9):
        if how in ("case", "case but not its file"):
            viewing.note(case.pk, by=by, organisation=UNIT)
        if how == "file":
            viewing.note(file, by=by, organisation=UNIT, what="file")
    done(case, moment(3, 31, 15), by=by)
    if how == "api":
        Event.objects.filter(case=case, verb="grant").update(channel="api")
    if how == "afterwards":
        with at(3, 31, 16):
            viewing.note(case.pk, by=by, organisation=UNIT)
    sweep(3, 31, 23)
    assert found("unviewed") == []
    sweep(4, 1)
    sweep(4, 2)
    rows = [(row.organisation, row.occurrence, row.rows[0][0]) for row in found("unviewed")]
    assert rows == ([(UNIT, "2026-03", case.number)] if how in ("not", "case but not its file", "afterwards") else [])


def test_unit_with_items_and_no_case_for_thirty_days_is_found_once(honghu: str) -> None:
    sweep(3, 6)
    opened(3, 10)
    sweep(4, 4)
    assert found("idle") == []
    sweep(4, 5)
    assert UNIT not in {row.organisation for row in found("idle")}
    assert {"market", "fire"} <= {row.organisation for row in found("idle")}
    sweep(4, 9)
    assert [(row.organisation, row.occurrence) for row in found("idle") if row.organisation == UNIT] == [
        (UNIT, "2026-03-10")
    ]
    assert len({(row.organisation) for row in found("idle")}) == len(found("idle"))


@pytest.mark.parametrize(("channel", "count"), [("web", 2), ("phone", 2), ("qr", 1), ("tablet", 0)])
def test_praise_in_a_burst_is_found_with_its_rows(honghu: str, channel: str, count: int) -> None:
    sweep(3, 6, 8)
    rate(5, channel=channel)
    sweep(3, 7)
    sweep(3, 8)
    rows = found("burst")
    assert [(row.organisation, row.count) for row in rows] == [(UNIT, 5)] * count


def test_praise_below_the_threshold_of_the_place_is_none(honghu: str) -> None:
    set_thresholds(burst_ratings=6)
    sweep(3, 6, 8)
    rate(5)
    sweep(3, 7)
    assert found("burst") == []


def rate(count: int, *, channel: str = "web") -> None:
    """Write ratings of one address and device, as the app of ratings keeps them."""
    for n in range(count):
        case = opened(3, 6, 8, n=n + 1)
        invitation = apps.get_model("evaluation", "Invitation").objects.create(
            pack=PACK, kind="case", joint_case=case.joint_case, case=case, mode="online", organisation=UNIT, organisation_name="市公安局",
            region="421083000000", item_code=TRADE, title="示例", opened_at=moment(3, 6, 8), closes_on=date(2026, 4, 6),
        )  # fmt: skip
        apps.get_model("evaluation", "Rating").objects.create(
            invitation=invitation, pack=PACK, organisation=UNIT, region="421083000000", item_code=TRADE, grade=1, terms_version=0,
            channel=channel, at=moment(3, 6, 9, n), rater=f"r{n}", address="same", device="one",
        )  # fmt: skip


@pytest.fixture
def pattern(honghu: str) -> Pattern:
    return kept()


def kept(organisation: str = UNIT) -> Pattern:
    return Pattern.objects.create(
        pack=PACK, kind="quick", organisation=organisation, organisation_name="市公安局", subject=f"{PACK}:{UNIT}", occurrence="2026-03-06",
        words="有 1 件", rows=[["1", "2", "3", "4", "5", "6"]], count=1, found_at=moment(3, 7, 0),
    )  # fmt: skip


def test_pattern_is_judged_by_the_overseer_with_a_reason_and_may_be_judged_again(pattern: Pattern) -> None:
    by = overseer()
    assert queries.pattern(PACK, pattern.pk, by=by).verdict == "none"
    patterns.judge(pattern.pk, verdict="true", reason="当天集中补录，属实", by=by)
    patterns.judge(pattern.pk, verdict="explained", reason="复核后有合理说明", by=overseer())
    view = queries.pattern(PACK, pattern.pk, by=by)
    assert (view.verdict, view.verdict_words, len(view.judgements)) == ("explained", "有合理说明", 2)
    assert queries.counts(PACK, by=by) == {"explained": 1}


@pytest.mark.parametrize(
    ("verdict", "reason", "field"),
    [("", "说明理由五个字", "verdict"), ("maybe", "说明理由五个字", "verdict"), ("true", "无", "reason")],
)
def test_judgement_needs_a_verdict_and_a_reason(pattern: Pattern, verdict: str, reason: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        patterns.judge(pattern.pk, verdict=verdict, reason=reason, by=overseer())
    assert list(refusal.value.fields) == [field]


def test_nobody_else_judges_nor_sees(pattern: Pattern) -> None:
    for by in (head(), head("market"), judge(), at_desk(OVERSEER)):
        with pytest.raises(NotAllowed):
            patterns.judge(pattern.pk, verdict="false", reason="说明理由五个字", by=by)
    with pytest.raises(NotFound):
        queries.pattern(PACK, pattern.pk, by=head())
    assert queries.page(PACK, by=head()) == ([], 0)
    assert not Judgement.objects.exists()


def test_pattern_of_the_overseer_is_judged_by_the_body_of_appeals(honghu: str) -> None:
    pattern = kept(OVERSEER)
    with pytest.raises(NotAllowed):
        patterns.judge(pattern.pk, verdict="false", reason="说明理由五个字", by=overseer())
    patterns.judge(pattern.pk, verdict="false", reason="说明理由五个字", by=judge())


def test_unknown_pattern_is_not_found(honghu: str) -> None:
    with pytest.raises(NotFound):
        patterns.judge(uuid4(), verdict="false", reason="说明理由五个字", by=overseer())
