"""What the overseer notices when several months of one unit wait for review."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from tongban.core import time
from tongban.orgs.tests.factories import officer
from tongban.taskforce.models import Report
from tongban.taskforce.services import campaigns
from tongban.taskforce.tests import factories as make
from tongban.taskforce.tests.test_contradictions import computed_for

pytestmark = [pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at")]
REASON = "平台缺两个乡镇的数"


@pytest.fixture
def client(honghu: str) -> Client:
    client = Client()
    client.force_login(officer("data", "监督岗"))
    return client


@pytest.fixture
def reports(honghu: str, tmp_path: Path) -> dict[str, Report]:
    """Two months of one unit that wait on a day of July: June better than the platform, July the same."""
    by = make.overseer()
    code, figure = computed_for("police")
    made = make.campaign(tmp_path, by=by)
    campaigns.bind(made.tasks.get(number="1").pk, [code], by=by)
    row, unit = make.running(made, "1", "police")
    make.reported(row, by=unit, on=date(2026, 6, 22), value=Decimal(figure + 7))
    make.reported(row, by=unit, on=date(2026, 7, 22), value=Decimal(figure))
    return {report.period: report for report in Report.objects.all()}


@pytest.fixture(autouse=True)
def _in_july(reports: dict[str, Report]) -> object:
    with time.moved(make.at(date(2026, 7, 23))):
        yield


def page(client: Client, report: Report) -> str:
    return client.get(f"/supervise/shares/{report.assignment_id}").content.decode()


def form(shown: str, report: Report) -> str:
    """Return what the page says of one report, with its form."""
    return re.split(r"<section", shown.partition(f'<section id="p-{report.pk}">')[2])[0]


def test_each_month_on_the_list_says_how_it_stands_itself(client: Client, reports: dict[str, Report]) -> None:
    campaign = reports["2026-06"].assignment.task.campaign_id
    shown = client.get(f"/supervise/campaigns/{campaign}/review").content.decode()
    rows = {
        period: next(row for row in shown.split("<tr data-row>") if str(reports[period].pk) in row)
        for period in reports
    }
    assert "要写理由" in rows["2026-06"]
    assert " checked" not in rows["2026-06"]
    assert "要写理由" not in rows["2026-07"]
    assert " checked" in rows["2026-07"]


def test_an_older_report_that_needs_a_reason_is_accepted_beside_the_newer_one(
    client: Client, reports: dict[str, Report]
) -> None:
    june, july = reports["2026-06"], reports["2026-07"]
    shown = page(client, june)
    for report in (june, july):
        assert f"/supervise/reports/{report.pk}/review" in form(shown, report)
        assert f"平台计算 {report.period} " in form(shown, report)
    assert "采信自报要写明理由" in form(shown, june)
    assert "采信自报要写明理由" not in form(shown, july)

    refused = client.post(f"/supervise/reports/{june.pk}/review", {"act": "accept", "remark": "短了"})
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "采信自报要写明理由，4" in form(shown, june)
    assert 'id="f-remark"' in form(shown, june)
    assert ">短了</textarea>" in form(shown, june)
    assert "采信自报要写明理由，4" not in form(shown, july)
    assert "短了" not in form(shown, july)
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))

    client.post(f"/supervise/reports/{june.pk}/review", {"act": "accept", "remark": REASON})
    june.refresh_from_db()
    assert (june.review, june.remark) == ("accepted", REASON)
    shown = page(client, june)
    assert "<form" not in form(shown, june)
    assert "<form" in form(shown, july)


def test_a_report_that_the_unit_replaced_is_not_offered_for_review(client: Client, reports: dict[str, Report]) -> None:
    july = reports["2026-07"]
    newer = make.reported(july.assignment, by=make.head("police"), on=date(2026, 7, 23), value=july.value)
    shown = page(client, july)
    assert "<form" not in form(shown, july)
    assert "<form" in form(shown, newer)


def test_units_are_offered_no_review(reports: dict[str, Report]) -> None:
    client = Client()
    client.force_login(officer("police", "负责人"))
    assert "审核意见（" not in page(client, reports["2026-06"])


def test_the_share_page_holds_the_newest_report_against_its_own_month(
    client: Client, reports: dict[str, Report]
) -> None:
    with time.moved(make.at(date(2026, 8, 23))):  # The window of August is open, nothing reported yet.
        assert "2026-07，目标" in page(client, reports["2026-07"])
