"""Items from a spreadsheet: the template, the upload, what each column fills, the look before, taking all, what is left to mend."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.attachments import rules as attachments
from tongban.authoring.queries import importing
from tongban.authoring.rules import columns, planning, sheets
from tongban.authoring.services import importing as services
from tongban.core.actor import Actor
from tongban.portals.office.views import shell
from tongban.portals.office.views.catalogue import MENU, PACK, writer
from tongban.rules.errors import Conflict, DomainError, Invalid, TooLarge, Unsupported

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_PAGE = 100


def _too_large(length: int) -> TooLarge:
    most = sheets.MOST_BYTES // 2**20
    return TooLarge(
        "import.too_large", f"文件有 {length / 2**20:.1f} MB，最多 {most} MB", remedy="分成几个文件，或删去图片再存"
    )


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Upload a spreadsheet; the latest imports."""
    if request.method == "GET":
        return _home(request)
    by = writer(request)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid("import.no_file", "还没有选文件", remedy="选一个 .xlsx、.xls 或 .csv 文件")
        row = _stored(upload, by)
    except (Invalid, TooLarge, Unsupported) as refusal:
        return _home(request, refusal=refusal)
    return HttpResponseRedirect(reverse("office:import", args=[row.pk]))


def _home(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponse:
    by = writer(request)
    rows = [(row, importing.STATES[row.state]) for row in importing.recent(PACK, by=by)]
    return shell.show(request, "catalogue_import", by=by, menu=MENU, rows=rows, refusal=refusal, most=sheets.MOST_BYTES // 2**20,
                      most_rows=sheets.MOST_ROWS, status=refusal.status if refusal else 200)  # fmt: skip


def _stored(upload: UploadedFile, by: Actor) -> importing.Import:
    name = attachments.label(upload.name or "")
    if (upload.size or 0) > sheets.MOST_BYTES:
        raise _too_large(upload.size or 0)
    with tempfile.NamedTemporaryFile(prefix="import-", suffix=".upload") as file:
        for piece in upload.chunks():
            file.write(piece)
        file.flush()
        return services.upload(Path(file.name), name, pack=PACK, by=by)


@dataclass(frozen=True)
class ColumnRow:
    """A column of a sheet on the page: its letter, its head, what stands in it, what it fills."""

    name: str
    letter: str
    head: str
    samples: list[str]
    chosen: str


@dataclass(frozen=True)
class SheetPart:
    """A sheet on the page."""

    name: str
    columns: list[ColumnRow]
    lines: int


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Choose what the columns fill, look at what would come of it, take all of it."""
    by = writer(request)
    row = importing.one(import_id, by=by)
    act, refusal, errors = request.POST.get("act", ""), None, list[tuple[str, str]]()
    if request.method == "POST":
        try:
            if act == "choose":
                services.choose(import_id, _sent(request, row), by=by)
            elif act == "take":
                counts = services.take(import_id, by=by)
                shell.tell(request, f"已取入 {counts['drafts']} 份稿子，都在编制中，没有发布")
            return HttpResponseRedirect(reverse("office:import", args=[import_id]))
        except Invalid as problem:
            errors = [("map", words) for words in problem.fields.values()]
        except Conflict as problem:
            refusal = problem
    if act == "choose" or row.state == "mapping" or (request.GET.get("columns") and row.state == "ready"):
        return _columns(request, row, by=by, errors=errors, refusal=refusal)
    return _preview(request, row, by=by, refusal=refusal)


def _sent(request: HttpRequest, row: importing.Import) -> dict[str, list[str]]:
    return {
        sheet["name"]: [request.POST.get(f"m-{n}-{at}", "") for at in range(len(sheet["heads"]))]
        for n, sheet in enumerate(row.sheets)
    }  # fmt: skip


def _columns(
    request: HttpRequest,
    row: importing.Import,
    *,
    by: Actor,
    errors: list[tuple[str, str]],
    refusal: DomainError | None,
) -> HttpResponse:
    mapping = _sent(request, row) if request.method == "POST" else row.mapping
    samples, lines = importing.samples(row), importing.book_of(row).sheets
    parts = [
        SheetPart(sheet["name"], [
            ColumnRow(f"m-{n}-{at}", sheets.letter(at), head, samples.get((n, at), []), mapping[sheet["name"]][at])
            for at, head in enumerate(sheet["heads"])
        ], len(lines[n].lines))
        for n, sheet in enumerate(row.sheets)
    ]  # fmt: skip
    groups = [("事项", columns.ITEMS), ("材料", [c for c in columns.MATERIALS if c.key.startswith("m.")])]
    return shell.show(
        request, "catalogue_import_columns", by=by, menu=MENU, row=row, parts=parts, groups=groups, errors=errors, refusal=refusal,
        unmatched=sum(1 for part in parts for each in part.columns if not each.chosen), status=422 if errors else 409 if refusal else 200,
    )  # fmt: skip


def _preview(request: HttpRequest, row: importing.Import, *, by: Actor, refusal: DomainError | None) -> HttpResponse:
    show, asked = request.GET.get("show", ""), request.GET.get("page", "1")
    show = show if show in (*planning.OUTCOME_WORDS, "partial") else ""
    number = max(1, int(asked)) if asked.isdigit() and len(asked) < 6 else 1
    found = importing.rows(row, outcome=show)
    total = found.count()
    shown = list(found[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE])
    lines = [
        (each, row.sheets[each.sheet]["name"], planning.OUTCOME_WORDS.get(each.outcome, "没有取")) for each in shown
    ]
    words = {**planning.OUTCOME_WORDS, "partial": "只能部分取"}
    counts = [(key, label, row.counts.get(key, 0), key == show) for key, label in words.items()]
    notes, left = importing.told(row)
    ignored: dict[str, list[str]] = {}
    for sheet, letter, head in left:
        ignored.setdefault(sheet, []).append(f"{letter} {head}")
    takes = row.counts.get("new", 0) + row.counts.get("changed", 0)
    return shell.show(
        request, "catalogue_import_page", by=by, menu=MENU, row=row, state=importing.STATES[row.state], lines=lines, counts=counts, show=show,
        notes=notes, ignored=list(ignored.items()), total=total, number=number, has_next=number * ROWS_A_PAGE < total, refusal=refusal, takes=takes,
        has_failures=bool(row.counts.get("faulty") or row.counts.get("partial")), sheets=len(row.sheets), status=409 if refusal else 200,
    )  # fmt: skip


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """Send the template; with the items in force in it where asked for."""
    by = writer(request)
    is_filled = request.GET.get("filled") == "1"
    content = services.template(settings.PLACE, by=by, is_filled=is_filled)
    return _file(content, "事项现行内容.xlsx" if is_filled else "事项导入模板.xlsx")


@require_safe
def failures(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Send the lines that were not, or not wholly, taken."""
    row = importing.one(import_id, by=writer(request))
    return _file(services.failures(row), f"要改的行-{Path(row.name).stem[:40]}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    )
