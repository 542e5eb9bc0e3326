"""Upload an official list, correct its grid, say what its units stand for, and make a campaign of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.gazette import queries as gazette
from tongban.gazette.rules.shapes import Finding, Kind, Reading, Refused, Task, Theme
from tongban.rules.errors import Conflict, Invalid
from tongban.taskforce import permissions
from tongban.taskforce.models import Campaign, UnitName, Upload, UploadRow
from tongban.taskforce.queries import importing as queries
from tongban.taskforce.rules import lists
from tongban.taskforce.rules.lists import ALL, Match
from tongban.taskforce.services import campaigns
from tongban.taskforce.services.campaigns import Settings

MOST_BYTES = 10 * 2**20


def read(path: Path, *, year: int | None = None) -> tuple[Reading, Kind]:
    """Read a file as a task list, else as a list of themes (“一件事”清单). Raises Invalid in the reader's words."""
    names = [name for unit in queries.units(settings.PLACE) for name in (unit.name, *unit.names)]
    try:
        return gazette.read(path, Kind.TASKS, year=year, names=names), Kind.TASKS
    except Refused as refusal:
        try:
            return gazette.read(path, Kind.THEMES, names=names), Kind.THEMES
        except Refused:
            raise Invalid(
                "taskforce.unreadable", f"没有读到任务清单：{refusal.message.partition('：')[0]}",
                remedy=refusal.remedy or "清单要有表头（序号、工作要求、完成时限、牵头单位、责任单位）",
            ) from refusal  # fmt: skip


@transaction.atomic
def upload(path: Path, file_name: str, *, name: str, by: Actor, year: int | None = None) -> Upload:
    """Keep an official list as read, every row and every doubt. `year` completes deadlines that print none.

    Raises NotAllowed, Invalid.
    """
    permissions.require_runs(by)
    if not 2 <= len(name.strip()) <= 100:
        raise Invalid("taskforce.upload", "有 1 处要改", fields={"name": "专项名称 2 至 100 个字"})
    content = path.read_bytes()
    if not 0 < len(content) <= MOST_BYTES:
        raise Invalid(
            "taskforce.upload", "有 1 处要改", fields={"file": f"文件不能是空的，最大 {MOST_BYTES // 2**20} MB"}
        )
    reading, kind = read(path, year=year)
    if not reading.rows:
        raise Invalid("taskforce.upload", "有 1 处要改", fields={"file": "文件里没有读到任务"})
    row = Upload.objects.create(
        pack=settings.PLACE, name=name.strip(), file_name=file_name[-120:], content=content, kind=kind.value,
        sha256=hashlib.sha256(content).hexdigest(), by_id=by.account_id, by_name=(by.name or "系统")[:60], created_at=time.now(),
    )  # fmt: skip
    read_rows: Sequence[Task | Theme] = reading.rows
    rows = [_row(row, at, each) for at, each in enumerate(read_rows, start=1)]
    row.findings = _settle(rows, reading.findings)
    UploadRow.objects.bulk_create(rows)
    found = queries.matches(lists.names_of([queries.row_of(each) for each in rows]), settings.PLACE)
    row.units = {each: _kept(met) for each, met in found.items()}
    row.save(update_fields=["findings", "units"])
    audit.record("taskforce.upload", "upload", row.pk, by=by, reason=f"{row.file_name[-40:]}，{len(rows)} 行")
    return row


def _kept(met: Match) -> dict[str, object]:
    return {"codes": list(met.codes), "outside": met.outside, "how": met.how}


def _row(upload: Upload, at: int, each: Task | Theme) -> UploadRow:
    if isinstance(each, Theme):
        limit = f"，联办后 {each.combined_limit_text}" if each.combined_limit_text else ""
        values = UploadRow(
            seq=str(each.seq or ""), section="“一件事”主题", lead=[each.lead_unit] if each.lead_unit else [],
            requirement=f"开通“{each.theme}”，联办：{'、'.join(each.items)}{limit}", responsible=list(each.responsible_units),
        )  # fmt: skip
    else:
        values = UploadRow(
            seq="" if each.seq is None else str(each.seq), sub=(each.sub or "")[:8], section=(each.section or "")[:200],
            requirement=each.requirement, deadline=each.deadline_text[:200], due_on=each.deadline_date,
            syncs=each.sync_with_province, lead=each.lead_units, responsible=each.responsible_units,
        )  # fmt: skip
    values.upload, values.position = upload, at
    values.printed = {name: _plain(getattr(values, name)) for name in FIELDS}
    return values


