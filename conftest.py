"""What all tests share: a database with the calendar and the catalogue of 洪湖, no network, no leftovers.

The expensive part is done once a session. Each test then runs in a transaction on top of it that is rolled back.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.db import connection

from tests.warm import FOR_RACES, Copy, Warm

ROOT = Path(__file__).resolve().parent
PACK = ROOT / "packs" / "honghu"
COMMON: dict[str, Any] = {
    "deadline": None, "database": None, "print_blob": True,
    "suppress_health_check": [hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
}  # fmt: skip
# `ci` finds the same examples each time; `--hypothesis-profile=explore` looks for new ones.
hypothesis.settings.register_profile("ci", derandomize=True, max_examples=150, **COMMON)
hypothesis.settings.register_profile("explore", max_examples=1000, **COMMON)
hypothesis.settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the second run, on PostgreSQL, leave out what never touches a database."""
    parser.addoption("--only-database", action="store_true", help="only the tests that touch a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that use no database, where asked to."""
    if config.getoption("--only-database"):
        pure = [item for item in items if not _touches_database(item)]
        config.hook.pytest_deselected(items=pure)
        items[:] = [item for item in items if _touches_database(item)]


def _touches_database(item: pytest.Item) -> bool:
    wanted = {"db", "transactional_db", "live_server", "site"}
    return bool(wanted & set(getattr(item, "fixturenames", ()))) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let nothing connect to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
            raise RuntimeError(f"a test wanted to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Seed the test database once, and keep a copy of it for tests with processes of their own."""
    from tongban.calendars import services as calendars
    from tongban.core.actor import Actor
    from tongban.packs import services as packs

    name = str(connection.settings_dict["NAME"])
    assert "test_" in name or "memory" in name, f"{name} is not a test database"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django does not export the type
        calendars.seed()
        packs.apply(PACK, by=Actor.system("测试"))
        _keep_copy(tmp_path_factory.getbasetemp())


TEMPLATE = "tongban_template"


def _keep_copy(folder: Path) -> None:
    """Copy the seeded database: to a file on SQLite, to a template database on PostgreSQL."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(folder / f"{TEMPLATE}.sqlite3")
        connection.connection.backup(copy)
        # As an installation's: processes that start at once cannot all change it.
        copy.execute("PRAGMA journal_mode=WAL")
        copy.close()
    else:
        name = connection.settings_dict["NAME"]
        connection.close()
        _administer(f"DROP DATABASE IF EXISTS {TEMPLATE}", f'CREATE DATABASE {TEMPLATE} TEMPLATE "{name}"')


def _administer(*statements: str) -> None:
    known = connection.settings_dict
    with psycopg.connect(
        dbname="postgres", user=known["USER"], password=known["PASSWORD"], host=known["HOST"],
        port=known["PORT"] or None, autocommit=True,
    ) as admin:  # fmt: skip
        for statement in statements:
            admin.execute(statement)


@pytest.fixture
def honghu(db: None) -> str:
    """Give a database in which 洪湖 is ready to work; return the code of its pack."""
    from tongban.calendars.models import CalendarYear

    assert CalendarYear.objects.exists(), (
        "another test emptied the database (transaction=True flushes it): let that test use `fresh_database`"
    )
    return "honghu"


@pytest.fixture
def own_caches() -> Iterator[None]:
    """Forget what a test read of specs that its transaction takes back afterwards."""
    yield
    forget_specs()


def forget_specs() -> None:
    """Empty the caches of published specs, organisations, the calendar and synonyms."""
    from tongban.calendars import queries as calendars
    from tongban.catalogue import queries as catalogue
    from tongban.core import specs
    from tongban.orgs import queries as orgs
    from tongban.search import queries as search

    for cached in (specs._parsed, catalogue._version, orgs._organisations, calendars._read, search._synonyms):
        cached.cache_clear()


@pytest.fixture
def fresh_database(db: None, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of a seeded database of its own, for tests that run real processes; it is gone afterwards."""
    if connection.vendor == "sqlite":
        path = tmp_path / "fresh.sqlite3"
        template = request.getfixturevalue("tmp_path_factory").getbasetemp() / f"{TEMPLATE}.sqlite3"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
        return
    name = f"tongban_fresh_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**8}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    known = connection.settings_dict
    yield f"postgresql://{known['USER']}:{known['PASSWORD']}@/{name}?host={known['HOST']}&port={known['PORT'] or 5432}"
    _administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def run_python(fresh_database: str, tmp_path: Path) -> Iterator[Callable[..., Copy]]:
    """Return a starter of Python processes (`-m MODULE WORDS…`) that work on the fresh database."""
    environment = {
        **os.environ, "DATABASE_URL": fresh_database, "DJANGO_SETTINGS_MODULE": "tongban.config.settings.test",
        "TONGBAN_PROFILE": "test", "TONGBAN_VAR": str(tmp_path / "var"),
    }  # fmt: skip
    # Two originals take turns: with hash seeds of their own, copies of one walk through sets in another order than the other's.
    with contextlib.ExitStack() as stack:
        originals: list[Warm] = []

        def start(flag: str, module: str, *words: str) -> Copy:
            assert flag == "-m"
            if len(originals) < 2:
                originals.append(stack.enter_context(contextlib.closing(Warm(environment, FOR_RACES))))
            originals.reverse()
            return originals[0].start(module, *words)

        yield start
