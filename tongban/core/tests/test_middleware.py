"""What happens around every request."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize("url", ["/check/%00", "/search?q=%00", "/search?%00=a", "/api/v1/items?q=a%00"])
def test_address_with_nul_is_refused(honghu: str, url: str) -> None:
    answer = Client().get(url)
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize("given", [{"username": "a\0b"}, {"a\0b": "x"}])
def test_form_with_nul_is_refused(honghu: str, given: dict[str, str]) -> None:
    assert Client().post("/login", given).status_code == 400


@pytest.mark.parametrize(("path", "kind"), [("/work/catalogue/imports", "html"), ("/api/v1/applications", "json")])
def test_a_request_that_says_it_is_a_gigabyte_is_refused_before_it_is_read(honghu: str, path: str, kind: str) -> None:
    answer = Client().post(path, b"x", content_type="application/octet-stream", headers={"content-length": str(2**30)})
    assert answer.status_code == 413
    assert "1024 MB，最多 300 MB" in answer.content.decode()
    assert kind in answer["Content-Type"]
