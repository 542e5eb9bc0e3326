"""Several processes number papers at once; some transactions go back. Source: product guide §8."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.races.test_races import race, rows
from tests.warm import Copy

pytestmark = pytest.mark.race
PROCESSES, PAPERS = 5, 12


def test_papers_numbered_at_once_follow_without_gap_or_double_though_some_transactions_go_back(
    run_python: Callable[..., Copy], fresh_database: str
) -> None:
    told = race([run_python("-m", "tests.races.issuers", str(PAPERS)) for _ in range(PROCESSES)])
    kept = [serial for one in told for serial in one["done"]]
    assert len(kept) == PROCESSES * PAPERS * 2 // 3
    assert sorted(kept) == list(range(1, len(kept) + 1))
    found = rows(fresh_database, "SELECT serial FROM documents_paper WHERE organisation = 'market' AND kind = 'grant'")
    assert sorted(found) == [(serial,) for serial in sorted(kept)]
