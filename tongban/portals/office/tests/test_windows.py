"""What administrators notice on 窗口安排 and 跨域收件授权."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tongban.cases.tests.factories import LICENCE
from tongban.core import time
from tongban.hall.models import ReceivingGrant
from tongban.identity.models import Account
from tongban.orgs.models import WindowSeat
from tongban.orgs.rules import WINDOW_POST
from tongban.orgs.tests.factories import officer, window_clerk, window_of

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def test_bureau_seats_a_colleague_at_a_window_and_ends_it() -> None:
    client, colleague = signed_in(officer("data", "管理员")), officer("data", WINDOW_POST, name="赵窗某")
    page = f"/work/windows/{window_of().pk}/seats"
    assert "已安排到 01 号窗口" in text(client.post(page, {"username": colleague.username}, follow=True))
    assert client.post(page, {"username": colleague.username}).status_code == 409
    row = WindowSeat.objects.get(account=colleague)
    assert "不再坐 01 号窗口" in text(client.get(f"/work/windows/seats/{row.pk}/end"))
    client.post(f"/work/windows/seats/{row.pk}/end")
    row.refresh_from_db()
    assert row.ended_at is not None
    assert signed_in(colleague).get("/counter/").status_code == 403


def test_who_is_not_on_the_window_post_is_not_seated() -> None:
    client = signed_in(officer("data", "管理员"))
    page = client.post(f"/work/windows/{window_of().pk}/seats", {"username": officer("data", "受理岗").username})
    assert page.status_code == 422 and "综合窗口收件岗" in text(page)


def test_another_organisation_neither_sees_nor_seats() -> None:
    client, clerk = signed_in(officer("market", "管理员")), window_clerk()
    assert client.get("/work/windows")["Location"] == "/work/windows/grants"
    assert client.post(f"/work/windows/{window_of().pk}/seats", {"username": clerk.username}).status_code == 404
    assert client.post(f"/work/windows/seats/{WindowSeat.objects.get().pk}/end").status_code == 404
    assert signed_in(officer("market", "受理岗")).get("/work/windows/grants").status_code == 403


def sent(**changed: object) -> dict[str, object]:
    today = time.today()
    until = str(today + timedelta(days=30))
    return {
        "to": "neighbour-hall",
        "scope": "all",
        "since": str(today),
        "until": until,
        "hand_over_days": "3",
    } | changed


def test_department_grants_and_takes_back() -> None:
    client = signed_in(officer("market", "管理员"))
    assert "没有授权，外地窗口不能收本单位的件" in text(client.get("/work/windows/grants"))
    page = client.post("/work/windows/grants/market", sent(scope="some", items=LICENCE), follow=True)
    row = ReceivingGrant.objects.get()
    assert "已授权" in text(page) and row.items == [LICENCE]
    assert client.post("/work/windows/grants/market", sent()).status_code == 409
    assert "撤销给示例县政务局的授权" in text(client.get(f"/work/windows/grants/market/{row.pk}/revoke"))
    client.post(f"/work/windows/grants/market/{row.pk}/revoke")
    assert "已撤销" in text(client.get("/work/windows/grants/market"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"to": ""}, "请选择有窗口的外地单位"),
        ({"scope": "some"}, "请选择授权收哪些事项"),
        ({"scope": ""}, "请选择授权收哪些事项"),
        ({"scope": "some", "items": "nothing"}, "只能授权收本单位的事项"),
        ({"since": "x"}, "请填日期"),
        ({"until": "2001-01-01"}, "三年以内"),
        ({"hand_over_days": "x"}, "1 至 20 个工作日"),
    ],
)
def test_wrong_part_of_a_grant_is_named_and_grants_nothing(changed: dict[str, object], said: str) -> None:
    page = signed_in(officer("market", "负责人")).post("/work/windows/grants/market", sent(**changed))
    assert page.status_code == 422
    assert said in text(page)
    assert ReceivingGrant.objects.count() == 0


def test_another_department_neither_grants_nor_revokes() -> None:
    signed_in(officer("market", "管理员")).post("/work/windows/grants/market", sent())
    row, client = ReceivingGrant.objects.get(), signed_in(officer("police", "管理员"))
    assert client.post("/work/windows/grants/market", sent()).status_code == 403
    assert client.post(f"/work/windows/grants/market/{row.pk}/revoke").status_code == 403
    assert client.post(f"/work/windows/grants/police/{row.pk}/revoke").status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None
