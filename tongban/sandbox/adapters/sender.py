"""Sends the callbacks of the sandbox: signed, again until they are taken, then less and less often."""

from __future__ import annotations

import http.client
import json
import secrets
import sys
import threading
import time as stopwatch
import urllib.parse
from collections.abc import Callable, Mapping

from tongban.rules import signing
from tongban.rules.signing import Outside
from tongban.sandbox.adapters.store import Row, Store
from tongban.sandbox.rules import WAITS_S, Faults

IDLE_S = 0.2
PATHS = {"payments": "/callbacks/payments", "delivery": "/callbacks/delivery"}


class Sender:
    """Sends what is due to the platform; `post` takes side and body and returns the status in words."""

    def __init__(self, store: Store, faults: Faults, post: Callable[[str, bytes], str]) -> None:
        self.store, self.faults, self.post = store, faults, post

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop."""
        while not stop.wait(IDLE_S):
            self.send_due(at_s=stopwatch.time())

    def send_due(self, *, at_s: float) -> int:
        """Send every callback that is due; return how many were taken."""
        sql = "SELECT * FROM callbacks WHERE is_done = 0 AND due_s <= ? AND tries < ? ORDER BY id"
        return sum(self._send(row, at_s) for row in self.store.rows(sql, at_s, len(WAITS_S)))

    def _send(self, row: Row, at_s: float) -> bool:
        is_lost = self.faults.fail_first and row["tries"] == 0  # Lost on the way, on purpose.
        answer = "lost" if is_lost else self.post(row["side"], row["body"].encode())
        is_taken = answer == "200"
        due_s = at_s + WAITS_S[min(row["tries"], len(WAITS_S) - 1)]
        self.store.change(
            "UPDATE callbacks SET tries = tries + 1, due_s = ?, is_done = ?, answer = ? WHERE id = ?", due_s, int(is_taken),
            answer, row["id"],
        )  # fmt: skip
        if not is_taken:
            sys.stderr.write(f"sandbox: 回调 {json.loads(row['body'])['id']} 没有送到（{answer}）\n")
        return is_taken


def poster(site: str, outsides: Mapping[str, Outside]) -> Callable[[str, bytes], str]:
    """Return what posts a signed callback to the platform."""
    parts = urllib.parse.urlsplit(site)

    def post(side: str, body: bytes) -> str:
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        try:
            line.request("POST", PATHS[side], body, headers(outsides[side], PATHS[side], body))
            return str(line.getresponse().status)
        except (OSError, http.client.HTTPException) as problem:
            return type(problem).__name__
        finally:
            line.close()

    return post


def headers(outside: Outside, path: str, body: bytes) -> dict[str, str]:
    """Return the headers of a callback, signed now."""
    nonce, at_s = secrets.token_hex(12), int(stopwatch.time())
    signed = signing.sign("POST", path, body, key=outside.key, secret=outside.secret, at_s=at_s, nonce=nonce)
    return {"Content-Type": "application/json", **signed.headers()}
