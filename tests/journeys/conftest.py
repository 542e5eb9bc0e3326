"""A site of its own for the journeys: real server, real database, headless Chromium. Started here, stopped here."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.warm import CLI, Copy, Warm

PASSWORD = "honghu-demo-2026"
CHROMIUM = next(
    (
        path
        for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"  # noqa: E501


@dataclass
class Site:
    """A running site: its address, its command line, its API."""

    url: str
    environment: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)

    @cached_property
    def commands(self) -> Warm:
        """A loaded process that runs commands against the site's database; who makes a site closes it."""
        return Warm(self.environment)

    def run(self, *words: str) -> str:
        """Run a tongban command against the site's database."""
        return self.commands.run(CLI, *words).strip()

    def api(
        self, method: str, path: str, account: str | None = None, body: Any = None, key: str = ""
    ) -> tuple[int, Any]:
        """Call the API as an account; return status and JSON."""
        headers = {"Content-Type": "application/json"}
        if account:
            if account not in self.tokens:
                self.tokens[account] = self.run("token", "create", account)
            headers["Authorization"] = f"Bearer {self.tokens[account]}"
        if key:
            headers["Idempotency-Key"] = key
        data = json.dumps(body).encode() if body is not None else (b"{}" if method == "POST" else None)
        request = urllib.request.Request(self.url + "/api/v1" + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    @contextlib.contextmanager
    def later(self, days: int) -> Iterator[Site]:
        """Give the same site as it stands some days later: its clock is moved on, its worker fired what was due."""
        at = datetime.now(UTC)
        clock = f"{at.isoformat()},{(at + timedelta(days=days)).isoformat()},1"
        port = _free_port()
        moved = Site(f"http://127.0.0.1:{port}", {**self.environment, "TONGBAN_CLOCK": clock})
        with closing_commands(moved):
            moved.run("worker", "--once")
            with _serving(moved, port):
                yield moved


@contextlib.contextmanager
def closing_commands(site: Site) -> Iterator[None]:
    """End the process of a site's commands afterwards."""
    with contextlib.closing(site.commands):
        yield


@contextlib.contextmanager
def _serving(site: Site, port: int) -> Iterator[None]:
    server = site.commands.start(CLI, "serve", "--port", str(port), is_heard=False)
    try:
        _wait_for(site.url + "/healthz", server)
        yield
    finally:
        server.terminate()
        server.communicate(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _database(folder: Path) -> str:
    """Return a database of our own: a file, or a new database on the PostgreSQL that the run started."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return f"sqlite:///{folder / 'journeys.sqlite3'}"
    parts = urllib.parse.urlsplit(given)
    name = f"journeys_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "TONGBAN_PROFILE": "demo", "TONGBAN_VAR": str(folder), "DATABASE_URL": _database(folder),
                   "DJANGO_SETTINGS_MODULE": "tongban.config.settings.test"}  # fmt: skip
    port = _free_port()
    running = Site(f"http://127.0.0.1:{port}", environment)
    with closing_commands(running):
        running.run("demo", "load", "--joints", "0")
        with _serving(running, port):
            yield running


def _wait_for(url: str, server: Copy) -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        assert server.poll() is None, f"{url}: the server ended"
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.1)  # Nothing tells us when the port opens; a journey itself never waits like this.
    raise TimeoutError(url)


@pytest.fixture(scope="session", autouse=True)
def _clicks_wait() -> Iterator[None]:
    """Let a click end when the page that answers it has loaded, not when the first byte of it has come.

    What counts elements, reads the address or looks with axe right after a click would else see half a page.
    """
    page_click, locator_click = Page.click, Locator.click

    def on_page(page: Page, *words: Any, **options: Any) -> None:
        page_click(page, *words, **options)
        page.wait_for_load_state()

    def on_locator(locator: Locator, *words: Any, **options: Any) -> None:
        locator_click(locator, *words, **options)
        locator.page.wait_for_load_state()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "click", on_page)
        patch.setattr(Locator, "click", on_locator)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "没有找到 Chromium：apt-get install chromium"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield running
        running.close()


@dataclass
class Visitor:
    """Somebody with a browser. Foreign requests and console errors fail the journey."""

    site: Site
    context: BrowserContext
    page: Page
    faults: list[str]

    def go(self, path: str) -> None:
        """Open a path of the site."""
        self.page.goto(self.site.url + path)

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Sign in by the page."""
        self.go("/login")
        self.page.fill("#f-username", username)
        self.page.fill("#f-password", password)
        self.page.click("main button:has-text('登录')")

    @property
    def heading(self) -> str:
        """The h1 of the page."""
        return self.page.locator("h1").inner_text()


@pytest.fixture
def visitor(site: Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    with visiting(site, browser, **getattr(request, "param", {})) as found:
        yield found


@contextlib.contextmanager
def visiting(site: Site, browser: Browser, **given: Any) -> Iterator[Visitor]:
    """Give somebody with a browser of their own at a site."""
    options: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", **given}
    context = browser.new_context(**options)
    faults: list[str] = []
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on(
        "console", lambda said: faults.append(said.text) if said.type == "error" and "422" not in said.text else None
    )
    page.on(
        "request",
        lambda sent: faults.append(sent.url) if not sent.url.startswith((site.url, "data:", "blob:")) else None,
    )
    yield Visitor(site, context, page, faults)
    context.close()
    assert faults == []
