"""Signed messages between the platform and an outside system (签名报文): canonical text, HMAC-SHA256, a window of time."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

WINDOW_S = 300
KEY, TIME, NONCE, SIGNATURE = "X-Tongban-Key", "X-Tongban-Time", "X-Tongban-Nonce", "X-Tongban-Signature"


@dataclass(frozen=True)
class Signed:
    """What a message says of itself: whose key, when in seconds since 1970, a word used once, the signature."""

    key: str
    at_s: str
    nonce: str
    signature: str

    def headers(self) -> dict[str, str]:
        """Return the headers that carry it."""
        return {KEY: self.key, TIME: self.at_s, NONCE: self.nonce, SIGNATURE: self.signature}


@dataclass(frozen=True)
class Outside:
    """An outside system as the settings name it; without an address it is not in use."""

    url: str
    key: str
    secret: str

    @property
    def is_configured(self) -> bool:
        """Whether there is such a system at all."""
        return bool(self.url and self.secret)


def canonical(verb: str, path: str, *, at_s: str, nonce: str, body: bytes) -> str:
    """Return the text that is signed: five lines, the last one the SHA-256 of the body."""
    return "\n".join((verb, path, at_s, nonce, hashlib.sha256(body).hexdigest()))


def sign(verb: str, path: str, body: bytes, *, key: str, secret: str, at_s: int, nonce: str) -> Signed:
    """Return the signature of a message. `verb` is the method of a request, or the status of an answer."""
    text = canonical(verb, path, at_s=str(at_s), nonce=nonce, body=body)
    return Signed(key, str(at_s), nonce, hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest())


def problem(signed: Signed, verb: str, path: str, body: bytes, *, key: str, secret: str, at_s: int) -> str | None:
    """Return what is wrong with a signed message, or None: `key`, `time` (older or newer than the window) or `signature`.

    The window keeps old messages from being sent again; that a message inside it counts once is the caller's part.
    """
    if not secret or signed.key != key:
        return "key"
    text = canonical(verb, path, at_s=signed.at_s, nonce=signed.nonce, body=body)
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signed.signature.encode()):
        return "signature"
    is_number = signed.at_s.isascii() and signed.at_s.isdigit() and len(signed.at_s) <= 12
    if not is_number or abs(int(signed.at_s) - at_s) > WINDOW_S or not 8 <= len(signed.nonce) <= 64:
        return "time"
    return None
