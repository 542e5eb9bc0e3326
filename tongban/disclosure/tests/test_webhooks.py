from __future__ import annotations

from datetime import timedelta

import pytest

from tongban.disclosure.rules import webhooks


@pytest.mark.parametrize(
    ("url", "near", "words"),
    [
        ("https://a.example/hook?x=1", False, ""),
        ("https://a.example:8443/", False, ""),
        ("http://a.example/", True, "https://"),
        ("ftp://a.example/", True, "https://"),
        ("http://127.0.0.1:9/", True, ""),
        ("https://localhost/", True, ""),
        ("http://[::1]:9/", True, ""),
        ("ftp://127.0.0.1/", True, "本机"),
        ("https://127.0.0.1/", False, "本机"),
        ("", True, "不是网址"),
        ("https://", True, "不是网址"),
        ("https://a.example:0/", True, "不是网址"),
        ("https://a.example:99999/", True, "不是网址"),
        ("https://[::1", True, "不是网址"),
        ("https://a.example/ x", True, "不是网址"),
        ("https://a.example/\r\nX: y", True, "不是网址"),
        ("https://例子.example/", True, "不是网址"),
        ("https://a.example/" + "x" * 300, True, "不是网址"),
        ("https://me@a.example/", True, "用户名"),
        ("https://a.example/#x", True, "用户名"),
    ],
)
def test_only_addresses_that_may_be_told_are_taken(url: str, near: bool, words: str) -> None:
    said = webhooks.url_problem(url, allows_near=near)
    assert (words in said) if words else said == ""


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (10_000, 60)])
def test_each_wait_is_twice_the_one_before_and_never_longer_than_an_hour(attempts: int, minutes: int) -> None:
    assert webhooks.wait(attempts) == timedelta(minutes=minutes)
