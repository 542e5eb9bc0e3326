"""Months that were frozen: equal when computed again, for the place and its parts, until a row is corrected."""

from __future__ import annotations

import pytest

from tongban.cases.models import Case
from tongban.cases.tests.factories import FOOD, LICENCE
from tongban.core import time
from tongban.indicators.models import Snapshot
from tongban.indicators.queries import frozen
from tongban.indicators.rules.scopes import Within
from tongban.indicators.services import freezing, rolling
from tongban.indicators.tests.factories import MARCH, on, reopen, small_march
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Conflict, NotAllowed

PACK = "honghu"
MARKET, LATE = Within("organisation", "market"), "hh-overtime-item-count"


@pytest.fixture
def march(honghu: str) -> str:
    small_march()
    return honghu


def test_a_frozen_month_equals_what_is_computed_again_until_a_row_is_corrected(march: str) -> None:
    by = at_desk("data", SUPERVISOR_POST)
    with time.moved(time.at_china(on(31), 20)), pytest.raises(Conflict, match="还没有过完"):
        freezing.freeze(PACK, MARCH, by=by)
    with time.moved(time.at_china(on(2, 4), 9)):
        assert freezing.freeze(PACK, MARCH, by=by) == 178
        with pytest.raises(Conflict, match="已经冻结"):
            freezing.freeze(PACK, MARCH, by=by)
        assert all(row.is_same for row in frozen.compared(PACK, month=MARCH))
        own = frozen.compared(PACK, month=MARCH, part=MARKET)
        assert len(own) > 20 and all(row.is_same for row in own)
        reopen(Case.objects.get(item_code=FOOD))
        reopened = Case.objects.filter(item_code=LICENCE, closed_at__gt=time.at_china(on(20), 0)).get()
        Case.objects.filter(pk=reopened.pk).update(due_on=on(30))  # a correction of the clock after the freezing
        rolling.rebuild(PACK)
        changed = {
            row.now.spec.code: (row.words, row.now.words)
            for row in frozen.compared(PACK, month=MARCH)
            if not row.is_same
        }
        of_market = [row for row in frozen.compared(PACK, month=MARCH, part=MARKET) if not row.is_same]
    assert changed == {LATE: ("1 件", "0 件")}
    assert [(row.now.spec.code, row.words, row.now.words) for row in of_market] == [(LATE, "1 件", "0 件")]
    assert Snapshot.objects.get(indicator=LATE, way="").value == 1
    assert MARKET.code in frozen.parts(PACK, MARCH)["organisation"] and frozen.months(PACK) == [MARCH]


def test_the_worker_freezes_the_month_before_once(march: str) -> None:
    with time.moved(time.at_china(on(1, 4), 9)):
        assert freezing.freeze_due() == 0
    with time.moved(time.at_china(on(2, 4), 9)):
        assert freezing.freeze_due() == 178
        assert freezing.freeze_due() == 0


def test_only_who_supervises_freezes(march: str) -> None:
    with time.moved(time.at_china(on(2, 4), 9)), pytest.raises(NotAllowed):
        freezing.freeze(PACK, MARCH, by=at_desk("market"))
