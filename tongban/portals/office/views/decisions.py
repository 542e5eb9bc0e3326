"""决策表: see, edit, try, import, export and publish the tables of one's organisation; only for its administrator."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.cases.queries import instant
from tongban.core.actor import Actor
from tongban.decisions import queries, services
from tongban.decisions.rules import changes, checks, evaluation
from tongban.decisions.rules import draft as drafts
from tongban.decisions.rules.checks import Flaw
from tongban.decisions.rules.draft import Draft
from tongban.decisions.rules.evaluation import Result
from tongban.decisions.rules.feel import KIND_WORDS, Kind
from tongban.decisions.rules.reading import Reading
from tongban.decisions.rules.table import AGGREGATION_WORDS, HIT_WORDS, Input, Table
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.portals.office.views import shell
from tongban.rules.errors import Conflict, Invalid, NotAllowed

PACK = settings.PLACE
MOST_FILE = 500 * 1024


def admin(request: HttpRequest) -> Actor:
    """Return the administrator who acts. Raises NotAllowed for other officers."""
    by = shell.staff(request)
    if not by.organisations_as(Role.ADMIN.value):
        raise NotAllowed("decisions.not_admin", "只有本单位的管理员能管理决策表", remedy="请联系本单位管理员")
    return by


# The list


@dataclass(frozen=True)
class ListRow:
    """A line of the list of tables."""

    table: Table
    version: int
    since: object
    org: str
    hit: str
    compared: int
    agreed: int


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the tables of the organisations that the actor administers."""
    by = admin(request)
    known, tallies = orgs.organisations(PACK), queries.tallies(PACK)
    rows = [
        ListRow(
            row.spec, row.version, row.effective_from, known[row.spec.org].name if row.spec.org in known else row.spec.org,
            _hit_words(row.spec), *tallies.get((code, row.digest), (0, 0)),
        )
        for code, row in queries.visible_to(PACK, by=by).items()
    ]  # fmt: skip
    return shell.show(request, "decision_list", by=by, menu="decisions", rows=rows)


def _hit_words(table: Table) -> str:
    words = HIT_WORDS[table.hit]
    return f"{words}（{AGGREGATION_WORDS[table.aggregation]}）" if table.hit == "COLLECT" else words


# One table


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a table in force: its rows, how shadow mode stands, its versions; and try it with values."""
    by = admin(request)
    row = queries.own_table(PACK, code, by=by)
    tried = tried_with(row.spec, request.GET) if "try" in request.GET else None
    return shell.show(
        request, "decision_page", by=by, menu="decisions", table=row.spec, grid=_grid(row.spec, tried), row=row,
        try_fields=try_fields(row.spec, request.GET), hit_words=_hit_words(row.spec), versions=queries.versions(PACK, code, by=by),
        standing=queries.standing(PACK, code), uses=instant.uses(PACK, code),
        differing=queries.differing(PACK, code, by=by), tried=tried, hints=checks.flaws(row.spec),
        can_edit=drafts.of_table(row.spec).fits_a_form,
    )  # fmt: skip


@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a version of a table, and what it changed."""
    by = admin(request)
    row, table = queries.version(PACK, code, number, by=by)
    before = queries.version(PACK, code, number - 1, by=by)[1] if number > 1 else None
    return shell.show(
        request, "decision_version", by=by, menu="decisions", row=row, table=table, grid=_grid(table, None),
        hit_words=_hit_words(table), changes=_changes(before, table) if before else None,
        is_in_force=queries.own_table(PACK, code, by=by).version == number,
    )  # fmt: skip


