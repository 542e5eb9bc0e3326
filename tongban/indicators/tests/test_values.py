from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from tongban.attachments import services as attachments
from tongban.attachments.tests.factories import pdf
from tongban.cases.models import Case
from tongban.cases.tests.factories import FOOD, LICENCE
from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation.tests.factories import decided, rated
from tongban.indicators.models import Rollup, Touched
from tongban.indicators.queries import overview, reported, rollups, values
from tongban.indicators.services import publishing, reporting, rolling
from tongban.indicators.tests.factories import MARCH, on, reopen, small_march
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import at_desk
from tongban.outbox import services as outbox
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

PACK = "honghu"


@pytest.fixture
def march(honghu: str) -> str:
    small_march()
    return honghu


def test_counts_go_to_the_month_in_which_each_thing_happened(march: str) -> None:
    whole = {month: counts for (_, month), counts in rollups.by_month(PACK, (date(2026, 2, 1), MARCH)).items()}
    assert whole[date(2026, 2, 1)]["received"] == 1
    assert (whole[MARCH]["received"], whole[MARCH]["closed"], whole[MARCH]["on_time"]) == (3, 4, 3)
    assert overview.rate(whole[MARCH]) == 75
    assert overview.rate({"closed": 0, "on_time": 0}) is None


def test_rollups_built_anew_are_equal_and_touching_twice_changes_nothing(march: str) -> None:
    before = rollups.digest(PACK)
    for row in Case.objects.all():
        rolling.touch(str(row.joint_case_id))
    rolling.refresh()
    assert rollups.digest(PACK) == before and not Touched.objects.exists()
    Rollup.objects.filter(month=MARCH).update(received=99)
    with time.moved(time.at_china(on(28), 9)):
        rolling.rebuild(PACK)
    assert rollups.digest(PACK) == before


def test_a_reopened_case_leaves_the_month_in_which_it_was_closed(march: str) -> None:
    case = Case.objects.get(item_code=FOOD)
    with time.moved(time.at_china(on(2, 4), 9)):
        reopen(case)
        outbox.deliver(1000)
        rolling.refresh()
    counts = rollups.by_month(PACK, (MARCH, MARCH))[("", MARCH)]
    assert counts["closed"] == 3


def test_every_count_of_the_overview_equals_its_rows_by_plain_sql(march: str) -> None:
    for row in overview.rows(PACK, MARCH, "organisation"):
        for measure, where in (
            ("received", "j.submitted_at >= %s AND j.submitted_at < %s"),
            ("closed", "c.closed_at >= %s AND c.closed_at < %s AND c.state IN ('granted', 'refused', 'revoked')"),
        ):
            sql = f"SELECT COUNT(*) FROM cases_case c JOIN cases_jointcase j ON j.id = c.joint_case_id WHERE c.organisation = %s AND {where}"
            with connection.cursor() as cursor:
                cursor.execute(sql, [row.code, "2026-02-28 16:00:00", "2026-03-31 16:00:00"])
                assert cursor.fetchone()[0] == row.counts[measure], (row.code, measure)


def test_rows_behind_a_case_figure_are_as_many_as_it_says(march: str) -> None:
    found = values.value(PACK, "hh-overtime-item-count", month=MARCH)
    rows = values.cases_behind(PACK, found)
    assert rows is not None and [row.item_code for row in rows] == [LICENCE]
    assert found.words == "1 件" and found.meets is False


def test_the_four_printed_formulas_on_a_small_month(march: str) -> None:
    # 平台层级覆盖率 = (有办件的部门 + 有办件的乡镇街道 + 有办件的社区) ÷ (部门 + 乡镇街道 + 社区).
    # In March cases came to 2 of 19 departments (城管, 市场监管), to no window of the 20 townships; no villages: 2 ÷ 39.
    levels = values.value(PACK, "wc-platform-level-coverage-rate", month=MARCH)
    assert levels.measured is not None and levels.number == Fraction(200, 39)
    # 办件事项覆盖率 = 办件覆盖事项数 ÷ 依申请 6 类和公共服务的可办事项数: 2 items (signboard rules, business licence) of 94.
    items = values.value(PACK, "wc-case-item-coverage-rate", month=MARCH)
    assert items.number == Fraction(200, 94) and items.missing == 22  # 25 % of 94 is 23.5: 24 items, 22 more
    with time.moved(time.at_china(on(5), 10)):
        rated(decided(clerk=at_desk("market")), 1)
    # 好差评层级覆盖率 = (覆盖部门数 + 覆盖乡镇街道数) ÷ (部门数 + 乡镇街道数), without villages: 1 ÷ (19 + 20).
    assert values.value(PACK, "wc-review-level-coverage-rate", month=MARCH).number == Fraction(100, 39)
    # 评价事项覆盖率 = 评价数据覆盖的事项数 ÷ 依申请和公共服务事项数: 1 of 94.
    assert values.value(PACK, "wc-review-item-coverage-rate", month=MARCH).number == Fraction(100, 94)


