from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tongban.indicators.queries import values
from tongban.rules.errors import Invalid
from tongban.taskforce.models import Report
from tongban.taskforce.queries import comparing
from tongban.taskforce.services import campaigns, reporting
from tongban.taskforce.tests import factories as make

MONTH = date(2026, 6, 1)


def computed_for(unit: str) -> tuple[str, int]:
    """Return an indicator that has a figure for a unit, the more the better, and the whole part of the figure."""
    return next(
        (code, int(own.number))
        for code, _ in comparing.choices()
        if (own := values.value("honghu", code, month=MONTH, org=unit)).number is not None
        and own.target.comparator != "<="
    )


@pytest.fixture
def better(honghu: str, tmp_path: Path) -> Report:
    """A report of a unit that is better than what the platform computes."""
    by = make.overseer()
    code, figure = computed_for("police")
    made = make.campaign(tmp_path, by=by)
    campaigns.bind(made.tasks.get(number="1").pk, [code], by=by)
    row, unit = make.running(made, "1", "police")
    return make.reported(row, by=unit, on=date(2026, 6, 22), value=Decimal(figure + 7))


def test_a_self_report_better_than_the_platform_is_taken_for_a_reason_only(better: Report) -> None:
    by = make.overseer()
    with pytest.raises(Invalid) as refusal:
        reporting.accept(better.pk, remark="好", by=by)
    assert set(refusal.value.fields) == {"remark"}
    assert reporting.accept_all([better.pk], by=by) == 0
    assert reporting.accept(better.pk, remark="平台缺两个乡镇的数", by=by).remark == "平台缺两个乡镇的数"


def test_the_figure_of_the_platform_is_taken_without_a_reason(better: Report) -> None:
    assert reporting.accept(better.pk, uses_platform=True, by=make.overseer()).uses_platform