@require_safe
def file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Send a version of a table as a DMN 1.3 file."""
    by = admin(request)
    _, table = queries.version(PACK, code, number, by=by)
    response = HttpResponse(queries.dmn_file(table), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}-{number}.dmn"'
    return response


@dataclass(frozen=True)
class GridRow:
    """A row of a table as shown; `is_hit` when it counted in a try."""

    number: int
    when: tuple[str, ...]
    then: tuple[str, ...]
    note: str
    is_hit: bool


def _grid(table: Table, tried: Tried | None) -> list[GridRow]:
    hits = tried.result.rows if tried else ()
    return [GridRow(n, row.when, row.then, row.note, n in hits) for n, row in enumerate(table.rows, 1)]


@dataclass(frozen=True)
class Cell:
    """A cell before and after."""

    old: str
    new: str

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return self.old == self.new


@dataclass(frozen=True)
class ChangedRow:
    """A row of a comparison; cells stand side by side where the columns stayed the same."""

    change: changes.Change
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Changes:
    """A comparison as shown: sentences, and the rows that differ."""

    notes: tuple[str, ...]
    rows: tuple[ChangedRow, ...]
    same: int
    is_same: bool
    has_same_columns: bool


def _changes(before: Table, after: Table) -> Changes:
    found = changes.compare(before, after)
    rows = [row for row in found.rows if row.kind != "same"]
    shown = tuple(ChangedRow(row, _cells(row)) for row in rows) if found.has_same_columns else ()
    return Changes(found.notes, shown, len(found.rows) - len(rows), found.is_same, found.has_same_columns)


def _cells(row: changes.Change) -> tuple[Cell, ...]:
    sides = [(*side.when, *side.then, side.note) if side else () for side in (row.old, row.new)]
    width = max(map(len, sides))
    old, new = ((*side, *[""] * (width - len(side))) for side in sides)
    return tuple(map(Cell, old, new))


# Trying


@dataclass(frozen=True)
class TryField:
    """A value to try a table with."""

    name: str
    label: str
    kind: str
    value: str
    is_used: bool


@dataclass(frozen=True)
class Tried:
    """What a table answered to the values of a try."""

    result: Result
    answers: tuple[tuple[str, str], ...]
    nearest: tuple[int, str] | None


def try_fields(table: Table | Draft, sent: Mapping[str, str]) -> list[TryField]:
    """Return a field for each input, with what was sent."""
    columns: list[Input | drafts.Column] = [*table.inputs]
    fields = []
    for n, column in enumerate(columns):
        kind: Kind = next((each for each in KIND_WORDS if each == column.type), "string")
        value = sent.get(f"try-{n}", "").strip()[:100]
        is_used = not value or evaluation.value_of(value, kind) is not None
        fields.append(TryField(f"try-{n}", column.words, KIND_WORDS[kind], value, is_used))
    return fields


def tried_with(table: Table, sent: Mapping[str, str]) -> Tried:
    """Return what a table answers to the values that were sent."""
    given = {column.name: sent.get(f"try-{n}", "").strip()[:100] for n, column in enumerate(table.inputs)}
    compiled = evaluation.compiled(table)
    result = evaluation.ask(compiled, given)
    names = {column.name: column.words for column in table.outputs}
    outcome = result.outcome if isinstance(result.outcome, list) else [result.outcome] if result.outcome else []
    answers = tuple((names[name], evaluation.shown(value)) for row in outcome for name, value in row.items())
    near = evaluation.nearest(compiled, given) if not result.rows else None
    return Tried(result, answers, (near[0], "、".join(near[1])) if near else None)


# Importing


def number(text: str) -> int:
    """Return a version number that a form sent; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def place(flaw: Flaw) -> str:
    """Return the words for the row or the column of a flaw."""
    match flaw.path:
        case ("rows", int(r), *_):
            return f"第 {r + 1} 行："
        case ("inputs", int(n), *_):
            return f"第 {n + 1} 列输入："
        case ("outputs", int(n), *_):
            return f"第 {n + 1} 列输出："
        case _:
            return ""


@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show what a DMN file would change, and publish it when told to."""
    by = admin(request)
    row = queries.own_table(PACK, code, by=by) if code else None
    if request.method == "GET":
        return _importer(request, by, code, Reading(), b"")
    sent = request.POST
    content = _content(request)
    if not content:
        return _importer(
            request,
            by,
            code,
            Reading(),
            b"",
            refusal=Conflict("decisions.no_file", "没有选文件", remedy="选一个 DMN 文件"),
        )
    org = row.spec.org if row else sent.get("org", "")
    reading = queries.read_dmn(content, decision=sent.get("decision", ""), code=code or _new_code(sent), org=org)
    if sent.get("act") != "publish" or reading.table is None:
        return _importer(request, by, code, reading, content)
    try:
        published = services.publish(
            PACK, reading.table, seen=number(sent.get("seen", "")), reason=sent.get("reason", ""), by=by
        )
    except (Invalid, Conflict) as refusal:
        return _importer(request, by, code, reading, content, refusal=refusal)
    shell.tell(request, f"已发布“{reading.table.name}”第 {published.version} 版，现在起按它办。")
    return HttpResponseRedirect(reverse("office:decision", args=[reading.table.code]))


def _new_code(sent: QueryDict) -> str:
    return sent.get("code", "").strip()[:63]


def _content(request: HttpRequest) -> bytes:
    """Return the file that was sent, or the one that the page carries on. Raises Invalid for one that is too large."""
    upload = request.FILES.get("file")
    if upload is not None:
        if (upload.size or 0) > MOST_FILE:
            raise Invalid("decisions.file_size", "文件超过 500 KB，没有读", remedy="拆成几个文件")
        return upload.read()
    try:
        return base64.b64decode(request.POST.get("content", ""), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _importer(
    request: HttpRequest,
    by: Actor,
    code: str,
    reading: Reading,
    content: bytes,
    *,
    refusal: Invalid | Conflict | None = None,
) -> HttpResponse:
    table = reading.table
    have = queries.visible_to(PACK, by=by).get(table.code if table else code)
    flaws = checks.flaws(table, queries.known_facts(PACK, table.code)) if table else []
    known = orgs.organisations(PACK)
    errors = [("file", f"{refusal.message}；{refusal.remedy}")] if refusal else []
    if isinstance(refusal, Invalid):
        errors = [(name, words) for name, words in refusal.fields.items() if name == "reason"]
    stops = [problem for problem in reading.problems if problem.kind == "error"]
    return shell.show(
        request, "decision_import", by=by, menu="decisions", code=code, table=table, reading=reading, stops=stops,
        notes=[problem for problem in reading.problems if problem.kind == "hint"], seen=have.version if have else 0,
        content=base64.b64encode(content).decode(), have=have, grid=_grid(table, None) if table else [],
        changes=_changes(have.spec, table) if have and table else None, chosen=request.POST.get("decision", ""),
        flaws=[(place(flaw), flaw) for flaw in flaws], is_fit=table is not None and not any(f.kind == "error" for f in flaws),
        draft=drafts.of_table(table) if table and drafts.of_table(table).fits_a_form else None, errors=errors,
        hit_words=_hit_words(table) if table else "", reason=request.POST.get("reason", ""), org=request.POST.get("org", ""),
        organisations=[(each, known[each].name) for each in by.organisations_as(Role.ADMIN.value) if each in known],
        status=refusal.status if refusal else 422 if stops else 200,
    )  # fmt: skip
