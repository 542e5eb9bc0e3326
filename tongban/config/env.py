"""The only reader of the environment. A missing or wrong variable stops the start and is named."""

from __future__ import annotations

import os
import secrets
import urllib.parse
from datetime import datetime
from pathlib import Path

from tongban.core.time import Pace
from tongban.rules.signing import Outside

ROOT = Path(__file__).resolve().parents[2]


class EnvironmentProblem(SystemExit):
    """A variable is missing or cannot be used; the message says which and how to mend it."""


def text(name: str, default: str | None = None) -> str:
    """Return a variable. Raises EnvironmentProblem when it is absent and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise EnvironmentProblem(f"环境变量 {name} 没有设置；请设置后再启动")
    return value


def var_dir() -> Path:
    """Return the folder for everything the running system writes (TONGBAN_VAR, default var/)."""
    path = Path(text("TONGBAN_VAR", str(Path.cwd() / "var")))
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """Return the session key: TONGBAN_SECRET_KEY, or one made on first start and kept with owner-only rights."""
    given = os.environ.get("TONGBAN_SECRET_KEY")
    if given is not None:
        if len(given) < 32:
            raise EnvironmentProblem("TONGBAN_SECRET_KEY 太短；请用 32 个以上随机字符")
        return given
    return _kept_secret("secret.key")


def _kept_secret(name: str) -> str:
    """Return a random secret that is made on first use, whole at once, and kept with owner-only rights."""
    path = var_dir() / name
    if not path.exists():
        fresh = path.with_name(f"{name}.{secrets.token_hex(8)}")
        with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # Another process made it at the same moment.
        finally:
            fresh.unlink()
    return path.read_text()


def outside(address: str, secret: str, *, key: str, is_demonstration: bool) -> Outside:
    """Return an outside system from its two variables; without an address it is not in use.

    In a demonstration the secret may be left out: one is made and kept under TONGBAN_VAR. Raises EnvironmentProblem.
    """
    url, given = text(address, "").rstrip("/"), text(secret, "")
    parts = urllib.parse.urlsplit(url)
    is_near = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if url and not (parts.hostname and (parts.scheme == "https" or is_near)):
        raise EnvironmentProblem(f"{address} 要写成 https://主机 的地址；只有本机的系统可以用 http://127.0.0.1:端口")
    if is_demonstration:
        given = given or _kept_secret(f"{key}.key")
    elif url and len(given) < 32:
        raise EnvironmentProblem(f"{secret} 没有设置，或不到 32 个字符；请填和对方约定的密钥")
    return Outside(url=url, key=key, secret=given)


def pace(*, is_demonstration: bool) -> Pace | None:
    """Return the pace of the clock from TONGBAN_CLOCK (real start, shown start, speed), set by `tongban demo serve --speed`.

    Raises EnvironmentProblem outside a demonstration: no clock of a real place runs at another pace.
    """
    given = text("TONGBAN_CLOCK", "")
    if not given:
        return None
    if not is_demonstration:
        raise EnvironmentProblem("TONGBAN_CLOCK 只能在演示环境里用；请去掉这个变量")
    try:
        began, shown, speed = given.split(",")
        return Pace(datetime.fromisoformat(began), datetime.fromisoformat(shown), float(speed))
    except ValueError as problem:
        raise EnvironmentProblem("TONGBAN_CLOCK 写成“开始时刻,显示时刻,倍数”，时刻带时区") from problem


_WRONG_ADDRESS = "数据库地址写成 sqlite:///var/tongban.sqlite3 或 postgresql://用户:密码@主机:端口/库名；请检查 --database 或 DATABASE_URL 的写法"


def database() -> dict[str, object]:
    """Return the database settings from DATABASE_URL: sqlite:///path or postgresql://user:password@host:port/name."""
    url = text("DATABASE_URL", "") or f"sqlite:///{var_dir() / 'tongban.sqlite3'}"
    try:
        parts = urllib.parse.urlsplit(url)
        _ = parts.port
    except ValueError as problem:
        raise EnvironmentProblem(_WRONG_ADDRESS) from problem
    if parts.scheme == "sqlite" and parts.path[1:]:
        return _sqlite(parts.path[1:])
    if "://" not in url:
        return _sqlite(url)
    if parts.scheme in ("postgres", "postgresql"):
        return _postgresql(parts)
    raise EnvironmentProblem(_WRONG_ADDRESS)


def _sqlite(path: str) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
        },
    }


def _postgresql(parts: urllib.parse.SplitResult) -> dict[str, object]:
    query = dict(urllib.parse.parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": urllib.parse.unquote(parts.path.lstrip("/")),
        "USER": urllib.parse.unquote(parts.username or ""),
        "PASSWORD": urllib.parse.unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"server_side_binding": True, **query},
    }
