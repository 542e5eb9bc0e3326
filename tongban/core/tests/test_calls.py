"""Signed calls against servers that answer well, badly, slowly or not at all."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tongban.core import calls
from tongban.core.calls import GatewayDown, GatewayRefused
from tongban.rules import signing
from tongban.rules.signing import Outside

SECRET = "s" * 40
Answer = Callable[["Server", BaseHTTPRequestHandler], None]


class Server(HTTPServer):
    """Answers as a test tells it to, and remembers who asked."""

    answer: Answer
    asked: list[tuple[str, str, bytes, dict[str, str]]]

    def handle_error(self, request: object, client_address: object) -> None:
        """A server that hangs up is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    def handle_any(self) -> None:
        assert isinstance(self.server, Server)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, body, dict(self.headers)))
        self.server.answer(self.server, self)

    def do_GET(self) -> None:
        self.handle_any()

    def do_POST(self) -> None:
        self.handle_any()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the output of the tests clean."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.asked, made.answer = [], well()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def outside(server: HTTPServer, base: str = "") -> Outside:
    return Outside(f"http://127.0.0.1:{server.server_port}{base}", "k", SECRET)


def well(content: bytes = b'{"ok": true}', *, status: int = 200, secret: str = SECRET, nonce: str = "") -> Answer:
    def answer(server: Server, handler: BaseHTTPRequestHandler) -> None:
        told = signing.sign(
            str(status), handler.path, content, key="k", secret=secret, at_s=calls.seconds(),
            nonce=nonce or handler.headers[signing.NONCE],
        )  # fmt: skip
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **told.headers()}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def hang_up(server: Server, handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


def test_question_is_signed_and_answer_is_read(server: Server) -> None:
    assert calls.post(outside(server, "/base"), "/api/x", {"名": 1}) == {"ok": True}
    ((verb, path, body, headers),) = server.asked
    assert (verb, path, json.loads(body)) == ("POST", "/base/api/x", {"名": 1})
    sent = signing.Signed(*(headers[name] for name in calls.HEADERS))
    assert signing.problem(sent, "POST", path, body, key="k", secret=SECRET, at_s=calls.seconds()) is None


def test_file_is_fetched_as_it_is(server: Server) -> None:
    server.answer = well(b"a,b\n")
    assert calls.fetch(outside(server), "/api/file") == b"a,b\n"


@pytest.mark.parametrize(
    "answer",
    [well(secret="t" * 40), well(nonce="m" * 24), well(b"[]"), well(b"no json"), well(b"\xff"), well(status=503), well(status=500)],
)  # fmt: skip
def test_answer_that_cannot_be_believed_counts_as_none(server: Server, answer: Answer) -> None:
    server.answer = answer
    with pytest.raises(GatewayDown):
        calls.get(outside(server), "/api/x")


def test_refusal_is_told_in_their_words(server: Server) -> None:
    server.answer = well('{"message": "已经退过"}'.encode(), status=409)
    with pytest.raises(GatewayRefused, match="已经退过"):
        calls.post(outside(server), "/api/x", {})
    server.answer = well(b"[1]", status=404)
    with pytest.raises(GatewayRefused, match="没有说明原因"):
        calls.post(outside(server), "/api/x", {})


def test_broken_line_is_tried_once_more(server: Server) -> None:
    def first_time(server: Server, handler: BaseHTTPRequestHandler) -> None:
        (hang_up if len(server.asked) == 1 else well())(server, handler)

    server.answer = first_time
    assert calls.get(outside(server), "/api/x") == {"ok": True}
    assert len(server.asked) == 2


def test_line_that_breaks_twice_is_down(server: Server) -> None:
    server.answer = hang_up
    with pytest.raises(GatewayDown):
        calls.get(outside(server), "/api/x")
    assert len(server.asked) == 2


def test_nobody_there_is_down() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(GatewayDown):
            calls.get(Outside(f"http://127.0.0.1:{free.getsockname()[1]}", "k", SECRET), "/api/x")


def test_silence_and_dripping_end_with_the_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "TIMEOUT_S", 0.3)
    stop = threading.Event()

    def drip(server: Server, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not stop.wait(0.05):
            handler.wfile.write(b" ")

    def silent(server: Server, handler: BaseHTTPRequestHandler) -> None:
        stop.wait(20)

    for server.answer in (drip, silent):
        stop.clear()
        fallback = threading.Timer(20, stop.set)
        fallback.start()
        began = time.monotonic()
        with pytest.raises(GatewayDown):
            calls.get(outside(server), "/api/x")
        assert time.monotonic() - began < 10
        fallback.cancel()
        stop.set()


def test_answer_without_end_is_not_read(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST_BYTES", 1000)
    server.answer = well(b"x" * 100_000)
    with pytest.raises(GatewayDown):
        calls.fetch(outside(server), "/api/x")


def test_redirect_is_not_followed(server: Server) -> None:
    server.answer = well(b"{}", status=302)
    with pytest.raises(GatewayDown):
        calls.get(outside(server), "/api/x")
    assert len(server.asked) == 1
