"""What visitors notice on the way in: pages for everybody, signing in and out, a session that ends."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.identity.models import Account
from tongban.identity.tests.factories import PASSWORD, citizen
from tongban.portals.citizen.tests.factories import CLOSED, OPEN, signed_in, text, title
from tongban.themes.models import Draft
from tongban.themes.tests.factories import HOTEL

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.mark.parametrize("path", OPEN)
def test_page_for_everybody_opens_without_account(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 200
    assert text(response).count("<h1") == 1


@pytest.mark.parametrize("path", CLOSED)
def test_stranger_is_led_to_sign_in_and_back(path: str) -> None:
    citizen("张示例", 1)
    client = Client()
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/login?next=")
    back = client.post("/login", {"username": "citizen-1", "password": PASSWORD, "next": path})
    assert back["Location"] == path


def test_answers_of_guidance_survive_the_way_through_sign_in() -> None:
    response = Client().get(f"/apply/start?theme={HOTEL}&a-firm-form=company")
    assert response["Location"].endswith("a-firm-form%3Dcompany")


@pytest.mark.parametrize("path", CLOSED)
def test_signed_in_person_opens_own_pages(path: str, owner: Account) -> None:
    assert signed_in(owner).get(path).status_code == 200


@pytest.mark.parametrize(
    "away", ["https://example.cn/", "//example.cn/", "/\\example.cn", "javascript:alert(1)", "example.cn"]
)
def test_sign_in_never_leads_to_another_site(away: str, owner: Account) -> None:
    client = Client()
    assert client.post("/login", {"username": owner.username, "password": PASSWORD, "next": away})["Location"] == "/me/"
    assert client.get("/view", {"size": "lg", "next": away})["Location"] == "/"


def test_wrong_password_keeps_the_name_and_says_what_to_do(owner: Account) -> None:
    response = Client().post("/login", {"username": owner.username, "password": "wrong"})
    assert response.status_code == 422
    assert title(response).startswith("错误：登录")
    assert f'value="{owner.username}"' in text(response)


def test_sign_out_leaves_nothing_behind(owner: Account) -> None:
    client = signed_in(owner)
    response = client.post("/logout")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/me/").status_code == 302


def test_idle_session_ends_and_says_so_before_it_goes_on_where_it_was(owner: Account, draft: Draft) -> None:
    client = signed_in(owner)
    client.get("/me/")
    session = client.session
    session["seen_s"] -= 31 * 60
    session.save()
    response = client.get(f"/apply/{draft.pk}/", follow=True)
    assert response.redirect_chain[0][0] == f"/login?next=/apply/{draft.pk}/"
    assert "太久没有操作，已自动退出" in text(response)


def test_signed_in_page_tells_the_script_when_the_session_ends(owner: Account) -> None:
    assert 'data-idle-s="1800"' in text(signed_in(owner).get("/me/"))
    assert "data-idle-s" not in text(Client().get("/"))
