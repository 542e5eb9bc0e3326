"""What the sandbox answers over HTTP: signed documents for the platform, pages for people. Loopback only."""

from __future__ import annotations

import json
import re
import secrets
import sys
import urllib.parse
from collections.abc import Callable, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from tongban.core import calls
from tongban.rules import signing
from tongban.rules.errors import DomainError, Invalid, NotAllowed, NotFound
from tongban.rules.signing import Outside, Signed
from tongban.sandbox import queries, services
from tongban.sandbox.adapters.store import Sandbox

HERE = Path(__file__).parent
PAGES = Engine(dirs=[str(HERE / "templates" / "sandbox")])
MOST_BYTES = 64 * 1024
POLICY = "default-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
Document = dict[str, Any]


class Server(ThreadingHTTPServer):
    """The sandbox's server: knows its rows and the secrets of both sides."""

    daemon_threads = True

    def __init__(self, port: int, box: Callable[[str], Sandbox], outsides: Mapping[str, Outside]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.box, self.outsides = box(f"http://127.0.0.1:{self.server_port}"), dict(outsides)
        # A page's form carries it: nothing else can press the buttons of the sandbox.
        self.token = secrets.token_urlsafe(16)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say one line about a visitor who left in the middle."""
        sys.stderr.write(f"sandbox: {sys.exc_info()[1]!r}\n")


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server
    server_version, sys_version, protocol_version = "tongban-sandbox", "", "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer("GET", b"")

    def do_POST(self) -> None:
        """Take a document or a form."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            self.close_connection = True
            self._page("refused", {"message": "内容太大"}, 413)
            return
        self._answer("POST", self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Say nothing about each request."""

    def _answer(self, verb: str, body: bytes) -> None:
        path = urllib.parse.urlsplit(self.path).path
        is_api = path.startswith("/api/")
        for pattern, side, act in ROUTES:
            match = re.fullmatch(pattern, f"{verb} {path}")
            if match and is_api:
                self._document(verb, path, side, body, act, match.groups())
                return
            if match:
                self._person(verb, body, act, match.groups())
                return
        self._page("refused", {"message": "没有这个页面"}, 404)

    # For the platform

    def _document(
        self, verb: str, path: str, side: str, body: bytes, act: Callable[..., Any], words: tuple[str, ...]
    ) -> None:
        outside = self.server.outsides[side]
        sent = Signed(*(self.headers.get(name, "") for name in calls.HEADERS))
        status, answer = 200, b""
        try:
            self._check(sent, verb, path, body, outside)
            read = _read(body)
            if services.fails_now(self.server.box, str(read.get("number", ""))) and verb == "POST":
                status, answer = 503, b'{"message": "busy"}'
            else:
                told = act(self.server.box, read, *words)
                answer = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
        except DomainError as refusal:
            status, answer = refusal.status, json.dumps(refusal.as_json(), ensure_ascii=False).encode()
        told_by = signing.sign(
            str(status), path, answer, key=outside.key, secret=outside.secret, at_s=calls.seconds(), nonce=sent.nonce
        )
        self._send(
            status, answer, "text/csv" if path.startswith("/api/statements/") else "application/json", told_by.headers()
        )

    def _check(self, sent: Signed, verb: str, path: str, body: bytes, outside: Outside) -> None:
        wrong = signing.problem(sent, verb, path, body, key=outside.key, secret=outside.secret, at_s=calls.seconds())
        if wrong or not services.is_fresh(self.server.box, sent.nonce, calls.seconds()):
            raise NotAllowed("sandbox.signature", "签名不对，或者用过了", remedy="核对密钥和时钟")

    # For people

    def _person(self, verb: str, body: bytes, act: Callable[..., Any], words: tuple[str, ...]) -> None:
        try:
            form = {name: values[0] for name, values in urllib.parse.parse_qs(body.decode("utf-8", "replace")).items()}
            if verb == "POST" and not secrets.compare_digest(
                form.get("csrf_token", "").encode(), self.server.token.encode()
            ):
                raise NotAllowed("sandbox.form", "这一页过期了", remedy="刷新后再试")
            shown = act(self.server.box, form, *words)
        except DomainError as refusal:
            self._page("refused", {"message": refusal.message, "remedy": refusal.remedy}, refusal.status)
            return
        if isinstance(shown, bytes):
            self._send(200, shown, "text/css; charset=utf-8", {})
        elif isinstance(shown, str):
            self._send(303, b"", "text/plain", {"Location": shown})
        else:
            self._page(*shown)

    def _page(self, template: str, context: Document, status: int = 200) -> None:
        shown = PAGES.get_template(f"{template}.html").render(Context({"csrf_token": self.server.token, **context}))
        self._send(status, shown.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": POLICY})

    def _send(self, status: int, content: bytes, kind: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), "Cache-Control": "no-store",
                            "X-Content-Type-Options": "nosniff", **headers}.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _read(body: bytes) -> Document:
    try:
        read = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise Invalid("sandbox.body", "内容读不懂", remedy="按接口说明重新发送")
    return read


def _statement(box: Sandbox, _: Document, day: str) -> bytes:
    try:
        return services.statement(box, date.fromisoformat(day))
    except ValueError as problem:
        raise NotFound("sandbox.day", "没有这一天", remedy="写成 2026-03-06") from problem


def _pay(box: Sandbox, _: Document, token: str) -> str:
    services.pay(box, services.order_of(box, token)["number"])
    return f"/pay/{token}"


def _advance(box: Sandbox, form: Document, token: str) -> str:
    services.advance(box, services.parcel_of(box, token)["number"], is_refused=form.get("do") == "return")
    return f"/parcels/{token}"


# (method and path, whose secret signs it, what is done). What is no API is a page for people.
ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    (r"POST /api/orders", "payments", services.open_order),
    (r"GET /api/orders/([\w-]+)", "payments", lambda box, _, n: services.standing(services.order(box, n))),
    (r"POST /api/orders/([\w-]+)/close", "payments", lambda box, _, n: services.close(box, n)),
    (r"POST /api/refunds", "payments", services.refund),
    (r"GET /api/refunds/([\w-]+)", "payments", lambda box, _, n: services.standing(services.refund_of(box, n))),
    (r"GET /api/statements/([\d-]+)", "payments", _statement),
    (r"POST /api/shipments", "delivery", services.take_parcel),
    (r"GET /", "", lambda box, _: ("home", queries.overview(box))),
    (r"GET /sandbox\.css", "", lambda box, _: (HERE / "static" / "sandbox.css").read_bytes()),
    (r"GET /pay/([\w-]+)", "", lambda box, _, token: ("pay", queries.cashier(box, services.order_of(box, token)))),
    (r"POST /pay/([\w-]+)", "", _pay),
    (r"GET /parcels/([\w-]+)", "", lambda box, _, token: ("parcel", queries.parcel(services.parcel_of(box, token)))),
    (r"POST /parcels/([\w-]+)", "", _advance),
)
