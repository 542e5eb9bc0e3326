from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from tongban.core import db
from tongban.rules.errors import Invalid


def test_cursor_carries_the_day_and_the_id_of_the_last_row() -> None:
    on, row_id = date(9999, 12, 31), uuid4()
    assert db.read_cursor(db.cursor(on, row_id)) == (on, row_id)


@pytest.mark.parametrize("text", ["", "x", "%%%", "a" * 1000, "MjAyNi0wMy0wNnxub3BlCg==", "你好", "MjAyNi0wMy0wNg=="])
def test_cursor_that_we_did_not_make_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        db.read_cursor(text)


def test_ids_are_random() -> None:
    assert len({db.new_id() for _ in range(1000)}) == 1000
    assert db.new_id().version == 4
