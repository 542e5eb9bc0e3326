"""Addresses and secrets of outside systems."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongban.config import env


def outside(*, is_demonstration: bool = False) -> object:
    return env.outside("TONGBAN_PAYMENTS_URL", "TONGBAN_PAYMENTS_SECRET", key="x", is_demonstration=is_demonstration)


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TONGBAN_VAR", str(tmp_path))


def test_without_address_nothing_is_in_use() -> None:
    assert outside() == env.Outside("", "x", "")


@pytest.mark.parametrize(
    "url", ["https://pay.example", "http://127.0.0.1:8090", "http://localhost:1", "http://[::1]:1/base/"]
)
def test_address_is_https_or_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TONGBAN_PAYMENTS_URL", url)
    monkeypatch.setenv("TONGBAN_PAYMENTS_SECRET", "s" * 32)
    assert outside() == env.Outside(url.rstrip("/"), "x", "s" * 32)


@pytest.mark.parametrize(
    "url", ["http://pay.example", "ftp://127.0.0.1", "pay.example", "https://", "file:///etc/passwd"]
)
def test_other_addresses_stop_the_start_and_are_named(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TONGBAN_PAYMENTS_URL", url)
    with pytest.raises(env.EnvironmentProblem, match="TONGBAN_PAYMENTS_URL"):
        outside()


def test_missing_or_short_secret_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_PAYMENTS_URL", "https://pay.example")
    for secret in ("", "s" * 31):
        monkeypatch.setenv("TONGBAN_PAYMENTS_SECRET", secret)
        with pytest.raises(env.EnvironmentProblem, match="TONGBAN_PAYMENTS_SECRET"):
            outside()


def test_demonstration_makes_its_secret_once(tmp_path: Path) -> None:
    first, second = outside(is_demonstration=True), outside(is_demonstration=True)
    assert first == second
    assert (tmp_path / "x.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["x.key"]
