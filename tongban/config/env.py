"""The only reader of the environment. A missing or wrong variable stops the start and is named."""

from __future__ import annotations

import os
import secrets
import urllib.parse
from pathlib import Path

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
    path = var_dir() / "secret.key"
    if not path.exists():
        try:
            with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # Another process made it at the same moment.
    return path.read_text()


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
