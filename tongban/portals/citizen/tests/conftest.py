"""People, and what they have."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.cases.models import JointCase
from tongban.cases.tests import factories as cases
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.licences.models import Licence
from tongban.portals.citizen.tests.factories import signed_in
from tongban.themes.models import Draft
from tongban.themes.services import drafting
from tongban.themes.tests.factories import HOTEL, HOTEL_ANSWERS, submit_hotel


@pytest.fixture
def owner() -> Account:
    return citizen("张示例", 1)


@pytest.fixture
def stranger() -> Client:
    return signed_in(citizen("李示例", 2))


@pytest.fixture
def draft(owner: Account) -> Draft:
    return drafting.start("honghu", by=as_person(owner), theme=HOTEL, answers=HOTEL_ANSWERS)


@pytest.fixture
def joint(owner: Account) -> JointCase:
    return submit_hotel(as_person(owner))


@pytest.fixture
def licence(joint: JointCase) -> Licence:
    cases.grant(joint, "business-licence")
    return Licence.objects.get()
