"""The page on which what a campaign goes by is changed while it runs."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from tongban.core import time
from tongban.orgs.tests.factories import officer
from tongban.taskforce.models import Campaign, SchemeVersion
from tongban.taskforce.tests import factories as make

pytestmark = [pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at")]
SENT = {
    "seen": "1", "report_day": "20", "opens_before_days": "7", "ladder_days": "3、1", "tolerance": "5", "weight_on_time": "40",
    "weight_meets": "0", "reason": "月底工作太集中",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_june(honghu: str) -> object:
    with time.moved(make.at(date(2026, 6, 22))):
        yield


@pytest.fixture
def made(honghu: str, tmp_path: Path) -> Campaign:
    return make.campaign(tmp_path, by=make.overseer())


def signed_in(org: str = "data", post: str = "监督岗") -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


def test_the_rules_are_changed_on_a_page_reached_from_the_campaign(made: Campaign) -> None:
    overseer, unit, url = signed_in(), signed_in("police", "负责人"), f"/supervise/campaigns/{made.pk}/scheme"
    assert url in overseer.get(f"/supervise/campaigns/{made.pk}").content.decode()
    shown = text(overseer.get(url))
    assert "2026-06 期（2026-06-20 至 2026-06-25）和以前各期已经开过窗口，不变" in shown
    assert "改动最早从 2026-07 期（2026-07-20 开窗）起算" in shown

    saved = text(overseer.post(url, SENT, follow=True))

    assert "第 2 版从 2026-07 期（2026-07-13 开窗）起算" in saved
    assert (
        "每月截止日 25 日 改为 20 日" in saved
        and "月底工作太集中" in saved
        and SchemeVersion.objects.get().by_name in saved
    )
    assert 'name="report_day" value="20"' in overseer.get(url).content.decode()
    assert "填报窗口 2026-06-20 至 2026-06-25" in text(overseer.get(f"/supervise/campaigns/{made.pk}"))
    assert "规则改了：每月截止日 25 日 改为 20 日" in text(unit.get("/supervise/reports"))
    with time.moved(make.at(date(2026, 7, 14))):
        page = text(overseer.get(f"/supervise/campaigns/{made.pk}"))
    assert "填报窗口 2026-07-13 至 2026-07-20" in page and "容差 5 个百分点" in page


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(made: Campaign) -> None:
    url = f"/supervise/campaigns/{made.pk}/scheme"
    answer = signed_in().post(url, {**SENT, "report_day": "三十", "reason": "改"})
    assert answer.status_code == 422
    assert "每月填报截止日 1 至 31" in text(answer) and "请写明为什么改，5 至 200 个字" in text(answer)
    assert 'value="三十"' in answer.content.decode()
    moved = signed_in().post(url, {**SENT, "seen": "7"})
    assert moved.status_code == 409
    assert "规则已经改到第 1 版" in text(moved)
    assert not SchemeVersion.objects.exists()


def test_a_unit_reads_the_rules_and_does_not_change_them(made: Campaign) -> None:
    unit, url = signed_in("police", "负责人"), f"/supervise/campaigns/{made.pk}/scheme"
    shown = unit.get(url)
    assert '<form method="post" novalidate' not in shown.content.decode()
    assert "每月几号截止填报 25 日" in text(shown)
    assert unit.post(url, SENT).status_code == 403
    assert signed_in("education", "负责人").get(url).status_code == 404
