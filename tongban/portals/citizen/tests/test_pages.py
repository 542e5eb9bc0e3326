"""What every page has: headers, words for faults, text size, few queries."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from tongban.core import http, middleware
from tongban.identity.models import Account
from tongban.portals.citizen.tests.factories import OPEN, queries, signed_in, text, title, warm
from tongban.themes.tests.factories import HOTEL

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.mark.parametrize("path", ["/register", "/reset", "/login", "/progress"])
def test_empty_form_comes_back_with_errors_in_the_order_of_its_fields(path: str) -> None:
    response = Client().post(path, {})
    assert response.status_code == 422
    assert title(response).startswith("错误：")
    page = text(response)
    places = [page.index(f'id="{anchor}"') for anchor, _ in response.context["errors"]]
    assert places == sorted(places)


def test_form_without_key_is_refused_in_chinese(owner: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post("/me/inbox")
    assert response.status_code == 403
    assert "刚才的操作没有执行" in text(response)


@pytest.mark.parametrize("path", ["/themes/none", "/items/none", "/apply/start?item=none", "/apply/start?theme=none"])
def test_unknown_code_is_not_found(path: str, owner: Account) -> None:
    assert signed_in(owner).get(path).status_code == 404


@pytest.mark.parametrize("path", [*OPEN, "/me/", "/nothing", "/healthz", "/readyz", "/static/core/portal.css"])
def test_security_headers_are_on_every_response(path: str) -> None:
    response = Client().get(path)
    for name, value in middleware.HEADERS.items():
        assert response[name] == value, name
    if not path.startswith("/static/"):
        assert response["Cache-Control"] == "no-store"
    response.close()


def test_security_headers_are_on_refused_posts_too() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/login", {})["Content-Security-Policy"] == middleware.POLICY
    refused = Client().post("/themes")
    assert refused.status_code == 405
    assert refused["Content-Security-Policy"] == middleware.POLICY


def test_missing_page_says_so_in_chinese_and_offers_a_search() -> None:
    response = Client().get("/nothing/here")
    assert response.status_code == 404
    assert "没有找到这个页面" in text(response)
    assert 'action="/search"' in text(response)


def test_fault_of_ours_says_what_is_safe_and_a_number_to_quote() -> None:
    request = RequestFactory().get("/me/")
    request.request_id = "0a1b2c3d4e5f"  # type: ignore[attr-defined]
    response = http.broken(request)
    assert response.status_code == 500
    assert "之前保存的内容还在" in text(response)
    assert "0a1b2c3d4e5f" in response.content.decode()


def test_chosen_text_size_and_contrast_stay() -> None:
    client = Client()
    assert client.get("/view?size=xl&next=/themes")["Location"] == "/themes"
    client.get("/view?contrast=high&next=/")
    page = text(client.get("/themes"))
    assert 'data-size="xl"' in page
    assert 'data-contrast="high"' in page


def test_unknown_text_size_is_ignored() -> None:
    client = Client()
    client.get("/view?size=huge")
    assert 'data-size="std"' in text(client.get("/"))
    client.cookies["size"] = '"><script>'
    assert 'data-size="std"' in text(client.get("/"))


# Each reads whether the published versions are still those in the caches.
PUBLIC = [("/", 5), ("/themes", 5), ("/items", 5), ("/search?q=开旅馆", 9), (f"/themes/{HOTEL}", 10)]


@pytest.mark.parametrize(("path", "most"), PUBLIC)
def test_public_page_costs_few_queries(path: str, most: int) -> None:
    client = Client()
    assert warm(lambda: queries(client, path)) <= most
