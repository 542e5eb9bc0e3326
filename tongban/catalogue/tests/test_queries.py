from __future__ import annotations

import pytest

from tongban.catalogue import queries
from tongban.rules.errors import NotFound


def test_items_in_force_are_those_of_the_pack_with_their_versions(honghu: str) -> None:
    row = queries.item(honghu, "business-licence")
    assert (row.spec.name, row.version) == ("办理营业执照", 1)
    assert queries.version(honghu, "business-licence", 1) == row.spec
    assert len(queries.items(honghu)) == 99


def test_item_that_is_not_in_force_is_not_found(honghu: str) -> None:
    with pytest.raises(NotFound) as refusal:
        queries.item(honghu, "no-such-item")
    assert refusal.value.remedy
