"""Every command: one JSON document on stdout with `--json`, exit 0, 1 or 2, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPOSE = ["theme", "compose", "honghu", "honghu-12", "--answers"]
CLOCK = ["clock", "due", "--start", "2026-03-06", "--limit", "5"]
REFUSED = {
    "database not set up": [*COMPOSE, "all"], "worker without database": ["worker", "--once"], "serve without database": ["serve"],
    "account not there": ["token", "create", "nobody"],
    "name that is no text": ["token", "create", b"\xff"],
    "list not there": ["gazette", "read", "/nope.txt", "--as", "tasks"],
    "answers too deep": [*COMPOSE, "deep.json"], "export into a file": ["pack", "export", "honghu", "deep.json"],
    "pause without end": [*CLOCK, "--pause", "0001-01-01..9999-12-31"],
    "day after all days": ["clock", "due", "--start", "9999-12-30", "--limit", "5"],
}  # fmt: skip
WRONG = {
    "nothing": [], "no such command": ["nonsense"], "port": ["serve", "--port", "99999999"],
    "limit": ["clock", "due", "--start", "2026-03-06", "--limit", "²"],
    "start": ["clock", "due", "--start", "0001-01-01T00:00+14:00", "--limit", "1"], "database port": [*CLOCK, "--database", "postgresql://h:x/y"],
    "database kind": [*CLOCK, "--database", "mysql://x"], "no file": [*CLOCK, "--database", "sqlite:///"],
}  # fmt: skip


def run(folder: Path, words: list[str | bytes]) -> subprocess.CompletedProcess[bytes]:
    (folder / "deep.json").write_text("[" * 100_000)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DATABASE_", "DJANGO_"))
    }
    environment |= {
        "TONGBAN_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
        "PYTHONPATH": str(Path.cwd()),
    }
    command = [sys.executable, "-m", "tongban.config.cli", *words, "--json"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize(("words", "code"), [*((w, 1) for w in REFUSED.values()), *((w, 2) for w in WRONG.values())],
                         ids=[*REFUSED, *WRONG])  # fmt: skip
def test_refusal_is_one_document_and_no_traceback(tmp_path: Path, words: list[str | bytes], code: int) -> None:
    done = run(tmp_path, words)
    assert done.returncode == code, done.stderr.decode()
    assert set(json.loads(done.stdout)) == {"code", "message", "remedy", "facts"}
    assert b"Traceback" not in done.stderr


def test_full_disk_at_the_end_is_refused(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "tongban.config.cli", *CLOCK, "--json"]
        environment = {**os.environ, "TONGBAN_VAR": str(tmp_path)}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, check=False, timeout=60)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
