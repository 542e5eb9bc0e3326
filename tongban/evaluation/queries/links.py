"""The links under which people rate: signed and unguessable, nothing of them is stored; digests that lead to nobody."""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from django.utils.crypto import salted_hmac

_SIGNED = 12  # bytes of the signature that a link carries: 96 bits


def token(invitation_id: UUID) -> str:
    """Return the token of an invitation, 38 characters fit for an address, a QR code and a short message."""
    return _token("evaluation.link", invitation_id)


def invitation_id(text: str) -> UUID | None:
    """Return the invitation that a token was made for, or None for any other text."""
    return _read("evaluation.link", text)


def path(invitation_id: UUID, *, via: str = "") -> str:
    """Return the address under which a case or visit is rated; `via` says how it was handed over: qr, sms, tablet."""
    return f"/rate/{token(invitation_id)}" + (f"?via={via}" if via else "")


def window_key(window_id: UUID) -> str:
    """Return the key under which a tablet stands for a window."""
    return _token("evaluation.window", window_id)


def window_id(text: str) -> UUID | None:
    """Return the window that a key was made for, or None for any other text."""
    return _read("evaluation.window", text)


def digest(purpose: str, value: str) -> str:
    """Return a keyed digest that is the same for the same value, 32 characters; "" for nothing."""
    return salted_hmac(f"evaluation.{purpose}", value, algorithm="sha256").hexdigest()[:32] if value else ""


def _signature(salt: str, subject: UUID) -> bytes:
    return salted_hmac(salt, subject.hex, algorithm="sha256").digest()[:_SIGNED]


def _token(salt: str, subject: UUID) -> str:
    return base64.urlsafe_b64encode(subject.bytes + _signature(salt, subject)).decode().rstrip("=")


def _read(salt: str, text: str) -> UUID | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(raw) != 16 + _SIGNED:
        return None
    subject = UUID(bytes=raw[:16])
    return subject if hmac.compare_digest(raw[16:], _signature(salt, subject)) else None
