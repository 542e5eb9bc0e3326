"""Signed calls to an outside system: one address from the settings, five seconds, answers checked like questions."""

from __future__ import annotations

import http.client
import json
import secrets
import time as stopwatch
import urllib.parse
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from tongban.rules import signing
from tongban.rules.errors import DomainError, NotAllowed
from tongban.rules.signing import Outside, Signed

TIMEOUT_S = 5.0
MOST_BYTES = 32 * 1024 * 1024
HEADERS = (signing.KEY, signing.TIME, signing.NONCE, signing.SIGNATURE)


class GatewayDown(DomainError):
    """An outside system did not answer, or not in a way that can be believed. It may be asked again."""

    status = 503


class GatewayRefused(DomainError):
    """An outside system understood and said no: asking again is of no use."""

    status = 409


def seconds() -> int:
    """Return the seconds of this machine since 1970: signatures are about real time, also where the clock was moved."""
    return int(stopwatch.time())


def signed_of(request: HttpRequest) -> Signed:
    """Return what a request says of its signature."""
    return Signed(*(request.headers.get(name, "")[:128] for name in HEADERS))


def require_signature(signed: Signed, path: str, body: bytes, *, outside: Outside) -> None:
    """Raise NotAllowed unless a POST was signed by the outside system a moment ago."""
    wrong = signing.problem(signed, "POST", path, body, key=outside.key, secret=outside.secret, at_s=seconds())
    if wrong:
        said = {"time": "报文过期，或者编号不对"}.get(wrong, "签名不对")
        raise NotAllowed(f"callback.{wrong}", f"{said}，没有处理", remedy="核对密钥和时钟后重新签名再发")


def post(outside: Outside, path: str, body: Mapping[str, object]) -> dict[str, Any]:
    """Send a document and return the one that comes back. Raises GatewayDown, GatewayRefused."""
    answer = _call(outside, "POST", path, json.dumps(body, ensure_ascii=False).encode())
    return _document(answer)


def get(outside: Outside, path: str) -> dict[str, Any]:
    """Return a document. Raises GatewayDown, GatewayRefused."""
    return _document(fetch(outside, path))


def fetch(outside: Outside, path: str) -> bytes:
    """Return a file. Raises GatewayDown, GatewayRefused."""
    return _call(outside, "GET", path, b"")


def _document(answer: bytes) -> dict[str, Any]:
    try:
        read = json.loads(answer)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise _down("回答读不懂")
    return read


def _call(outside: Outside, verb: str, path: str, body: bytes) -> bytes:
    """Ask once, and once more when the line breaks while there is time: numbers make the second time harmless."""
    until = stopwatch.monotonic() + TIMEOUT_S
    try:
        return _ask(outside, verb, path, body, until)
    except (http.client.HTTPException, ConnectionError):
        pass
    except OSError as problem:
        raise _down("没有回应") from problem
    try:
        return _ask(outside, verb, path, body, until)
    except (http.client.HTTPException, OSError) as problem:
        raise _down("没有回应") from problem


def _ask(outside: Outside, verb: str, path: str, body: bytes, until: float) -> bytes:
    nonce = secrets.token_hex(12)
    target = urllib.parse.urlsplit(outside.url).path.rstrip("/") + path
    signed = signing.sign(verb, target, body, key=outside.key, secret=outside.secret, at_s=seconds(), nonce=nonce)
    line = _line(outside.url, max(0.1, until - stopwatch.monotonic()))
    try:
        line.request(verb, target, body or None, {"Content-Type": "application/json", **signed.headers()})
        answer = line.getresponse()
        content = _read(answer, until)
    finally:
        line.close()
    told = Signed(*(answer.getheader(name) or "" for name in HEADERS))
    wrong = told.nonce != nonce or signing.problem(
        told, str(answer.status), target, content, key=outside.key, secret=outside.secret, at_s=seconds()
    )
    if wrong:
        raise _down("回答的签名不对")
    if answer.status >= 500 or answer.status in range(300, 400):
        raise _down(f"回答 {answer.status}")
    if answer.status >= 400:
        raise GatewayRefused(
            "outside.refused",
            f"对方不同意：{_said(content)}",
            remedy="核对后再试，或联系平台管理员",
            http=answer.status,
        )
    return content


def _line(url: str, timeout_s: float) -> http.client.HTTPConnection:
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout_s)


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    """Read an answer that may drip: all of it before the time is up, and no more than the most."""
    pieces, size = [], 0
    while piece := answer.read1(65536):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES or stopwatch.monotonic() > until:
            raise TimeoutError("too slow or too large")
    return b"".join(pieces)


def _said(content: bytes) -> str:
    try:
        return str(json.loads(content).get("message", ""))[:100]
    except (ValueError, AttributeError):
        return "没有说明原因"


def _down(why: str) -> GatewayDown:
    return GatewayDown("outside.down", f"对方系统{why}", remedy="稍后再试；平台会自动重试，不会重复")
