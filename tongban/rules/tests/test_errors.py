from __future__ import annotations

from uuid import UUID

import pytest

from tongban.rules import errors


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.NotAllowed, 403), (errors.NotSignedIn, 401), (errors.NotFound, 404), (errors.Conflict, 409),
        (errors.TooLarge, 413), (errors.Unsupported, 415), (errors.Invalid, 422), (errors.TooMany, 429),
    ],
)  # fmt: skip
def test_each_refusal_has_its_status(kind: type[errors.DomainError], status: int) -> None:
    assert kind("x", "不行").status == status


def test_refusal_says_code_message_remedy_and_facts() -> None:
    refusal = errors.Conflict("case.stale", "办件变了", remedy="重新打开", case_id=UUID(int=7), n=1)
    assert refusal.as_json() == {
        "code": "case.stale", "message": "办件变了", "remedy": "重新打开", "facts": {"case_id": str(UUID(int=7)), "n": 1},
    }  # fmt: skip


def test_invalid_input_names_each_field() -> None:
    refusal = errors.Invalid("form", "有 1 处要改", fields={"name": "请填姓名"})
    assert refusal.as_json()["facts"] == {"fields": {"name": "请填姓名"}}
