"""What waits for a unit (我的上报)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tongban.core.actor import Actor
from tongban.taskforce.models import Campaign
from tongban.taskforce.queries import following
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_older_campaign_comes_first_and_its_tasks_in_the_order_of_the_list(by: Actor, tmp_path: Path) -> None:
    newer, older = sorted((make.campaign(tmp_path, by=by) for _ in range(2)), key=lambda made: made.pk)
    Campaign.objects.filter(pk=older.pk).update(created_at=make.at(date(2026, 5, 1)))
    older.tasks.filter(number="1").update(position=1000)

    found = following.mine(by=make.head("police"), on=date(2026, 6, 5))

    assert [(each.campaign, each.unit) for each in found] == [(older, "市公安局"), (newer, "市公安局")]
    assert [[view.row.task.number for view in each.to_sign] for each in found] == [["2", "1"], ["1", "2"]]
