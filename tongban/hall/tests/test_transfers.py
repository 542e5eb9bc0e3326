"""材料流转单: papers go to departments with counts and two signatures."""

from __future__ import annotations

import io
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from tongban.cases.models import JointCase
from tongban.cases.rules.life import State
from tongban.cases.tests.factories import LICENCE, case_of
from tongban.core.actor import Actor
from tongban.hall.models import Transfer, TransferLine
from tongban.hall.queries import transfers
from tongban.hall.services import transferring
from tongban.hall.tests.factories import received
from tongban.identity.models import Account
from tongban.identity.tests.factories import citizen
from tongban.orgs.tests.factories import actor, at_desk, window_clerk, window_of
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("honghu")


@pytest.fixture
def clerk() -> Account:
    return window_clerk()


@pytest.fixture
def joint(clerk: Account) -> JointCase:
    return received(clerk, citizen())


def papers_for(organisation: str) -> dict[UUID, int]:
    rows = transfers.waiting(window_of())
    return {row.material.pk: row.copies for row in rows if row.organisation == organisation}


def hand_over(clerk: Account, organisation: str = "market", **changed: object) -> Transfer:
    given: dict[str, object] = {"copies": papers_for(organisation), "signature": clerk.name} | changed
    return transferring.hand_over(window_of().pk, organisation=organisation, by=actor(clerk), **given)  # type: ignore[arg-type]


def take(row: Transfer, by: Actor, *, short: int = 0, note: str = "", signature: str | None = None) -> Transfer:
    counts = {line.pk: line.copies for line in transfers.lines(row)}
    first = next(iter(counts))
    counts[first] -= short
    name = by.name if signature is None else signature
    return transferring.take(row.pk, received=counts, note=note, signature=name, by=by)


def test_each_paper_brought_waits_for_one_department(clerk: Account, joint: JointCase) -> None:
    brought = joint.materials.filter(way="counter").count()
    rows = transfers.waiting(window_of())
    assert len(rows) == brought > 0
    assert all(row.case.desk == row.organisation for row in rows)
    assert transfers.waiting(window_of("hall-02")) == []


def test_papers_of_what_was_not_accepted_are_not_sent_on(clerk: Account, joint: JointCase) -> None:
    before = set(papers_for("market"))
    case = case_of(joint, LICENCE)
    joint.cases.filter(pk=case.pk).update(state=State.NOT_ACCEPTED, closed_at=joint.submitted_at)
    assert not [row for row in transfers.waiting(window_of()) if row.case.pk == case.pk]
    assert set(papers_for("market")) < before


def test_sheet_is_numbered_and_lists_counts_under_the_clerks_signature(clerk: Account, joint: JointCase) -> None:
    wanted = papers_for("market")
    row = hand_over(clerk, carrier="专递 123")
    assert row.number.startswith("政务数据局流〔")
    assert (row.organisation_name, row.handed_signature, row.carrier) == ("市市场监管局", "李某", "专递 123")
    assert {line.material_id: line.copies for line in transfers.lines(row)} == wanted
    assert papers_for("market") == {}


def test_paper_is_handed_over_once(clerk: Account, joint: JointCase) -> None:
    copies = papers_for("market")
    hand_over(clerk)
    with pytest.raises(Conflict, match="已经移交"):
        hand_over(clerk, copies=copies)
    line = TransferLine.objects.all()[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        TransferLine.objects.create(
            transfer=line.transfer,
            position=9,
            joint_case=joint,
            case=line.case,
            material=line.material,
            name="x",
            copies=1,
        )


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"copies": {}}, "papers"), ({"signature": "王某"}, "signature"), ({"signature": ""}, "signature")],
)
def test_sheet_without_papers_or_own_signature_is_refused(
    clerk: Account, joint: JointCase, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        hand_over(clerk, **changed)
    assert list(refusal.value.fields) == [field]
    assert Transfer.objects.count() == 0


@pytest.mark.parametrize("count", [0, -1, 1000])
def test_count_out_of_range_is_refused(clerk: Account, joint: JointCase, count: int) -> None:
    with pytest.raises(Invalid, match="1 处"):
        hand_over(clerk, copies=dict.fromkeys(papers_for("market"), count))


def test_who_does_not_sit_at_the_window_hands_nothing_over(clerk: Account, joint: JointCase) -> None:
    other = window_clerk("hall-02", name="王某")
    with pytest.raises(NotAllowed):
        hand_over(other, copies=papers_for("market"), signature="王某")
    with pytest.raises(Conflict):
        hand_over(clerk, copies={uuid4(): 1})


def test_department_signs_for_what_arrived(clerk: Account, joint: JointCase) -> None:
    row, by = hand_over(clerk), at_desk("market", "受理岗")
    done = take(row, by)
    assert (done.taken_by_id, done.taken_signature, done.note) == (by.account_id, by.name, "")
    assert all(line.received == line.copies for line in transfers.lines(done))


def test_difference_needs_a_note_and_is_kept_on_the_sheet(clerk: Account, joint: JointCase) -> None:
    row, by = hand_over(clerk), at_desk("market", "受理岗")
    with pytest.raises(Invalid) as refusal:
        take(row, by, short=1)
    assert "数量不一致" in refusal.value.fields["note"]
    done = take(row, by, short=1, note="少一份，已电话联系窗口")
    assert "交" in done.note and done.note.endswith("少一份，已电话联系窗口")


def test_sheet_is_signed_for_once_and_says_by_whom(clerk: Account, joint: JointCase) -> None:
    row, by = hand_over(clerk), at_desk("market", "受理岗")
    take(row, by)
    with pytest.raises(Conflict, match=r"王示例在 \d\d-\d\d \d\d:\d\d 已经签收"):
        take(row, at_desk("market"))


def test_another_department_does_not_see_or_sign_for_a_sheet(clerk: Account, joint: JointCase) -> None:
    row = hand_over(clerk)
    with pytest.raises(NotFound):
        take(row, at_desk("police"))
    assert transfers.incoming(by=at_desk("police")) == []
    assert transfers.incoming(by=at_desk("market", "管理员")) == []


def test_who_handed_over_does_not_sign_for_it_himself(clerk: Account, joint: JointCase) -> None:
    row = hand_over(clerk)
    Transfer.objects.filter(pk=row.pk).update(organisation="data")
    with pytest.raises(NotAllowed, match="两个人"):
        take(row, actor(clerk), signature="李某")
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=row.pk).update(taken_by_id=clerk.pk)


@pytest.mark.parametrize("change", ["missing", "negative"])
def test_line_without_a_count_is_refused(clerk: Account, joint: JointCase, change: str) -> None:
    row, by = hand_over(clerk), at_desk("market", "受理岗")
    counts = {line.pk: line.copies for line in transfers.lines(row)}
    first = next(iter(counts))
    counts = {k: v for k, v in counts.items() if k != first} if change == "missing" else counts | {first: -1}
    with pytest.raises(Invalid) as refusal:
        transferring.take(row.pk, received=counts, note="", signature=by.name, by=by)
    assert "received" in refusal.value.fields


def test_pdf_shows_both_signatures_and_the_counts(clerk: Account, joint: JointCase) -> None:
    row, by = hand_over(clerk), at_desk("market", "受理岗")
    take(row, by, short=1, note="少一份")
    row.refresh_from_db()
    content = transfers.pdf(row, site="http://127.0.0.1:8000")
    said = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert "李某" in said and by.name in said and "少一份" in said
    assert transfers.pdf(row, site="http://127.0.0.1:8000") == content
