from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from tongban.core import time
from tongban.evaluation.models import Rating
from tongban.evaluation.queries import links
from tongban.evaluation.tests.factories import FRIDAY, on, visited
from tongban.orgs.tests.factories import window_clerk, window_of


@pytest.fixture(autouse=True)
def _friday(honghu: str) -> Iterator[None]:
    with time.moved(on(FRIDAY)):
        yield


@pytest.fixture
def tablet() -> str:
    """Give the address of the tablet at the first window of the hall."""
    return f"/counter/tablet/{links.window_key(window_of().pk)}"


def visit_on(page: str) -> str:
    found = re.search(r'name="visit" value="([^"]+)"', page)
    return found.group(1) if found else ""


def test_the_clerk_finds_the_address_of_the_tablet(client: Client, tablet: str) -> None:
    client.force_login(window_clerk())
    page = client.get("/counter/tablet").content.decode()
    assert tablet in page
    assert "svg" in page


def test_the_tablet_waits_asks_and_thanks(client: Client, tablet: str) -> None:
    assert "办完事" in client.get(tablet).content.decode()
    row = visited()
    page = client.get(tablet).content.decode()
    assert visit_on(page) == str(row.pk)
    assert "checked" not in page
    assert row.joint_case.applicant_name not in page
    done = client.post(tablet, {"visit": str(row.pk), "grade": "5", "option-5": "manner"}, follow=True).content.decode()
    assert "谢谢" in done
    assert "非常不满意" not in done
    found = Rating.objects.get()
    assert (found.grade, found.channel, found.options) == (5, "tablet", [["manner", "态度不好"]])
    assert "办完事" in client.get(tablet).content.decode()


def test_waving_off_is_no_rating(client: Client, tablet: str) -> None:
    row = visited()
    client.post(tablet, {"visit": str(row.pk), "act": "pass"})
    assert "办完事" in client.get(tablet).content.decode()
    assert not Rating.objects.exists()
    assert client.get(links.path(row.pk)).status_code == 200


def test_nothing_chosen_is_told(client: Client, tablet: str) -> None:
    row = visited()
    page = client.post(tablet, {"visit": str(row.pk)})
    assert page.status_code == 422
    assert "请选一个等级" in page.content.decode()


def test_who_comes_next_is_not_rated_by_who_was_before(client: Client, tablet: str) -> None:
    clerk = window_clerk()
    before = visited(clerk)
    with time.moved(time.now() + timedelta(minutes=2)):
        visited(clerk)
        client.post(tablet, {"visit": str(before.pk), "grade": "1"})
    assert not Rating.objects.exists()


@pytest.mark.parametrize("key", ["x", "A" * 38])
def test_a_made_up_tablet_is_not_found(client: Client, key: str) -> None:
    assert client.get(f"/counter/tablet/{key}").status_code == 404


def test_the_receipt_carries_the_code_of_the_visit(client: Client) -> None:
    clerk = window_clerk()
    row = visited(clerk)
    client.force_login(clerk)
    page = client.get(f"/counter/joint/{row.joint_case_id}/slip").content.decode()
    assert "评价这次服务" in page
    assert page.count("<svg") >= 2
