"""What agents and those who send them notice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from tongban.core import time
from tongban.identity import services as identity
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.portals.citizen.tests.factories import signed_in, text, title
from tongban.rules.numbers import demo_id
from tongban.themes.models import Draft
from tongban.themes.tests.factories import HOTEL

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.fixture
def agent() -> Account:
    return citizen("周示例", 3)


@pytest.fixture
def mandate(owner: Account, agent: Account) -> identity.Mandate:
    return identity.grant_mandate(
        firm(owner).pk, agent_name="周示例", agent_code=demo_id(3, date(1990, 1, 2)),
        expires_on=time.today() + timedelta(days=30), by=as_person(owner),
    )  # fmt: skip


def test_agent_sees_the_draft_of_a_firm_only_while_the_mandate_lasts(
    agent: Account, mandate: identity.Mandate, owner: Account
) -> None:
    client = signed_in(agent)
    client.post("/apply/start", {"theme": HOTEL, "party": str(mandate.principal_id), "a-firm-form": "company"})
    draft = Draft.objects.get()
    assert "洪湖示例酒店有限公司" in text(client.get(f"/apply/{draft.pk}/"))
    assert client.get("/me/").context["drafts"] == [draft]
    signed_in(owner).post(f"/me/firms/revoke/{mandate.pk}")
    assert client.get(f"/apply/{draft.pk}/").status_code == 404
    assert client.get("/me/").context["drafts"] == []


def test_revoking_says_first_what_it_means(mandate: identity.Mandate, owner: Account, stranger: Client) -> None:
    response = signed_in(owner).get(f"/me/firms/revoke/{mandate.pk}")
    assert "撤销给周示例的授权" in text(response)
    assert stranger.get(f"/me/firms/revoke/{mandate.pk}").status_code == 404
    assert stranger.post(f"/me/firms/revoke/{mandate.pk}").status_code == 404


def test_grant_without_a_day_keeps_what_was_typed(owner: Account) -> None:
    company = firm(owner)
    response = signed_in(owner).post(
        "/me/firms/grant", {"principal": str(company.pk), "agent_name": "周示例", "expires_on-y": "27"}
    )
    assert response.status_code == 422
    assert title(response).startswith("错误：")
    assert 'value="周示例"' in text(response)