FIELDS = ("seq", "sub", "section", "requirement", "deadline", "due_on", "syncs", "lead", "responsible")


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _settle(rows: Sequence[UploadRow], findings: Sequence[Finding]) -> list[list[str]]:
    """Put each finding on the cell it is about; return those about the whole list. None is lost."""
    whole: list[list[str]] = []
    for finding in findings:
        place = lists.place_of(finding.where)
        words = finding.reason.replace("请用 --year 指定年份", "请重新上传并填印发年份，或逐行填日期")
        about = [row for row in rows if place and row.seq == place[0] and (not place[1] or row.sub == place[1])]
        # Several rows of one number: a cell that the reader quotes is that of one of them.
        cells = lists.cells_in(words)
        about = [row for row in about if cells & {row.deadline, row.requirement, *row.lead, *row.responsible}] or about
        for row in about:
            row.doubts = [*row.doubts, [lists.column_of(words), words]]
        if not about:
            whole.append([finding.where, words])
    return whole


def _open(upload_id: UUID, by: Actor) -> Upload:
    """Return an upload that is not a campaign yet, locked, in the transaction of the caller."""
    permissions.require_runs(by)
    queries.one(upload_id, by=by)
    row = Upload.objects.select_for_update().get(pk=upload_id)
    if row.campaign_id is not None:
        raise Conflict("taskforce.taken", "这份清单已经立项", remedy="到专项台账里修改")
    return row


@dataclass(frozen=True)
class Edit:
    """What people typed into the cells of a row; `left_out` says why the row is not taken."""

    seq: str
    sub: str
    section: str
    requirement: str
    deadline: str
    due_on: date | None
    syncs: bool
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    left_out: str = ""


@transaction.atomic
def edit(upload_id: UUID, position: int, given: Edit, *, by: Actor) -> None:
    """Write the cells of a row; the doubts of changed cells are settled. Raises NotAllowed, NotFound, Conflict, Invalid."""
    upload = _open(upload_id, by)
    row = UploadRow.objects.filter(upload=upload, position=position).first()
    if row is None:
        raise Conflict("taskforce.no_row", "没有这一行", remedy="刷新后再改")
    fields = _edit_flaws(given)
    if fields:
        raise Invalid("taskforce.row", f"有 {len(fields)} 处要改", fields=fields)
    changed = {
        column for column, name in (("seq", "seq"), ("seq", "sub"), ("section", "section"), ("requirement", "requirement"),
                                    ("deadline", "deadline"), ("deadline", "due_on"), ("deadline", "syncs"), ("lead", "lead"),
                                    ("responsible", "responsible"))
        if _as_kept(getattr(given, name)) != getattr(row, name)
    }  # fmt: skip
    for name in (*FIELDS, "left_out"):
        setattr(row, name, _as_kept(getattr(given, name)))
    row.doubts = [doubt for doubt in row.doubts if doubt[0] not in changed]
    row.edited_by = (by.name or "系统")[:60]
    row.save()
    _meet(upload)
    words = f"第 {position} 行" + (f"不取入：{given.left_out}" if given.left_out else f"改 {len(changed)} 格")
    audit.record("taskforce.upload_edit", "upload", upload.pk, by=by, reason=words[:64])


