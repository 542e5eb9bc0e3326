"""消息: the count in the head of each page, opening a message, reading all; nobody opens another's."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from tongban.core import time
from tongban.notices import queries
from tongban.notices import services as notices
from tongban.notices.models import DeskNotice
from tongban.notices.services import Told
from tongban.orgs.tests.factories import actor, officer

pytestmark = [pytest.mark.filterwarnings("ignore:No directory at"), pytest.mark.usefixtures("honghu")]


def text(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", client.get(path).content.decode())


def test_messages_are_counted_opened_and_read() -> None:
    head, other = officer("market"), officer("police")
    notices.tell_desk([Told([head.pk], f"card-{n}", f"黄牌 {n}", "请整改", "/work/running") for n in range(3)])
    notices.tell_desk([Told([head.pk], "card-1", "黄牌 1", "请整改", "/work/running")])  # the same again
    client = Client()
    client.force_login(head)
    assert '<span class="n">3<span' in text(client, "/work/")
    assert "3 条没看" in text(client, "/work/messages")
    path = re.search(r'href="(/work/messages/[0-9a-f-]{36})"', text(client, "/work/messages"))
    assert path
    assert client.get(path[1])["Location"] == "/work/running"
    assert "2 条没看" in text(client, "/work/messages")

    stranger = Client()
    stranger.force_login(other)
    assert stranger.get(path[1]).status_code == 404
    assert "还没有消息" in text(stranger, "/work/messages")
    stranger.post("/work/messages/read")
    assert DeskNotice.objects.filter(read_at=None).count() == 2

    client.post("/work/messages/read")
    assert "都看过了" in text(client, "/work/messages")
    assert '<span class="n">3<span' not in text(client, "/work/")


def test_messages_of_one_moment_stand_in_one_order() -> None:
    head = officer("market")
    with time.moved(time.at_china(date(2026, 3, 16), 9)):
        notices.tell_desk(Told([head.pk], f"card-{n}", f"黄牌 {n}", "请整改", "/work/running") for n in range(20))
    shown = [row.pk for row in queries.desk(by=actor(head))]
    assert shown == sorted(shown, reverse=True) and len(shown) == 20
