"""Every variable of the environment and every command is documented; the check itself looks at something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted((ROOT / "tongban" / "config").rglob("*.py"))]
DOCUMENTS = [*ROOT.glob("README*.md"), *sorted((ROOT / "docs").rglob("*.md"))]


def variables() -> set[str]:
    text = "".join(path.read_text("utf-8") for path in SOURCES)
    return set(re.findall(r'"(TONGBAN_[A-Z_]+|DATABASE_URL)"', text))


def test_there_are_variables_to_document() -> None:
    assert {"DATABASE_URL", "TONGBAN_VAR", "TONGBAN_SECRET_KEY"} <= variables()


def test_every_setting_is_documented() -> None:
    said = "".join(path.read_text("utf-8") for path in DOCUMENTS)
    assert sorted(name for name in variables() if name not in said) == []


def test_secret_that_is_short_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from tongban.config import env

    monkeypatch.setenv("TONGBAN_SECRET_KEY", "short")
    with pytest.raises(env.EnvironmentProblem, match="TONGBAN_SECRET_KEY"):
        env.secret_key()


def test_secret_is_made_once_and_only_its_owner_reads_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tongban.config import env

    monkeypatch.delenv("TONGBAN_SECRET_KEY", raising=False)
    monkeypatch.setenv("TONGBAN_VAR", str(tmp_path))
    first, second = env.secret_key(), env.secret_key()
    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("url", "engine", "name"),
    [
        ("sqlite:///var/x.sqlite3", "sqlite3", "var/x.sqlite3"), ("sqlite:////srv/x.sqlite3", "sqlite3", "/srv/x.sqlite3"),
        ("postgresql://u:p%40ss@db:5433/tongban", "postgresql", "tongban"), ("postgres:///t?host=/run/pg", "postgresql", "t"),
    ],
)  # fmt: skip
def test_database_address_is_read(monkeypatch: pytest.MonkeyPatch, url: str, engine: str, name: str) -> None:
    from tongban.config import env

    monkeypatch.setenv("DATABASE_URL", url)
    found = env.database()
    assert (str(found["ENGINE"]).rpartition(".")[2], found["NAME"]) == (engine, name)


def test_unknown_database_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from tongban.config import env

    monkeypatch.setenv("DATABASE_URL", "oracle://x")
    with pytest.raises(env.EnvironmentProblem, match="sqlite:///"):
        env.database()


def test_sqlite_keeps_what_it_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    # Assurance R02: WAL, synchronous=FULL, BEGIN IMMEDIATE, busy timeout 20 s.
    from tongban.config import env

    monkeypatch.setenv("DATABASE_URL", "sqlite:///x")
    options = env.database()["OPTIONS"]
    assert isinstance(options, dict)
    assert (options["timeout"], options["transaction_mode"]) == (20, "IMMEDIATE")
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]
