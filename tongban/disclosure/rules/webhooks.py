"""Who is told of changes of the catalogue: which addresses may be, and when one that did not answer is tried again."""

from __future__ import annotations

import urllib.parse
from datetime import timedelta

LONGEST_URL = 300
LONGEST_WAIT = timedelta(hours=1)
NEAR = ("127.0.0.1", "localhost", "::1")


def url_problem(url: str, *, allows_near: bool) -> str:
    """Return why an address cannot be told anything, in Chinese, or an empty text; `allows_near` is for demonstrations and tests."""
    try:
        parts = urllib.parse.urlsplit(url)
        is_near = parts.hostname in NEAR
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return "这不是网址"
    if not is_whole or len(url) > LONGEST_URL or any(char <= " " or char > "~" for char in url):
        return "这不是网址"
    if parts.username is not None or parts.fragment:
        return "网址里不能有用户名、密码和 #"
    if is_near:
        return "" if allows_near and parts.scheme in ("http", "https") else "不能通知本机的地址"
    return "" if parts.scheme == "https" else "网址要以 https:// 开头"


def wait(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts without an answer: one minute, doubled each time, an hour at most."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)
