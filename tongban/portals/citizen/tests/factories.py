"""Look at pages of the portal as people do."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.identity.models import Account
from tongban.themes.tests.factories import HOTEL

OPEN = ("/", "/search", "/search?q=开旅馆", "/themes", f"/themes/{HOTEL}", f"/themes/{HOTEL}/guide", "/items", "/items?audience=firm",
        "/items/business-licence", "/departments", "/about", "/progress", "/check", "/login", "/register", "/reset")  # fmt: skip
CLOSED = (
    "/me/",
    "/me/cases",
    "/me/inbox",
    "/me/ratings",
    "/me/licences",
    "/me/firms",
    "/me/password",
    f"/apply/start?theme={HOTEL}",
)


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: object) -> str:
    """Return a page without its blanks and without the number to quote, which differs each time."""
    return re.sub(r"\s+|错误编号 \w+", " ", response.content.decode())  # type: ignore[attr-defined]


def title(response: object) -> str:
    found = re.search(r"<title>(.*?)</title>", text(response))
    assert found
    return found[1]


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def warm(count: Callable[[], int]) -> int:
    """Count when the caches of published specs are filled."""
    count()
    return count()
