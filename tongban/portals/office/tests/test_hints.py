"""要修的指南: what people stumbled over shows up for who writes the item, and a new version clears it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tongban.cases.services import acceptance
from tongban.cases.tests.factories import LICENCE, case_of, head_of, open_hotel, vary
from tongban.evaluation.tests.factories import decided, rated
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import at_desk, officer

pytestmark = [pytest.mark.filterwarnings("ignore:No directory at"), pytest.mark.usefixtures("honghu", "own_caches")]


def seen(org: str, post: str = "管理员") -> str:
    client = Client()
    client.force_login(officer(org, post))
    return re.sub(r"\s+", " ", client.get("/work/catalogue/hints").content.decode())


def ask(*serials: int) -> None:
    for serial in serials:
        joint = open_hotel(as_person(citizen("张示例", serial)), members={LICENCE: ()})
        items = [{"kind": "field", "code": "premises-address", "remark": "没有写到门牌号"}]
        acceptance.ask_for_more(case_of(joint, LICENCE).pk, items, by=head_of(LICENCE))


def test_what_is_asked_again_and_again_is_told_from_the_third_time() -> None:
    ask(51, 52)
    assert "现在没有要修的" in seen("market")
    ask(53)
    assert "3 次" in seen("market")
    assert "现在没有要修的" in seen("police")


def test_bad_rating_is_told_without_who_rated_until_a_new_version() -> None:
    rated(decided(clerk=at_desk("market"), name="赵示例"), 5, text="指南没写要带租赁合同")
    assert "现在没有要修的" in seen("market")  # One person alone could be told: nothing is shown yet.
    for _ in range(4):
        rated(decided(clerk=at_desk("market")), 1)
    page = seen("market")
    assert "指南没写要带租赁合同" in page and "赵示例" not in page
    vary(LICENCE, summary="领取营业执照，要带租赁合同。")
    assert "现在没有要修的" in seen("market")
