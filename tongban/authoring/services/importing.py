"""Bring a spreadsheet of items in: read it, choose what its columns fill, look, take all of it or nothing.

What is taken becomes drafts; nothing is published. Every line stays as it stood, taken or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.authoring.adapters import books, files
from tongban.authoring.models import Draft, Import, ImportRow, Step
from tongban.authoring.queries import importing
from tongban.authoring.rules import columns, planning, sheets
from tongban.authoring.rules.life import State
from tongban.authoring.rules.planning import Intended, Plan, Row
from tongban.authoring.rules.sheets import Book, Line
from tongban.core import time
from tongban.core.actor import Actor
from tongban.licences import queries as licences
from tongban.orgs import queries as orgs
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.vocabulary import queries as vocabulary

MOST_TOLD = 12  # findings of one line in the sheet of failures


def read(path: Path, name: str) -> Book:
    """Return what a file holds. Raises TooLarge, Unsupported, Invalid, each saying what to do."""
    book = sheets.book(*files.grids(path, name))
    if not any(sheet.lines for sheet in book.sheets):
        raise Invalid(
            "import.nothing",
            f"“{name}”里没有找到列名和内容",
            remedy="第一行写列名（例如“事项名称”“基本编码”），或下载模板来填",
        )
    return book


@transaction.atomic
def upload(path: Path, name: str, *, pack: str, by: Actor) -> Import:
    """Keep what a file holds, with the columns that its heads and earlier files of the same heads say.

    Raises NotAllowed, TooLarge, Unsupported, Invalid.
    """
    _require_writer(by)
    book = read(path, name)
    content = path.read_bytes()
    row = Import.objects.create(
        pack=pack, name=name[-120:], sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content), account_id=by.account_id,
        by_name=(by.name or "系统")[:60], notes=list(book.notes), heads_key=book.heads_key, created_at=time.now(),
        sheets=[{"name": s.name, "kind": s.kind, "head_line": s.head_line, "heads": list(s.heads)} for s in book.sheets],
        mapping=sheets.mapping_of(book, importing.remembered(pack, book.heads_key)),
    )  # fmt: skip
    rows = [ImportRow(imported=row, sheet=n, line=line.number, cells=list(line.cells), filled=list(line.filled))
            for n, sheet in enumerate(book.sheets) for line in sheet.lines]  # fmt: skip
    ImportRow.objects.bulk_create(rows, batch_size=500)
    audit.record("authoring.import_upload", "import", row.pk, by=by, reason=f"{row.name[:80]}，{len(rows)} 行")
    return row


def _require_writer(by: Actor) -> None:
    if importing.writes_for(by) == frozenset():
        raise NotAllowed(
            "authoring.not_writer", "只有单位管理员和政务服务管理机构能导入事项", remedy="请联系本单位管理员"
        )


@transaction.atomic
def choose(import_id: UUID, mapping: Mapping[str, Sequence[str]], *, by: Actor) -> Plan:
    """Say what each column of each sheet fills, and look what would come of it; remembered for the same heads.

    Raises NotFound, Conflict when it was taken already, Invalid for a column that fills what another one fills.
    """
    row = _locked(import_id, by)
    for name, keys in mapping.items():
        _require_once(name, keys)
    row.mapping, row.state = {name: list(keys) for name, keys in mapping.items()}, "ready"
    book = importing.book_of(row)
    plan = importing.plan(book, row.mapping, pack=row.pack, by=by)
    _keep(row, book, plan)
    return plan


def _require_once(sheet: str, keys: Sequence[str]) -> None:
    used: set[str] = set()
    for key in keys:
        if key and key != columns.IGNORED and key not in columns.BY_KEY:
            raise Invalid("import.column", "有 1 处要改", fields={sheet: f"没有“{key}”这一项，从列表里选"})
        if key in used and key not in ("", columns.IGNORED, "@mark"):
            words = f"工作表“{sheet}”有两列都选了“{columns.BY_KEY[key].label}”，一项只能取一列"
            raise Invalid("import.twice", "有 1 处要改", fields={sheet: words})
        used.add(key)


def _locked(import_id: UUID, by: Actor) -> Import:
    row = Import.objects.select_for_update().filter(pk=import_id).first()
    if row is None or not importing.visible_to(by).filter(pk=import_id).exists():
        raise NotFound("import.none", "没有找到这次导入", remedy="从导入页重新上传")
    if row.state == "taken":
        raise Conflict("import.taken", "这个文件已经取入了", remedy="看稿子列表，或上传新的文件")
    return row


def _keep(row: Import, book: Book, plan: Plan) -> None:
    """Keep what was found of each line, and the lines of sheets that are not used, in the transaction of the caller."""
    row.counts = plan.counts()
    row.save()
    found = {(each.sheet, each.line.number): each for each in plan.rows}
    lines = [(n, line, found.get((n, line.number))) for n, sheet in enumerate(book.sheets) for line in sheet.lines]
    row.rows.all().delete()
    ImportRow.objects.bulk_create([_line(row, n, line, each) for n, line, each in lines], batch_size=500)


def _line(row: Import, n: int, line: Line, each: Row | None) -> ImportRow:
    kept = ImportRow(imported=row, sheet=n, line=line.number, cells=list(line.cells), filled=list(line.filled))
    if each is not None:
        kept.outcome, kept.is_partial, kept.code, kept.name, kept.digest = (
            each.outcome,
            each.is_partial,
            each.code,
            each.name,
            each.digest,
        )
        kept.findings, kept.unknown = [found.as_json() for found in each.findings], dict(each.unknown)
    return kept


@transaction.atomic
def take(import_id: UUID, *, by: Actor) -> dict[str, int]:
    """Make drafts of all that can be taken, in one transaction; return the counts.

    Raises NotFound, NotAllowed, Conflict when it was taken already, was not looked at, or would now come out otherwise.
    """
    row = _locked(import_id, by)
    _require_writer(by)
    if row.state != "ready":
        raise Conflict("import.not_ready", "还没有预览", remedy="先选好各列，看过预览再取入")
    book = importing.book_of(row)
    plan = importing.plan(book, row.mapping, pack=row.pack, by=by)
    if plan.counts() != row.counts:
        raise Conflict("import.stale", "预览以后目录或稿子变了，这次没有取入", remedy="再看一遍预览，再取入")
    made = _drafts(row, plan.drafts, by=by)
    row.state, row.taken_at = "taken", time.now()
    _keep(row, book, plan)
    rows = list(row.rows.filter(outcome__in=[planning.NEW, planning.CHANGED]))
    for each in rows:
        each.draft_id = made.get(each.code.partition("/")[0])
    ImportRow.objects.bulk_update(rows, ["draft"], batch_size=500)
    audit.record("authoring.import_take", "import", row.pk, by=by, reason=f"{row.name[:80]}，{len(plan.drafts)} 份稿子")
    return plan.counts()


def _drafts(row: Import, intended: Sequence[Intended], *, by: Actor) -> dict[str, UUID | None]:
    """Begin or write the drafts of an import, in the transaction of the caller; return them by the code of the item."""
    at, editor = time.now(), [str(by.account_id)] if by.account_id else []
    held = {
        str(draft.pk): draft
        for draft in Draft.objects.select_for_update().filter(pk__in=[each.draft for each in intended if each.draft])
    }
    begun, written = list[Draft](), list[Draft]()
    for each in intended:
        draft = held.get(each.draft) or Draft(
            pack=row.pack, kind="item", code=each.code, file=each.file, base=each.base, based_on=each.version
        )
        draft.body, draft.organisation, draft.name = (
            each.body,
            str(each.body.get("org", "")),
            str(each.body.get("name", ""))[:200],
        )
        draft.state, draft.updated_at, draft.editors = State.EDITING.value, at, sorted({*draft.editors, *editor})
        if each.draft:
            draft.revision += 1
        (written if each.draft else begun).append(draft)
    try:
        with transaction.atomic():
            Draft.objects.bulk_create(begun, batch_size=200)
    except IntegrityError as problem:  # Somebody began one of them at the same moment.
        raise Conflict(
            "import.stale", "有人刚刚开始编制其中的事项，这次没有取入", remedy="再看一遍预览，再取入"
        ) from problem
    Draft.objects.bulk_update(
        written, ["body", "organisation", "name", "state", "updated_at", "editors", "revision"], batch_size=100
    )
    _note(row, begun, written, by=by)
    return {draft.code: draft.pk for draft in (*begun, *written)}


def _note(row: Import, begun: Sequence[Draft], written: Sequence[Draft], *, by: Actor) -> None:
    at, words = time.now(), f"导入：{row.name}"[:500]
    pairs = [(draft, "start") for draft in begun] + [(draft, "save") for draft in written]
    Step.objects.bulk_create(
        [
            Step(draft=draft, verb=verb, revision=draft.revision, words=words, account_id=by.account_id, by_name=(by.name or "系统")[:60], at=at)
            for draft, verb in pairs
        ], batch_size=500,
    )  # fmt: skip
    audit.record_all([
        audit.entry(f"authoring.{verb}", "draft", draft.pk, by=by, organisation=draft.organisation, reason=words[:200]) for draft, verb in pairs
    ])  # fmt: skip


def template(pack: str, *, by: Actor, is_filled: bool = False) -> bytes:
    """Return the template of a place as a workbook, with drop-downs; with the items in force in it where asked for."""
    units = orgs.organisations(pack)
    if not units:
        raise NotFound("packs.none", f"没有装入过“{pack}”的目录包", remedy="先运行 tongban setup 或 tongban pack apply")
    own = importing.writes_for(by)
    names = [org.full_name for code, org in units.items() if own is None or code in own]
    kinds = [kind.name for kind in vocabulary.words(pack).materials.values()]
    lists = {
        "org": names,
        "m.type": kinds,
        "result.licence_type": [kind.name for kind in licences.licence_types(pack).values()],
    }
    items, materials = importing.filled(pack, by=by) if is_filled else ([], [])
    example = {"org": next(iter(names), ""), "m.type": next(iter(kinds), "")}
    return books.template(lists, items, materials, example)


def failures(row: Import) -> bytes:
    """Return the lines of an import that were not, or not wholly, taken, each with what to do, as a workbook."""
    found = []
    for n, sheet in enumerate(row.sheets):
        lines = []
        for each in importing.rows(row).filter(sheet=n):
            told = [f for f in each.findings if f["level"] != "note"]
            if told:
                marked = frozenset(
                    at for at in range(len(each.cells)) if sheets.letter(at) in {f["column"] for f in told}
                )
                what = "；".join(f"{f['column']} 列“{f['head']}”：{f['message']}" for f in told[:MOST_TOLD])
                how = "；".join(dict.fromkeys(f["remedy"] for f in told[:MOST_TOLD] if f["remedy"]))
                lines.append((each.line, each.cells, what, how, marked))
        if lines:
            found.append((sheet["name"], sheet["heads"], lines))
    return books.failures(found)
