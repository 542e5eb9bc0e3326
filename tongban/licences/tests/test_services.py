from __future__ import annotations

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity.models import Party
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.licences import queries, services
from tongban.licences.models import Licence
from tongban.licences.rules import Verdict
from tongban.licences.tests.factories import licence
from tongban.orgs import queries as orgs
from tongban.orgs.tests.factories import at_desk
from tongban.rules import numbers
from tongban.rules.errors import Conflict, NotFound

TIMED = "special-trade-licence"


@pytest.fixture
def holder(honghu: str) -> Party:
    return citizen().person


def test_identifier_is_of_the_standard_and_its_check_character_checks(holder: Party) -> None:
    # GB/T 36904—2018: root, type (definer + sequence), issuer, serial, version, check.
    row, org = licence(holder), orgs.organisations("honghu")["market"]
    assert row.identifier.startswith("1.2.156.3005.2.")
    kind, issuer, serial, version, check = row.identifier.split(".")[5:]
    assert kind == orgs.place("honghu").definer + queries.licence_type("honghu", "business-licence").serial
    assert (len(kind), issuer, version) == (21, org.uscc, "001")
    assert numbers.mod37_36(kind + issuer + serial + version) == check


def test_serials_of_a_type_and_issuer_follow_one_another(holder: Party) -> None:
    assert [int(licence(holder).number[4:]) for _ in range(3)] == [1, 2, 3]


def test_one_case_gives_one_licence(holder: Party) -> None:
    case_id = uuid4()
    licence(holder, case_id=case_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        licence(holder, case_id=case_id)


def test_face_is_filled_from_the_form_and_the_holder(holder: Party) -> None:
    face = {line["key"]: line["value"] for line in licence(holder).face}
    assert "湖岸酒店" in face.values()


def test_check_page_says_valid_and_of_what(holder: Party) -> None:
    row = licence(holder, TIMED, org="police")
    said = queries.check(row.check_code)
    assert (said.verdict, said.words, said.identifier) == (Verdict.VALID, "真实有效", row.identifier)
    assert (said.name, said.issued_on) == (row.name, time.today())


def test_check_page_masks_the_name_of_a_person_but_not_of_a_firm(holder: Party) -> None:
    row = licence(holder)
    Licence.objects.filter(pk=row.pk).update(holder_name=holder.name)
    company = firm(citizen("李示例", 2))
    other = licence(company)
    Licence.objects.filter(pk=other.pk).update(holder_name=company.name)
    assert queries.check(row.check_code).holder == "张*"
    assert queries.check(other.check_code).holder == company.name


def test_check_page_says_expired_the_day_after_the_last(holder: Party) -> None:
    row = licence(holder)
    Licence.objects.filter(pk=row.pk).update(valid_until=time.today())
    assert queries.check(row.check_code).verdict == Verdict.VALID
    with time.moved(time.now() + timedelta(days=1)):
        assert queries.check(row.check_code).verdict == Verdict.EXPIRED


@pytest.mark.parametrize("code", ["", "0" * 20, "' OR 1=1 --"])
def test_unknown_code_gets_an_answer_of_the_same_shape(holder: Party, code: str) -> None:
    licence(holder)
    said = queries.check(code)
    assert (said.verdict, said.holder, said.identifier) == (Verdict.UNKNOWN, "", "")
    assert said.checked_at is not None


def test_revoked_licence_says_so_with_its_reason_and_stands_for_nothing(holder: Party) -> None:
    row = licence(holder)
    services.revoke(row.pk, reason="以欺骗手段取得", by=at_desk("market"))
    said = queries.check(row.check_code)
    assert (said.verdict, said.reason) == (Verdict.REVOKED, "以欺骗手段取得")
    assert queries.usable(holder.pk, on=time.today()) == {}
    with pytest.raises(Conflict):
        services.revoke(row.pk, reason="再一次", by=at_desk("market"))


@pytest.mark.parametrize("who", [("market", "受理岗"), ("police", "负责人")])
def test_only_a_head_of_the_issuer_revokes_others_find_nothing(holder: Party, who: tuple[str, str]) -> None:
    row = licence(holder)
    for by in (at_desk(*who), Actor()):
        with pytest.raises(NotFound):
            services.revoke(row.pk, reason="理由", by=by)
    assert queries.check(row.check_code).verdict == Verdict.VALID


def test_expired_licence_is_refused_as_material_and_the_newest_valid_one_taken(holder: Party) -> None:
    old, new, expired = licence(holder), licence(holder), licence(holder)
    Licence.objects.filter(pk=old.pk).update(issued_on=date(2020, 1, 1))
    Licence.objects.filter(pk=expired.pk).update(issued_on=date(2020, 1, 1), valid_until=date(2020, 12, 31))
    assert queries.usable(holder.pk, on=time.today())["business-licence"].pk == new.pk


def test_expired_licence_never_hides_an_older_one_that_is_still_valid(holder: Party) -> None:
    kept, expired = licence(holder), licence(holder)
    Licence.objects.filter(pk=kept.pk).update(issued_on=date(2019, 1, 1))
    Licence.objects.filter(pk=expired.pk).update(issued_on=date(2020, 1, 1), valid_until=date(2020, 12, 31))
    assert queries.usable(holder.pk, on=time.today())["business-licence"].pk == kept.pk


def test_licences_are_seen_by_those_who_act_for_the_holder_only(holder: Party) -> None:
    row = licence(holder)
    owner, stranger = as_person(holder.accounts.get()), as_person(citizen("李示例", 2))
    assert queries.licence(row.pk, by=owner) == row
    assert queries.held(by=owner) == [row]
    for by in (stranger, at_desk("market"), Actor()):
        assert queries.held(by=by) == []
        with pytest.raises(NotFound):
            queries.licence(row.pk, by=by)


def test_licence_cannot_end_before_it_begins(holder: Party) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.filter(pk=licence(holder).pk).update(valid_until=date(2000, 1, 1))


def test_type_that_is_not_published_is_not_found(holder: Party) -> None:
    with pytest.raises(NotFound):
        licence(holder, "no-such-licence")


def test_pdf_is_small_the_same_each_time_and_its_words_can_be_read_out(holder: Party) -> None:
    row = licence(holder)
    first, second = (queries.pdf(row, site="http://127.0.0.1:8000") for _ in range(2))
    assert first == second
    assert len(first) <= 100 * 1024
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(first)).pages)
    for words in (row.name, row.issuer_name, "湖岸酒店", row.number):
        assert words in text.replace("\n", "").replace(" ", "")
