"""Make a sandbox on a free port, whose callbacks come to Django's test client."""

from __future__ import annotations

import http.client
import re
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.test import Client

from tongban.rules.signing import Outside
from tongban.sandbox.adapters.sender import PATHS, Sender, headers
from tongban.sandbox.adapters.store import Sandbox, Store
from tongban.sandbox.handlers import Server
from tongban.sandbox.rules import Faults

SITE = "http://127.0.0.1:1"
OUTSIDES = {"payments": settings.PAYMENTS, "delivery": settings.DELIVERY}


@dataclass
class Running:
    """A running sandbox, and the statuses that the platform answered to its callbacks."""

    box: Sandbox
    url: str
    sender: Sender
    answers: list[str] = field(default_factory=list)

    def outside(self, side: str) -> Outside:
        """Return the sandbox as the platform's settings name it."""
        known = OUTSIDES[side]
        return Outside(self.url, known.key, known.secret)

    def tell(self, *, later_s: float = 0.0) -> list[str]:
        """Send the callbacks that are due now, or would be later; return the answers of the platform."""
        self.answers.clear()
        due = self.box.store.row("SELECT MAX(due_s) AS s FROM callbacks WHERE is_done = 0")
        self.sender.send_due(at_s=(due["s"] if due and due["s"] else 0.0) + later_s)
        return list(self.answers)

    def ask(self, verb: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Open a page as a person does; return status, where it leads, text."""
        line = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=5)
        line.request(verb, path, urllib.parse.urlencode(form or {}) if verb == "POST" else None)
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        return answer.status, answer.getheader("Location") or "", text

    def press(self, address: str, do: str = "") -> tuple[int, str, str]:
        """Press the button of a page."""
        path = urllib.parse.urlsplit(address).path
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", path)[2])
        return self.ask("POST", path, {"csrf_token": found[1] if found else "", "do": do})


@contextmanager
def running(folder: Path, faults: Faults, *, step_s: float = 0.0) -> Iterator[Running]:
    """Run a sandbox on a free port."""
    store, client = Store(folder / "sandbox.sqlite3"), Client()
    server = Server(0, lambda base: Sandbox(store, faults, base, SITE, step_s), OUTSIDES)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()

    def post(side: str, body: bytes) -> str:
        sent = headers(OUTSIDES[side], PATHS[side], body)
        answer = client.post(PATHS[side], body, content_type=sent.pop("Content-Type"), headers=sent)
        made.answers.append(str(answer.status_code))
        return str(answer.status_code)

    made = Running(server.box, f"http://127.0.0.1:{server.server_port}", Sender(store, faults, post))
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        store.close()
