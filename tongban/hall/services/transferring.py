"""材料流转单: papers go from a window to a department with counts and two signatures; clocks of windows of other regions."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.calendars import queries as calendars
from tongban.cases.queries import counter
from tongban.cases.queries.counter import JointCase
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.db import new_id
from tongban.documents import services as documents
from tongban.documents.rules import Body, Kind
from tongban.hall import permissions, rules
from tongban.hall.models import Handover, Transfer, TransferLine
from tongban.hall.queries import transfers
from tongban.hall.queries.transfers import WaitingPaper
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Window
from tongban.rules import clock, masking
from tongban.rules.errors import Conflict, Invalid, NotAllowed


@transaction.atomic
def hand_over(
    window_id: UUID, *, organisation: str, copies: Mapping[UUID, int], signature: str, carrier: str = "", by: Actor
) -> Transfer:
    """Hand papers over to one department, with the count of each, under the clerk's signature; the sheet is numbered.

    `copies` are counts by material. Raises NotAllowed, Invalid, Conflict when a paper has gone meanwhile.
    """
    window = orgs.window(window_id, by=by)
    rows = [row for row in transfers.waiting(window) if row.organisation == organisation and row.material.pk in copies]
    problems: dict[str, str] = {}
    if not copies:
        problems["papers"] = "请至少选一份材料"
    if any(not 1 <= count <= rules.MOST_COPIES for count in copies.values()):
        problems["papers"] = f"份数应为 1 至 {rules.MOST_COPIES}"
    if not rules.signs(signature, by.name):
        problems["signature"] = f"请写自己的姓名“{by.name}”作为签名"
    if problems:
        raise Invalid("hall.transfer", f"有 {len(problems)} 处要改", fields=problems)
    if len(rows) != len(copies):
        raise Conflict(
            "hall.transferred", "有材料刚才已经移交，或不交给这个单位，这次没有移交", remedy="刷新列表，重新选择"
        )
    carrier = masking.normal(carrier)[:60]
    transfer = _opened(window, rows, copies, signature=masking.normal(signature), carrier=carrier, by=by)
    _stop_clocks(transfer, window)
    audit.record("hall.handed_over", "transfer", transfer.pk, by=by, organisation=window.organisation.code)
    return transfer


def _opened(
    window: Window, rows: list[WaitingPaper], copies: Mapping[UUID, int], *, signature: str, carrier: str, by: Actor
) -> Transfer:
    at, transfer_id, to = time.now(), new_id(), rows[0]
    body = Body(
        addressee=to.organisation_name,
        paragraphs=(f"{window.place} {window.number} 号窗口移交下列材料，请当面清点签收。",),
        head=("序号", "办件编号", "材料", "交出份数", "实收份数"),
        rows=tuple(
            (str(n), row.case.number, row.material.name, str(copies[row.material.pk]), "")
            for n, row in enumerate(rows, 1)
        ),
        facts=(("怎么送", carrier or "专人送达"), ("交出人签名", f"{signature}，{at.astimezone(time.CHINA):%Y-%m-%d %H:%M}")),
        signed_by=window.place,
    )  # fmt: skip
    word = window.organisation.name.removeprefix("市")
    paper = documents.issue(
        Kind.TRANSFER, organisation=window.organisation.code, word=word, subject_id=transfer_id, body=body
    )
    transfer = Transfer.objects.create(
        id=transfer_id, number=paper.number, paper_id=paper.pk, window=window, organisation=to.organisation,
        organisation_name=to.organisation_name, carrier=carrier, handed_by_id=by.account, handed_signature=signature, handed_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            TransferLine.objects.bulk_create(
                TransferLine(
                    transfer=transfer, position=n, joint_case_id=row.material.joint_case_id, case=row.case,
                    material=row.material, name=row.material.name, copies=copies[row.material.pk],
                )
                for n, row in enumerate(rows, 1)
            )  # fmt: skip
    except IntegrityError as problem:  # Two clerks of one window at the same moment.
        raise Conflict("hall.transferred", "有材料刚才已经移交，这次没有移交", remedy="刷新列表，重新选择") from problem
    return transfer


def _stop_clocks(transfer: Transfer, window: Window) -> None:
    """End the clocks of the joint cases on a sheet of which nothing more waits for that department."""
    left = {(row.material.joint_case_id, row.organisation) for row in transfers.waiting(window)}
    joints = {line.joint_case_id for line in transfers.lines(transfer)}
    for row in Handover.objects.filter(joint_case_id__in=joints, organisation=transfer.organisation, done_at=None):
        if (row.joint_case_id, row.organisation) not in left:
            row.transfer, row.done_at = transfer, transfer.handed_at
            row.save(update_fields=["transfer", "done_at"])


@transaction.atomic
def take(transfer_id: UUID, *, received: Mapping[UUID, int], note: str, signature: str, by: Actor) -> Transfer:
    """Sign for a sheet as clerk of the department: what arrived of each line; where it differs, a note is compulsory.

    Raises NotFound, NotAllowed for who handed it over, Conflict (with who and when), Invalid.
    """
    Transfer.objects.select_for_update(of=("self",)).filter(pk=transfer_id).first()
    row = transfers.transfer(transfer_id, by=by)
    if row.taken_at is not None:
        when = f"{row.taken_at.astimezone(time.CHINA):%m-%d %H:%M}"
        raise Conflict("hall.taken", f"{row.taken_signature}在 {when} 已经签收，没有重复签收", remedy="刷新看这张单")
    if not transfers.may_take(row, by=by):
        raise NotAllowed(
            "hall.not_taker",
            "交出和接收要由两个人签字：这张单由接收单位的人签收",
            remedy=f"请{row.organisation_name}签收",
        )
    lines, problems = transfers.lines(row), {}
    if {line.pk for line in lines} != set(received) or any(not 0 <= n <= rules.MOST_COPIES for n in received.values()):
        problems["received"] = "请写清每一份材料实收几份（0 至 999）"
        raise Invalid("hall.take", "有 1 处要改", fields=problems)
    found = rules.differences(rules.Counted(line.name, line.copies, received[line.pk]) for line in lines)
    note = masking.normal(note)[:300]
    if found and len(note) < 2:
        problems["note"] = f"数量不一致，请写明情况：{'；'.join(found)}"
    if not rules.signs(signature, by.name):
        problems["signature"] = f"请写自己的姓名“{by.name}”作为签名"
    if problems:
        raise Invalid("hall.take", f"有 {len(problems)} 处要改", fields=problems)
    for line in lines:
        line.received = received[line.pk]
    TransferLine.objects.bulk_update(lines, ["received"])
    row.taken_by_id, row.taken_signature, row.taken_at = by.account, masking.normal(signature), time.now()
    row.note = "；".join([*found, note] if found else [note] if note else [])[:300]
    row.save(update_fields=["taken_by", "taken_signature", "taken_at", "note"])
    audit.record("hall.taken", "transfer", row.pk, by=by, organisation=row.organisation)
    return row


def start_clocks(joint: JointCase, window: Window, *, by: Actor) -> None:
    """Start the hand-over clocks of a window of another region, one for each department, inside the caller's transaction.

    Where nothing is on paper, the case is with the department at once. Raises NotAllowed, Invalid when the result should be
    fetched at a hall: it is mailed or electronic.
    """
    if joint.delivery.get("way") == "pickup":
        fields = {"delivery": "异地收件的结果寄给申请人，或只要电子的，不能到大厅领取"}
        raise Invalid("hall.away_pickup", "有 1 处要改", fields=fields)
    at, calendar = time.now(), calendars.calendar()
    grants = list(permissions.live_grants(window))
    on_paper = {row.organisation for row in transfers.waiting(window) if row.material.joint_case_id == joint.pk}
    desks: dict[str, str] = {}
    items: dict[str, list[str]] = {}
    for case in counter.cases_of(joint.pk):
        desks.setdefault(case.desk, case.organisation_name)
        items.setdefault(case.desk, []).append(case.item_code)
    for desk, name in desks.items():
        fitting = [g for g in grants if g.organisation == desk and (not g.items or set(items[desk]) & set(g.items))]
        grant = min(fitting or grants, key=lambda g: g.hand_over_days)
        days = grant.hand_over_days
        Handover.objects.create(
            joint_case=joint, organisation=desk, organisation_name=name, window=window, grant=grant, limit_days=days,
            received_at=at, done_at=None if desk in on_paper else at,
            due_on=clock.due(time.day_of(at), limit=days, unit="workday", calendar=calendar).due_on,
        )  # fmt: skip
    audit.record("hall.received_away", "joint_case", joint.pk, by=by, organisation=window.organisation.code)
