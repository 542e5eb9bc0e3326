"""Make a small month of cases whose figures can be told by hand."""

from __future__ import annotations

from datetime import date

from tongban.cases.models import Case
from tongban.cases.services import acceptance, correction, decision
from tongban.cases.tests.factories import FOOD, LICENCE, QUERY, case_of, head_of, open_hotel
from tongban.core import time
from tongban.identity.tests.factories import as_person, citizen
from tongban.indicators.services import rolling
from tongban.outbox import services as outbox

MARCH = date(2026, 3, 1)


def on(day: int, month: int = 3) -> date:
    """Return a day of 2026."""
    return date(2026, month, day)


def decide(item: str, *, opened: date, granted: date, serial: int) -> Case:
    """Return a case submitted and accepted on one day and granted on another."""
    with time.moved(time.at_china(opened, 10)):
        joint = open_hotel(as_person(citizen("张示例", serial)), members={item: ()})
        case, by = case_of(joint, item), head_of(item)
        acceptance.accept(case.pk, by=by)
    with time.moved(time.at_china(granted, 10)):
        decision.grant(case.pk, by=by)
    return Case.objects.get(pk=case.pk)


def small_march() -> None:
    """Three cases of March: two in time, one late; one of February that was decided in March."""
    decide(QUERY, opened=on(2), granted=on(3), serial=1)
    decide(LICENCE, opened=on(2), granted=on(4), serial=2)
    late = decide(LICENCE, opened=on(3), granted=on(27), serial=3)
    assert late.due_on is not None and late.due_on < on(27)
    decide(FOOD, opened=date(2026, 2, 27), granted=on(4), serial=4)
    with time.moved(time.at_china(on(28), 9)):
        outbox.deliver(1000)
        rolling.refresh()


def reopen(case: Case) -> None:
    """Handle a case anew by an order: it leaves the month in which it was closed."""
    correction.reopen(
        case.pk, order="示例复议〔2026〕1号", reason="行政复议决定责令重新作出", by=head_of(case.item_code)
    )
