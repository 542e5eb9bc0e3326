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
