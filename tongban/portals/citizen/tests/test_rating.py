from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from tongban.core import time
from tongban.evaluation.models import Rating
from tongban.evaluation.queries import links
from tongban.evaluation.services import reviewing
from tongban.evaluation.services.handling import settle, verify
from tongban.evaluation.tests.factories import (
    FRIDAY,
    bad_of,
    decided,
    invitation_of,
    on,
    person,
    rated,
    supervisor,
)
from tongban.identity.models import Account
from tongban.identity.tests.factories import PASSWORD
from tongban.orgs.tests.factories import actor, at_desk, officer

PHONE = "Mozilla/5.0 (Linux; Android 10) Mobile Safari"


@pytest.fixture(autouse=True)
def _friday(honghu: str) -> Iterator[None]:
    with time.moved(on(FRIDAY)):
        yield


def signed_in(account: Account) -> Client:
    client = Client()
    assert client.login(username=account.username, password=PASSWORD) or client.force_login(account) is None
    return client


def main(page: HttpResponse) -> str:
    return page.content.decode().partition("<main")[2].partition("</main")[0]


def link_of(case) -> str:  # type: ignore[no-untyped-def]
    return links.path(invitation_of(case).pk)


def test_the_page_behind_the_link_asks_five_grades_and_chooses_none(client: Client) -> None:
    page = client.get(link_of(decided(clerk=at_desk("market"), name="张示例"))).content.decode()
    assert [f'value="{grade}"' in page for grade in range(1, 6)] == [True] * 5
    assert "checked" not in page
    assert "非常不满意" in page
    assert "张示例" not in page


def test_rating_by_qr_on_a_phone_needs_no_sign_in(client: Client) -> None:
    link = link_of(decided(clerk=at_desk("market")))
    done = client.post(f"{link}?via=qr", {"grade": "4", "option-4": ["speed"], "call-4": "yes", "text": "等了两小时"},
                       headers={"user-agent": PHONE}, follow=True)  # fmt: skip
    assert "谢谢" in done.content.decode()
    row = Rating.objects.get()
    assert (row.grade, row.channel, row.wants_call_back, row.options) == (4, "qr", True, [["speed", "办得慢"]])
    assert row.address
    assert row.device
    assert "127.0.0.1" not in row.address


def test_nothing_chosen_is_no_rating(client: Client) -> None:
    link = link_of(decided(clerk=at_desk("market")))
    page = client.post(link, {"text": "还行"})
    assert page.status_code == 422
    assert "请选一个等级" in page.content.decode()
    assert "还行" in page.content.decode()
    assert not Rating.objects.exists()


def test_the_giver_adds_once_and_reads_the_own_rating(client: Client) -> None:
    link = link_of(decided(clerk=at_desk("market")))
    client.post(link, {"grade": "3"})
    assert client.post(f"{link}/more", {"text": " "}).status_code == 422
    assert "后来好了" in client.post(f"{link}/more", {"text": "后来好了"}, follow=True).content.decode()
    assert "追评</label>" not in client.get(link).content.decode()


def test_who_only_holds_the_link_reads_nothing_after_the_rating(client: Client) -> None:
    """The clerk printed the QR: the link alone must not tell what was rated, nor whether. Assurance S34."""
    clerk = officer("market")
    case = decided(clerk=actor(clerk))
    rated(case, 5, text="办得太慢")
    for holder in (client, signed_in(clerk)):
        page = holder.get(link_of(case)).content.decode()
        assert "现在不能评价" in page
        assert "非常不满意" not in page
        assert "太慢" not in page
        assert "现在不能评价" in holder.post(f"{link_of(case)}/more", {"text": "我来补充"}).content.decode()
    over = decided(clerk=actor(clerk))
    with time.moved(on(FRIDAY.replace(month=5))):
        assert main(client.get(link_of(over))) == main(client.get(link_of(case)))


def test_the_applicant_finds_the_rating_on_the_page_of_the_case() -> None:
    applicant = person()
    case = decided(clerk=at_desk("market"), applicant=applicant)
    client = signed_in(applicant)
    link = link_of(case)
    assert link in client.get(f"/me/cases/{case.joint_case_id}/").content.decode()
    client.post(link, {"grade": "5", "text": "慢"})
    again = signed_in(applicant)
    assert "谢谢" in again.get(link).content.decode()
    assert "已评价" in again.get(f"/me/cases/{case.joint_case_id}/").content.decode()


def test_another_citizen_reads_nothing(client: Client) -> None:
    case = decided(clerk=at_desk("market"))
    rated(case, 5)
    assert "现在不能评价" in signed_in(person("李示例")).get(link_of(case)).content.decode()


@pytest.mark.parametrize("path", ["/rate/x", "/rate/" + "A" * 38])
def test_a_made_up_link_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_rating_too_late_is_told_so(client: Client) -> None:
    link = link_of(decided(clerk=at_desk("market")))
    with time.moved(on(FRIDAY.replace(month=5))):
        assert "评价期" in client.post(link, {"grade": "1"}).content.decode()
    assert not Rating.objects.exists()


def test_an_average_shows_from_five_persons_on(client: Client) -> None:
    clerk = at_desk("market")
    for n in range(4):
        rated(decided(clerk=clerk), 1 + n % 2)
    one = person()
    rated(decided(clerk=clerk, applicant=one), 1)
    item = "/items/business-licence"
    assert "5 份评价" in client.get(item).content.decode()
    public = client.get("/open/ratings").content.decode()
    assert "4.6 星" in public
    assert "100.0 %" in public


def test_four_persons_are_too_few_however_often_they_rate(client: Client) -> None:
    """Assurance S34: statistics with fewer than five persons."""
    clerk, one = at_desk("market"), person()
    for applicant in (person(), person(), person(), one, one, one):
        rated(decided(clerk=clerk, applicant=applicant), 5)
    assert "份评价" not in client.get("/items/business-licence").content.decode()
    public = client.get("/open/ratings").content.decode()
    assert "现在有 1 个这样的单位" in public
    assert "暂时不公布数值" in public
    assert "÷ 6" not in public
    assert "市场监督管理局" not in public.partition("<main")[2].partition("</main")[0]


def test_nothing_rated_is_no_figure(client: Client) -> None:
    page = client.get("/open/ratings").content.decode()
    assert "无数据" in page
    assert "100.0 %" not in page
    assert ">0.0 %" not in page


def test_a_published_result_shows_no_person(client: Client) -> None:
    case = decided(clerk=at_desk("market"), name="张示例")
    row = bad_of(rated(case, 5, text="慢"))
    verify(row.pk, finding="true", branch="at_once", facts="等候确实过长", by=supervisor())
    settle(row.pk, result="已经增开一个窗口，向你致歉", by=supervisor())
    assert "增开一个窗口" not in client.get("/open/ratings").content.decode()
    reviewing.publish(row.pk, text="等候过长属实，已经增开一个窗口。", by=supervisor())
    page = client.get("/open/ratings").content.decode()
    assert "等候过长属实" in page
    assert "2026年3月" in page
    assert "张示例" not in page
