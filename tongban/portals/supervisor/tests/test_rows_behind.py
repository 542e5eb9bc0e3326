"""Twenty random figures of the dashboards against the same rows counted by plain SQL, which knows nothing of our code."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client

from tongban.core import time
from tongban.indicators.services import rolling
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import officer
from tongban.simulation.rules import Mix
from tongban.simulation.services import running
from tongban.simulation.services.running import Run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:No directory at"),
    pytest.mark.usefixtures("own_caches"),
]
NOW = time.at_china(date(2026, 3, 20), 12)
SEED = 5  # of the place that lives; only which figures are looked at is left to chance
WAYS = ("organisation", "theme", "item", "channel", "region")
PAGES = ["/supervise/", "/supervise/units/market", *(f"/supervise/stats?by={way}" for way in WAYS)]
FIGURE = re.compile(r'href="(/supervise/cases\?[^"]+)"[^>]*>(?:[^<\d]*<b[^>]*>)?(\d+)<')
GROUP = re.compile(r'href="(/supervise/groups/[^"]+)"')
LATE = {
    "sqlite": "c.closed_at >= datetime(c.due_on, '+1 day', '-8 hours')",
    "postgresql": "c.closed_at >= (c.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'",
}
WITHIN = "{0} >= %s AND {0} < %s"
ANSWERED = "c.due_on IS NOT NULL AND c.state IN ('granted', 'refused', 'revoked') AND " + WITHIN.format("c.closed_at")
MEASURES = {
    "received": WITHIN.format("j.submitted_at"), "asked": WITHIN.format("j.submitted_at") + " AND c.asked_at IS NOT NULL",
    "accepted": WITHIN.format("c.accepted_at"), "closed": ANSWERED, "on_time": f"{ANSWERED} AND NOT ({{late}})",
    "granted": f"{ANSWERED} AND c.state <> 'refused'", "refused": f"{ANSWERED} AND c.state = 'refused'",
    "overdue": "c.closed_at IS NULL AND c.paused = '' AND c.due_on < %s",
}  # fmt: skip
COLUMNS = {
    "org": "c.organisation",
    "item": "c.item_code",
    "theme": "j.theme_code",
    "region": "c.region",
    "channels": "j.channel",
}


def moments(month: str) -> list[object]:
    """Return the first moment of a month in China and of the next one, as the database keeps moments."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    return [connection.ops.adapt_datetimefield_value(time.at_china(day, 0)) for day in (first, following)]


def counted(link: str) -> int:
    """Count by plain SQL what a figure's link says."""
    asked = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
    late = LATE[connection.vendor]
    words = [MEASURES[asked["measure"]].format(late=late)]
    values: list[object] = (
        [time.day_of(NOW)] if asked["measure"] == "overdue" else moments(asked.get("month", "2026-03"))
    )
    if asked.get("without") == "on_time":
        words.append(late)
    for name, column in COLUMNS.items():
        if name == "channels" and asked.get(name) == "online":
            words.append(f"{column} IN ('web', 'api')")
        elif name in asked:
            words.append(f"{column} = %s")
            values.append(asked[name])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_case c JOIN cases_jointcase j ON j.id = c.joint_case_id WHERE "
            + " AND ".join(words),
            values,
        )
        return int(cursor.fetchone()[0])


def figures(client: Client) -> dict[str, int]:
    """Return all figures that open rows, on the pages and on those of the groups that these lead to."""
    pages = [client.get(path).content.decode() for path in PAGES]
    groups = {href.replace("&amp;", "&") for page in pages for href in GROUP.findall(page)}
    pages += [client.get(path).content.decode() for path in sorted(groups)[::4]]
    return {href.replace("&amp;", "&"): int(number) for page in pages for href, number in FIGURE.findall(page)}


def lived(at: datetime) -> Client:
    """Let the place live through two weeks in which much is late, and return the overseer."""
    for desk in ("human-resources", "market", "natural-resources", "housing"):
        officer(desk)
    watcher = officer("data", SUPERVISOR_POST)
    wanted = Run("honghu", date(2026, 3, 2), 16, 8, seed=SEED)
    running.run(replace(wanted, mix=Mix(late=0.5, ask=0.2, refuse=0.2)))
    with time.moved(at):
        rolling.refresh()
    client = Client()
    client.force_login(watcher)
    return client


def test_twenty_random_figures_equal_their_rows_counted_by_plain_sql(honghu: str) -> None:
    client = lived(NOW)
    with time.moved(NOW):
        found = figures(client)
        some = [link for link in found if found[link]]
        assert len(some) > 100
        for link in random.sample(some, 20):
            assert (link, found[link]) == (link, counted(link))
            assert f"共 {found[link]} 件" in re.sub(r"\s+", " ", client.get(link).content.decode())
        assert any("without=on_time" in link for link in some)
        assert any("measure=overdue" in link for link in some)