def test_a_department_of_its_own_has_its_own_figure(march: str) -> None:
    assert values.value(PACK, "hh-overtime-item-count", month=MARCH, org="market").number == 1
    assert values.value(PACK, "hh-overtime-item-count", month=MARCH, org="police").number == 0


def test_a_theme_that_the_place_does_not_have_is_no_data(honghu: str) -> None:
    assert values.value(PACK, "xx-enterprise-opening-days", month=MARCH).words == "无数据"
    assert values.value(PACK, "xx-enterprise-opening-online-rate", month=MARCH).words == "无数据"


def test_of_two_printed_targets_the_supervisor_chooses_with_a_reason(march: str) -> None:
    code = "wc-case-item-coverage-rate"
    assert [target.value for target in values.spec(PACK, code).targets] == [25, 23]
    with pytest.raises(NotAllowed):
        publishing.choose_target(PACK, code, 1, reason="按正文考核", by=at_desk("market"))
    with pytest.raises(Invalid) as refusal:
        publishing.choose_target(PACK, code, 2, reason="", by=at_desk("data", SUPERVISOR_POST))
    assert set(refusal.value.fields) == {"target", "reason"}
    publishing.choose_target(PACK, code, 1, reason="按正文考核", by=at_desk("data", SUPERVISOR_POST))
    assert values.value(PACK, code, month=MARCH).target.value == 23


def proof(by: Actor) -> str:
    """Return the id of a file that somebody uploaded."""
    return str(attachments.store(SimpleUploadedFile("平面图.pdf", pdf()), by=by).pk)


def test_what_the_platform_cannot_compute_is_reported_and_what_it_computes_cannot_be(honghu: str) -> None:
    by = at_desk("market")
    report = {"month": MARCH, "organisation": "market", "words": "按平面图量出", "files": [proof(by)], "by": by}
    with pytest.raises(Conflict, match="由平台计算"):
        reporting.report(PACK, "hh-zero-errand-rate", text="99", **report)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        reporting.report(PACK, "xx-county-hall-area", text="6000", **{**report, "organisation": "police"})  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        reporting.report(PACK, "no-such", text="1", **report)  # type: ignore[arg-type]
    for text in ("", "很多", "-1", "NaN", "1.234", "1e30"):
        with pytest.raises(Invalid) as refusal:
            reporting.report(PACK, "xx-county-hall-area", text=text, **report)  # type: ignore[arg-type]
        assert set(refusal.value.fields) == {"value"}
    reporting.report(PACK, "xx-county-hall-area", text="4999.5", **report)  # type: ignore[arg-type]
    found = values.value(PACK, "xx-county-hall-area", month=MARCH)
    assert (found.words, found.meets) == ("4999.5 平方米", False)
    reporting.report(PACK, "xx-county-hall-area", text="5000", **report)  # type: ignore[arg-type]
    assert values.value(PACK, "xx-county-hall-area", month=on(1, 4)).meets is True
    assert values.value(PACK, "xx-county-hall-area", month=date(2026, 2, 1)).words == "未填报"


def test_a_reported_value_needs_files_of_who_reports_and_they_are_kept_with_it(honghu: str) -> None:
    by, code = at_desk("market"), "xx-county-hall-area"
    given = {"month": MARCH, "organisation": "market", "text": "6000", "words": "按平面图量出", "by": by}
    for files in ([], [proof(at_desk("market"))], [proof(by)] * (reporting.MOST_FILES + 1)):
        with pytest.raises(Invalid) as refusal:
            reporting.report(PACK, code, files=files, **given)  # type: ignore[arg-type]
        assert set(refusal.value.fields) == {"files"}
    mine = proof(by)
    reporting.report(PACK, code, files=[mine], **given)  # type: ignore[arg-type]
    (row,) = reported.reports(PACK, code, units=None)
    assert (row.unit, row.files) == ("市市场监管局", ((mine, "平面图.pdf"),))
    assert reported.file(PACK, code, mine, units=["market"])[0] == "平面图.pdf"
    with pytest.raises(NotFound):
        reported.file(PACK, "xx-town-hall-area", mine, units=None)
    with pytest.raises(NotFound):
        reported.file(PACK, code, mine, units=["police"])
    assert reported.reports(PACK, code, units=["police"])[0].files == ()


def test_a_deadline_is_met_by_the_day_on_which_it_was_done(honghu: str) -> None:
    by = at_desk("market")
    code = "wc-measure-plan-deadline"
    given = {"month": MARCH, "organisation": "market", "words": "报送回执", "files": [proof(by)], "by": by}
    with pytest.raises(Invalid):
        reporting.report(PACK, code, text="5月", **given)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        future = time.today() + timedelta(days=1)
        reporting.report(PACK, code, text=f"{future}", **given)  # type: ignore[arg-type]
    reporting.report(PACK, code, text="2021-05-28", **given)  # type: ignore[arg-type]
    assert values.value(PACK, code, month=MARCH).meets is True
    reporting.report(PACK, code, text="2021-05-29", **given)  # type: ignore[arg-type]
    found = values.value(PACK, code, month=MARCH)
    assert (found.meets, found.words) == (False, "2021-05-29 完成")
