"""Who acts."""

from __future__ import annotations

import pytest

from tongban.core.actor import Actor
from tongban.taskforce.tests import factories as make


@pytest.fixture
def by(honghu: str) -> Actor:
    return make.overseer()
