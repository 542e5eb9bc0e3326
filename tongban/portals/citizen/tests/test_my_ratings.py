"""我的评价: what its owner reads, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.cases.services import acceptance, decision
from tongban.cases.tests.factories import LICENCE, case_of, open_hotel
from tongban.core import time
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
    visited,
)
from tongban.identity import queries as identity
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, firm
from tongban.orgs.tests.factories import at_desk, officer
from tongban.outbox import services as outbox


@pytest.fixture(autouse=True)
def _friday(honghu: str) -> Iterator[None]:
    with time.moved(on(FRIDAY)):
        yield


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def shown(account: Account, path: str = "/me/ratings") -> str:
    page = signed_in(account).get(path).content.decode().partition("<main")[2].partition("</main")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_what_is_finished_can_be_rated_without_pressing(honghu: str) -> None:
    owner = person()
    case = decided(clerk=at_desk("market"), applicant=owner)
    page = signed_in(owner).get("/me/ratings").content.decode()
    assert links.path(invitation_of(case).pk) in page
    assert "愿意的话，2026-04-05 前可以评" in page
    assert "评价自愿，不评价没有任何影响" in page
    with time.moved(on(date(2026, 4, 6))):
        assert "可以评价的" not in shown(owner)


def test_an_own_rating_is_listed_with_words_text_and_the_one_supplement(honghu: str) -> None:
    owner = person()
    case = decided(clerk=at_desk("market"), applicant=owner)
    link = links.path(invitation_of(case).pk)
    client = signed_in(owner)
    client.post(link, {"grade": "2", "option-2": ["speed"], "text": "很顺利"})

    page = client.get("/me/ratings").content.decode()
    assert f"{link}#text" in page
    assert "评过的：1 件" in page and "<b>满意</b>" in page and "办得快" in page and "你写的：很顺利" in page
    assert "2026-03-06 评价" in page
    assert "核实" not in shown(owner)
    client.post(f"{link}/more", {"text": "证也寄到了"})
    page = client.get("/me/ratings").content.decode()
    assert "追评：证也寄到了" in page
    assert f"{link}#text" not in page


def test_the_giver_of_a_bad_rating_follows_what_comes_of_it(honghu: str) -> None:
    owner, boss = person(), supervisor()
    bad = bad_of(rated(decided(clerk=at_desk("market"), applicant=owner), 5, text="等了两小时"))
    assert "核实中 2026年3月9日前核实。2026年3月20日前答复你。" in shown(owner)
    verify(bad.pk, finding="true", branch="at_once", facts="内部：李某离岗", by=boss)
    assert "整改中 2026年3月6日核实过。2026年3月20日前答复你。" in shown(owner)
    settle(bad.pk, result="已经增开一个窗口，向你致歉", by=boss)
    reviewing.call_back(bad.pk, outcome="content", words="内部：情绪激动", by=boss)

    page = shown(owner)
    assert "已整改 2026年3月6日核实过。2026年3月6日已整改并答复。2026年3月6日已回访。" in page
    assert "市市场监管局的答复：已经增开一个窗口，向你致歉" in page
    assert "内部" not in page and boss.name not in page


@pytest.mark.parametrize(
    ("is_upheld", "words"), [(True, "经复核不计入统计"), (False, "复核没有采纳，这条评价照常计入统计")]
)
def test_the_outcome_of_an_appeal_is_told_and_its_words_are_not(honghu: str, is_upheld: bool, words: str) -> None:
    owner = person()
    bad = bad_of(rated(decided(clerk=at_desk("market"), applicant=owner), 4, text="慢"))
    reviewing.appeal(bad.pk, plea="malicious", words="此人多次恶意评价，有记录", by=at_desk("market", "负责人"))
    assert "申诉" not in shown(owner)
    reviewing.decide(bad.pk, is_upheld=is_upheld, decision="记录显示如此，复核完成", by=supervisor())
    page = shown(owner)
    assert words in page and "你写的：慢" in page
    assert "恶意" not in page and "记录显示" not in page


def test_only_the_own_ratings_are_listed(honghu: str) -> None:
    clerk = officer("market")
    rated(decided(clerk=at_desk("market"), applicant=person()), 5, text="别人写的话")
    visited(applicant=person())
    other = shown(person("李示例"))
    assert "还没有评价过" in other and "别人写的话" not in other and "可以评价的" not in other
    assert "有人核实、整改，并在这里答复你" in other
    assert "别人写的话" not in signed_in(clerk).get("/me/ratings").content.decode()
    assert Client().get("/me/ratings").status_code in (302, 401)


def test_who_represents_a_firm_sees_the_ratings_of_the_firm(honghu: str) -> None:
    owner, clerk = person(), at_desk("market")
    hotel = firm(owner)
    joint = open_hotel(identity.acting_for(hotel.pk, by=as_person(owner)), members={LICENCE: ()})
    case = case_of(joint, LICENCE)
    acceptance.accept(case.pk, by=clerk)
    decision.grant(case.pk, by=clerk)
    outbox.deliver(1000)
    assert f"{hotel.name}。愿意的话" in shown(owner)
    rated(case, 1, text="公司写的")
    assert f"2026-03-06 评价 · {hotel.name}" in shown(owner)
    assert "公司写的" not in shown(person("李示例"))


def test_the_page_is_reached_from_the_space_and_from_the_thanks(honghu: str) -> None:
    owner = person()
    client = signed_in(owner)
    assert 'href="/me/ratings"' in client.get("/me/").content.decode()
    link = links.path(invitation_of(decided(clerk=at_desk("market"), applicant=owner)).pk)
    assert 'href="/me/ratings"' in client.post(link, {"grade": "1"}, follow=True).content.decode()
    other = links.path(invitation_of(decided(clerk=at_desk("market"), applicant=person())).pk)
    assert 'href="/me/ratings"' not in Client().post(other, {"grade": "1"}, follow=True).content.decode()


def test_the_list_does_not_ask_once_a_rating(honghu: str) -> None:
    owner, clerk = person(), at_desk("market")
    counts = []
    for _ in range(2):
        rated(decided(clerk=clerk, applicant=owner), 5)
        decided(clerk=clerk, applicant=owner)
        client = signed_in(owner)
        client.get("/me/ratings")
        with CaptureQueriesContext(connection) as asked:
            client.get("/me/ratings")
        counts.append(len(asked))
    assert counts[0] == counts[1]
