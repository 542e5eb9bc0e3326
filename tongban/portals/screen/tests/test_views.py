"""The wall: no personal data, the same figures as the pages, nobody without a post."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from tongban.core import time
from tongban.indicators.tests.factories import on, small_march
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import officer
from tongban.taskforce.tests import factories as tasks

pytestmark = [pytest.mark.filterwarnings("ignore:No directory at")]


def signed_in(org: str, post: str) -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


def test_wall_shows_the_month_and_the_hours_of_the_day_without_a_person(honghu: str) -> None:
    small_march()
    with time.moved(time.at_china(on(3), 18)):
        client = signed_in("data", SUPERVISOR_POST)
        page = re.sub(r"\s+", " ", client.get("/screen/").content.decode())
    assert '数据截至 <b id="at">18:00:00</b>' in page
    assert re.search(r"今天收到</h2><p class=\"big num\">1<", page)
    assert "75.0 %" in page and "按时办结率低于 98 %" in page
    assert "张示例" not in page


def test_panels_come_alone_for_the_refresh(honghu: str) -> None:
    answer = signed_in("data", SUPERVISOR_POST).get("/screen/panels")
    page = answer.content.decode()
    assert "<html" not in page and "本月还没有办结的办件" in page and "本月还没有评价" in page


def test_middle_turns_to_the_regions_and_the_campaign(honghu: str, tmp_path: Path) -> None:
    small_march()
    client = signed_in("data", SUPERVISOR_POST)
    with time.moved(time.at_china(on(3), 18)):
        regions = client.get("/screen/panels?view=regions").content.decode()
        alone = client.get("/screen/?turn=5").content.decode()
    assert "洪湖市按时办结率低于 98 %" in regions and "市市场监管局" not in regions
    assert "督办</a>" not in alone and "各区划</a>" not in alone  # One region, no campaign yet: nothing to turn to.
    assert 'data-turn="0"' in alone and "轮换" not in alone
    tasks.running(tasks.campaign(tmp_path, by=tasks.overseer()), "1", "police")
    with time.moved(tasks.at(date(2026, 8, 1))):
        page = client.get("/screen/?view=campaign").content.decode()
        turning = client.get("/screen/?turn=5").content.decode()
    middle = page.partition('class="panel p-main"')[2].partition("</section>")[0]
    assert "2 项次超期，3 项次落后" in middle and "市市场监管局" in middle and "市公安局" in middle
    assert 'data-view="campaign" aria-current="page"' in page and "?view=campaign&amp;turn=30" in page
    assert 'data-turn="20"' in turning and "暂停轮换" in turning


def test_nobody_without_such_a_post_sees_the_wall(honghu: str) -> None:
    assert signed_in("market", "受理岗").get("/screen/panels").status_code == 403
    assert Client().get("/screen/").status_code == 302
