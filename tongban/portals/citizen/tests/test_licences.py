"""What holders see of licences, and what anybody can check."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.cases.models import JointCase
from tongban.cases.tests import factories as cases
from tongban.documents.models import Paper
from tongban.identity.models import Account
from tongban.licences import services as licences
from tongban.licences.models import Licence
from tongban.portals.citizen.tests.factories import signed_in, text

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


def test_holder_opens_the_licence_and_its_pdf(licence: Licence, owner: Account) -> None:
    client = signed_in(owner)
    assert licence.check_code in text(client.get(f"/me/licences/{licence.pk}"))
    assert client.get(f"/me/licences/{licence.pk}.pdf").content.startswith(b"%PDF")


def test_check_page_gives_each_verdict(licence: Licence) -> None:
    client = Client()
    assert "真实有效" in text(client.get(f"/check/{licence.check_code}"))
    licences.revoke(licence.pk, reason="申请材料不实", by=cases.head_of("business-licence"))
    revoked = text(client.get(f"/check/{licence.check_code}"))
    assert "verdict--revoked" in revoked
    assert "申请材料不实" in revoked
    assert "verdict--unknown" in text(client.get("/check/0000000000zzzzzzzzzz"))


def test_check_page_knows_papers_and_tidies_what_is_typed(joint: JointCase) -> None:
    paper, client = Paper.objects.get(subject_id=joint.pk), Client()
    assert "这份文书是真实的" in text(client.get(f"/check/{paper.check_code}"))
    spaced = f" {paper.check_code[:4].upper()} {paper.check_code[4:]} "
    assert client.get("/check", {"code": spaced})["Location"] == f"/check/{paper.check_code}"
    assert client.get("/check", {"code": "../me"})["Location"] == "/check/0"
