"""What the sandbox remembers: one SQLite file of its own, apart from the platform's database."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tongban.sandbox.rules import Faults

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
  number TEXT PRIMARY KEY, token TEXT UNIQUE NOT NULL, amount_fen INTEGER NOT NULL, title TEXT NOT NULL, return_path TEXT NOT NULL,
  state TEXT NOT NULL, trade_no TEXT NOT NULL DEFAULT '', at TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS refunds (
  number TEXT PRIMARY KEY, order_number TEXT NOT NULL REFERENCES orders, amount_fen INTEGER NOT NULL, reason TEXT NOT NULL,
  state TEXT NOT NULL, trade_no TEXT NOT NULL DEFAULT '', at TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS parcels (
  number TEXT PRIMARY KEY, token TEXT UNIQUE NOT NULL, waybill TEXT UNIQUE NOT NULL, contents TEXT NOT NULL, name TEXT NOT NULL,
  phone TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL, steps INTEGER NOT NULL DEFAULT 0, next_s REAL NOT NULL);
CREATE TABLE IF NOT EXISTS callbacks (
  id INTEGER PRIMARY KEY, side TEXT NOT NULL, body TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due_s REAL NOT NULL,
  is_done INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, at_s INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
Row = sqlite3.Row
Value = str | int | float


class Store:
    """A file of rows; one writer at a time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.row_factory = sqlite3.Row
        self._file.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep all changes inside together, or none of them."""
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """Return the rows of a query."""
        with self._lock:
            return self._file.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Value) -> Row | None:
        """Return the first row of a query, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def change(self, sql: str, *values: Value) -> int:
        """Change rows; return how many."""
        with self._lock:
            return self._file.execute(sql, values).rowcount

    def next(self, name: str) -> int:
        """Return the next number of a counter."""
        sql = "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
        with self._lock:
            return int(self._file.execute(sql, (name,)).fetchall()[0][0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()


@dataclass(frozen=True)
class Sandbox:
    """A sandbox: its rows, its faults, its own address, the platform's address, how fast parcels go (0: by hand)."""

    store: Store
    faults: Faults
    base: str
    site: str
    step_s: float = 0.0
