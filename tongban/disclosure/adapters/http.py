"""Tell an address something over HTTP: ten seconds in all, no redirects, the answer's status is all that counts."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import urllib.parse
from collections.abc import Mapping

TIMEOUT_S = 5.0
MOST_S = 10.0  # for all of it: an answer that drips is cut off


class NotTold(Exception):
    """The address did not answer that it took what it was told; the message says what it did."""


def target(url: str) -> str:
    """Return the path of an address as it stands in a request, with its query."""
    parts = urllib.parse.urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def tell(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post a document. Raises NotTold unless the answer is 2xx."""
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    watch = threading.Timer(MOST_S, _cut, (line,))
    watch.start()
    try:
        line.request("POST", target(url), body, {"Content-Type": "application/json", **headers})
        status = line.getresponse().status
    except (http.client.HTTPException, OSError) as problem:
        raise NotTold(f"没有回应（{type(problem).__name__}）") from problem
    finally:
        watch.cancel()
        line.close()
    if not 200 <= status < 300:
        raise NotTold(f"回答 {status}")


def _cut(line: http.client.HTTPConnection) -> None:
    if line.sock is not None:
        with contextlib.suppress(OSError):
            line.sock.shutdown(socket.SHUT_RDWR)
