from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from tongban.audit import services as audit
from tongban.audit.models import Entry
from tongban.core.actor import Actor

pytestmark = pytest.mark.django_db


def test_entry_says_who_did_what_to_what_for_whom_and_through_which_channel() -> None:
    by = Actor(
        account_id=uuid4(), party_id=uuid4(), mandate_id=uuid4(), channel="window", request_id="abc", address="10.0.0.1"
    )
    audit.record("cases.accept", "case", 7, by=by, organisation="market", reason="late")
    entry = Entry.objects.get(action="cases.accept")
    assert (entry.account_id, entry.party_id, entry.mandate_id) == (by.account_id, by.party_id, by.mandate_id)
    assert (entry.channel, entry.request_id, entry.address) == ("window", "abc", "10.0.0.1")
    assert (entry.object_type, entry.object_id, entry.organisation, entry.reason) == ("case", "7", "market", "late")


def test_entry_goes_back_with_the_act_it_tells_of() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record("cases.accept", "case", 7, by=Actor())
        raise RuntimeError
    assert not Entry.objects.filter(action="cases.accept").exists()


def test_several_entries_are_written_together() -> None:
    audit.record_all([audit.entry("a.b", "case", n, by=Actor()) for n in range(3)])
    assert Entry.objects.filter(action="a.b").count() == 3


def test_entry_has_no_column_for_personal_values() -> None:
    names = {field.name for field in Entry._meta.get_fields()}
    assert not names & {"name", "code", "phone", "text", "before", "after", "body"}