def _as_kept(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _edit_flaws(given: Edit) -> dict[str, str]:
    limits = {"seq": 12, "sub": 8, "section": 200, "deadline": 200, "left_out": 200, "requirement": 5000}
    flaws = {name: f"最多 {most} 个字" for name, most in limits.items() if len(getattr(given, name)) > most}
    if any(len(name) > 120 for name in (*given.lead, *given.responsible)):
        flaws["lead"] = "每个单位名称最多 120 个字，用顿号分开"
    if given.syncs and given.due_on:
        flaws["due_on"] = "与省同步推进的任务没有自己的日期，两样只能选一样"
    return flaws


def _meet(upload: Upload) -> None:
    """Match names that came new by an edit, in the transaction of the caller."""
    rows = [queries.row_of(row) for row in upload.rows.order_by("position")]
    new = [name for name in lists.names_of(rows) if name not in upload.units]
    if new:
        upload.units = {**upload.units, **{name: _kept(met) for name, met in queries.matches(new, upload.pack).items()}}
        upload.save(update_fields=["units"])


@transaction.atomic
def map_units(upload_id: UUID, chosen: Mapping[str, Match], *, by: Actor) -> None:
    """Say what printed names stand for: organisations, everybody, or outside text. Raises NotAllowed, Conflict, Invalid."""
    upload = _open(upload_id, by)
    codes = {unit.code for unit in queries.units(upload.pack)} | {ALL}
    wrong = {name: "没有这个单位，从列表里选" for name, met in chosen.items() if set(met.codes) - codes}
    wrong |= {name: "平台外单位和本平台单位只能选一样" for name, met in chosen.items() if met.outside and met.codes}
    if wrong:
        raise Invalid("taskforce.units", f"有 {len(wrong)} 处要改", fields=wrong)
    upload.units = {**upload.units, **{name: _kept(queries.confirmed(met)) for name, met in chosen.items()}}
    upload.save(update_fields=["units"])
    audit.record("taskforce.upload_units", "upload", upload.pk, by=by, reason=f"确定 {len(chosen)} 个单位名称")


@transaction.atomic
def rebase(upload_id: UUID, year: int | None, *, by: Actor) -> Upload:
    """Move all deadlines so that the first year of the list becomes `year`; None keeps the printed dates.

    For demonstrations: the printed date stays beside. Raises NotAllowed, Conflict, Invalid.
    """
    upload = _open(upload_id, by)
    if year is not None and not 2000 <= year <= 2099:
        raise Invalid("taskforce.rebase", "有 1 处要改", fields={"rebase": "年份 2000 至 2099"})
    days = list(upload.rows.values_list("due_on", flat=True))
    upload.shift_years = lists.year_shift(days, year) if year else 0
    upload.save(update_fields=["shift_years"])
    audit.record("taskforce.upload_rebase", "upload", upload.pk, by=by, reason=f"顺延 {upload.shift_years} 年")
    return upload


@transaction.atomic
def set_due(upload_id: UUID, day: date, *, by: Actor) -> int:
    """Give the rows that print no deadline at all one day; return how many. A list of themes has none for its rows.

    Rows kept in step with the province keep none. Raises NotAllowed, Conflict.
    """
    upload = _open(upload_id, by)
    rows = list(upload.rows.filter(due_on=None, syncs=False, deadline="", left_out=""))
    for row in rows:
        row.due_on, row.edited_by = day, (by.name or "系统")[:60]
        row.doubts = [doubt for doubt in row.doubts if doubt[0] != "deadline"]
    UploadRow.objects.bulk_update(rows, ["due_on", "edited_by", "doubts"])
    audit.record("taskforce.upload_due", "upload", upload.pk, by=by, reason=f"{len(rows)} 行没写时限，定为 {day}")
    return len(rows)


@transaction.atomic
def take(upload_id: UUID, given: Settings, *, by: Actor) -> Campaign:
    """Make a campaign (立项) of a list that is checked. Raises NotAllowed, Conflict, Invalid with what stands in the way."""
    upload = _open(upload_id, by)
    kept = list(upload.rows.order_by("position"))
    rows, known = [queries.row_of(row) for row in kept], queries.matches_of(upload)
    check = lists.check(rows, known)
    if not check.is_clear:
        wrong = sum(1 for faults in check.faults if faults)
        raise Invalid(
            "taskforce.not_checked", f"还不能立项：{wrong} 行有错，{len(check.unknown)} 个单位没有确定",
            remedy="把标红的格改好，给每个单位选本平台单位或“平台外单位”", rows=wrong, unknown=list(check.unknown),
        )  # fmt: skip
    campaign = campaigns.create(
        upload.name, given, source=upload.file_name, shift_years=upload.shift_years,
        rows=[row for row in rows if not row.left_out], known=known, by=by,
    )  # fmt: skip
    upload.campaign = campaign
    upload.save(update_fields=["campaign"])
    names = lists.names_of(rows)
    UnitName.objects.bulk_create(
        [UnitName(pack=upload.pack, name=lists.key(name)[:120], codes=list(known[name].codes)) for name in names
         if known[name].how == "hand"],
        update_conflicts=True, unique_fields=["pack", "name"], update_fields=["codes"],
    )  # fmt: skip
    return campaign
