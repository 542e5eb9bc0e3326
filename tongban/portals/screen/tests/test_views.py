"""The wall: no personal data, the same figures as the pages, nobody without a post."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tongban.core import time
from tongban.indicators.tests.factories import on, small_march
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import officer

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


def test_nobody_without_such_a_post_sees_the_wall(honghu: str) -> None:
    assert signed_in("market", "受理岗").get("/screen/panels").status_code == 403
    assert Client().get("/screen/").status_code == 302
