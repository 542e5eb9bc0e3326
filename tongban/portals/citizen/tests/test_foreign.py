"""What belongs to somebody else looks like what is not there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from tongban.attachments.tests.factories import image, upload
from tongban.cases.models import JointCase
from tongban.documents.models import Paper
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person
from tongban.licences.models import Licence
from tongban.portals.citizen.tests.factories import signed_in, text
from tongban.themes.models import Draft
from tongban.themes.services import drafting

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


def absent_and_foreign(joint: JointCase, draft: Draft) -> list[tuple[str, str]]:
    paper, case = Paper.objects.get(subject_id=joint.pk), joint.cases.get(item_code="business-licence")
    return [
        (f"/apply/{draft.pk}/", f"/apply/{uuid4()}/"),
        (f"/apply/{draft.pk}/materials", f"/apply/{uuid4()}/materials"),
        (f"/apply/{draft.pk}/check", f"/apply/{uuid4()}/check"),
        (f"/apply/{draft.pk}/discard", f"/apply/{uuid4()}/discard"),
        (f"/apply/{draft.pk}/files/{uuid4()}", f"/apply/{uuid4()}/files/{uuid4()}"),
        (f"/me/cases/{joint.pk}/", f"/me/cases/{uuid4()}/"),
        (f"/me/cases/{joint.pk}/fix/{case.pk}", f"/me/cases/{uuid4()}/fix/{uuid4()}"),
        (f"/me/cases/{joint.pk}/withdraw/{case.pk}", f"/me/cases/{uuid4()}/withdraw/{uuid4()}"),
        (f"/me/papers/{paper.pk}.pdf", f"/me/papers/{uuid4()}.pdf"),
    ]


def test_foreign_draft_case_and_paper_look_like_absent_ones(joint: JointCase, draft: Draft, stranger: Client) -> None:
    for foreign, absent in absent_and_foreign(joint, draft):
        theirs, nobodys = stranger.get(foreign), stranger.get(absent)
        assert theirs.status_code == nobodys.status_code == 404, foreign
        assert text(theirs) == text(nobodys), foreign


def test_foreign_file_looks_like_an_absent_one(owner: Account, draft: Draft, stranger: Client) -> None:
    drafting.add_file(draft.pk, "premises-plan", upload("图.png", image()), by=as_person(owner))
    draft.refresh_from_db()
    file_id = next(iter(draft.materials.values()))["files"][0]["id"]
    own = signed_in(owner).get(f"/apply/{draft.pk}/files/{file_id}")
    assert own["Content-Disposition"].startswith("attachment")
    assert own["Content-Security-Policy"].startswith("sandbox")
    theirs, nobodys = (
        stranger.get(f"/apply/{draft.pk}/files/{file_id}"),
        stranger.get(f"/apply/{draft.pk}/files/{uuid4()}"),
    )
    assert theirs.status_code == 404
    assert text(theirs) == text(nobodys)


def test_foreign_licence_looks_like_an_absent_one(licence: Licence, stranger: Client) -> None:
    for end in ("", ".pdf"):
        theirs, nobodys = stranger.get(f"/me/licences/{licence.pk}{end}"), stranger.get(f"/me/licences/{uuid4()}{end}")
        assert theirs.status_code == 404
        assert text(theirs) == text(nobodys)


def test_stranger_cannot_change_or_discard_a_draft(draft: Draft, stranger: Client) -> None:
    assert stranger.post(f"/apply/{draft.pk}/discard").status_code == 404
    assert stranger.post(f"/apply/{draft.pk}/delivery", {"way": "pickup"}).status_code == 404
    assert Draft.objects.filter(pk=draft.pk).exists()
