"""A sandbox of its own for each test, on a free port; the platform's settings name it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tongban.sandbox.rules import Faults
from tongban.sandbox.tests.factories import Running, running

Start = Callable[..., Running]


@pytest.fixture
def start(db: None, tmp_path: Path, settings: Any) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(*, step_s: float = 0.0, **faults: Any) -> Running:
            made = stack.enter_context(running(tmp_path, Faults(**faults), step_s=step_s))
            settings.PAYMENTS, settings.DELIVERY = made.outside("payments"), made.outside("delivery")
            return made

        yield start
