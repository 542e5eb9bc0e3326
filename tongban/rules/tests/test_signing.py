from __future__ import annotations

from dataclasses import replace

import pytest

from tongban.rules import signing
from tongban.rules.signing import Outside, Signed

SECRET, BODY, AT = "s" * 40, b'{"a": 1}', 1_772_762_400


def given(**changes: str) -> Signed:
    return replace(signing.sign("POST", "/x", BODY, key="k", secret=SECRET, at_s=AT, nonce="n" * 24), **changes)


def found(
    signed: Signed, *, verb: str = "POST", path: str = "/x", body: bytes = BODY, at_s: int = AT, **by: str
) -> str | None:
    words = {"key": "k", "secret": SECRET, **by}
    return signing.problem(signed, verb, path, body, at_s=at_s, key=words["key"], secret=words["secret"])


def test_canonical_text_has_five_lines() -> None:
    text = signing.canonical("POST", "/x?y=1", at_s="5", nonce="abc", body=b"")
    assert text.split("\n") == [
        "POST",
        "/x?y=1",
        "5",
        "abc",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]


def test_headers_carry_the_signature() -> None:
    signed = given()
    assert signed.headers() == {
        "X-Tongban-Key": "k", "X-Tongban-Time": str(AT), "X-Tongban-Nonce": "n" * 24, "X-Tongban-Signature": signed.signature,
    }  # fmt: skip


def test_what_was_signed_is_believed_inside_its_window() -> None:
    assert [found(given(), at_s=AT + late) for late in (-301, -300, 0, 300, 301)] == ["time", None, None, None, "time"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"verb": "GET"}, "signature"), ({"path": "/y"}, "signature"), ({"body": b"{}"}, "signature"),
        ({"secret": "t" * 40}, "signature"), ({"key": "other"}, "key"), ({"secret": ""}, "key"),
    ],
)  # fmt: skip
def test_other_words_or_keys_are_not_believed(wrong: dict[str, object], code: str) -> None:
    assert found(given(), **wrong) == code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [{"nonce": "m" * 24}, {"at_s": str(AT + 1)}, {"signature": "0" * 64}, {"signature": "签名"}, {"signature": ""}],
)
def test_changed_signature_is_not_believed(changes: dict[str, str]) -> None:
    assert found(given(**changes)) == "signature"


@pytest.mark.parametrize("nonce", ["", "n" * 7, "n" * 65])
def test_word_that_is_used_once_has_a_length(nonce: str) -> None:
    assert found(signing.sign("POST", "/x", BODY, key="k", secret=SECRET, at_s=AT, nonce=nonce)) == "time"


@pytest.mark.parametrize("at_s", ["", "x", "-1", "１", "1" * 13])
def test_moment_that_is_no_number_is_not_believed(at_s: str) -> None:
    text = signing.canonical("POST", "/x", at_s=at_s, nonce="n" * 24, body=BODY)
    import hashlib
    import hmac

    signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert found(Signed("k", at_s, "n" * 24, signature)) == "time"


def test_outside_system_without_address_is_not_in_use() -> None:
    assert Outside("https://x", "k", "s").is_configured
    assert not Outside("", "k", "s").is_configured
    assert not Outside("https://x", "k", "").is_configured
