"""Items as the tests need them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tongban.catalogue.models import ItemVersion
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.tests.test_item import ITEM


def spec(**more: Any) -> ItemSpec:
    """Return an item of the police, with what a test says of it; a reason is there in case it has to be visited."""
    return ItemSpec.model_validate(ITEM | {"visit_reason": "面签"} | more)


def publish(code: str, *, is_retired: bool = False, **change: Any) -> ItemVersion:
    """Add a version of an item of 洪湖 as publishing does; for tests with `own_caches`."""
    row = ItemVersion.objects.filter(pack="honghu", code=code).latest("version")
    return ItemVersion.objects.create(
        pack=row.pack, code=code, version=row.version + 1, file=row.file, position=row.position,
        body=json.dumps(json.loads(row.body) | change), digest=f"{row.version + 1:064}", is_retired=is_retired,
        effective_from=datetime(2026, 5, 1, tzinfo=UTC),
    )  # fmt: skip
