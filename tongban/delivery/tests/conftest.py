"""The tests here have a courier in memory."""

from __future__ import annotations

from typing import Any

import pytest

from tongban.delivery.ports import MemoryCourier
from tongban.delivery.tests import factories


@pytest.fixture
def courier(db: None, settings: Any) -> MemoryCourier:
    settings.COURIER_GATEWAY = "tongban.delivery.tests.factories.courier"
    return factories.new_courier()
