"""The one set of materials (一套材料): choose ways, upload, remove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from tongban.attachments import queries as attachments
from tongban.calendars import queries as calendars
from tongban.cases.queries import applicant as cases
from tongban.core import http, time
from tongban.identity import services as limits
from tongban.portals.citizen.views.shell import page
from tongban.rules import clock
from tongban.themes.queries import drafts
from tongban.themes.rules.materials import AUTOMATIC, WAY_WORDS, Standing, summary
from tongban.themes.services import drafting


@dataclass(frozen=True)
class MaterialRow:
    """A material as its card draws it."""

    standing: Standing
    users: str
    options: list[tuple[str, str, str, bool]]
    files: list[dict[str, object]]
    earlier: list[str]
    licence_name: str
    agreed: bool
    error: str
    is_automatic: bool
    is_failed: bool


@require_http_methods(["GET", "POST"])
def materials(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The one set of materials: choose ways, upload, remove."""
    by = http.signed_in(request)
    draft = drafts.draft(draft_id, by=by)
    show_errors = False
    if request.method == "POST":
        act, _, rest = request.POST.get("act", "save").partition(":")
        choices = {
            key.removeprefix("way-"): (str(value), request.POST.get(f"agree-{key.removeprefix('way-')}", ""))
            for key, value in request.POST.items() if key.startswith("way-")
        }  # fmt: skip
        drafting.choose_way(draft_id, choices, by=by)
        for key in request.FILES:
            limits.count_try(f"upload:{by.account_id}", most=60, within=timedelta(minutes=1))
            for upload in request.FILES.getlist(key):
                drafting.add_file(draft_id, key.removeprefix("file-"), upload, by=by)
        if act == "remove":
            code, _, file_id = rest.partition(":")
            drafting.remove_file(draft_id, code, file_id, by=by)
        if act != "save" or request.FILES:
            anchor = rest.partition(":")[0] or next(iter(request.FILES), "").removeprefix("file-")
            return HttpResponseRedirect(f"/apply/{draft_id}/materials#m-{anchor}")
        draft = drafts.draft(draft_id, by=by)
        if all(row.is_ready for row in drafts.standings(draft, drafts.plan_of(draft))):
            return HttpResponseRedirect(f"/apply/{draft_id}/delivery")
        show_errors = True
    return _materials_page(request, draft, show_errors=show_errors)


def _materials_page(request: HttpRequest, draft: drafts.Draft, *, show_errors: bool) -> HttpResponse:
    plan = drafts.plan_of(draft)
    standing = drafts.standings(draft, plan)
    names = {item.code: item.name for item in plan.items}
    used_before = cases.earlier_files(draft.applicant_id)
    earlier = attachments.files({file for row in standing for file in used_before.get(row.material.type, ())})
    rows = [_material_row(draft, row, names, earlier, show_errors) for row in standing]
    total, free, open_count = summary(standing)
    errors = [(f"m-{row.standing.material.type}", row.error) for row in rows if row.error]
    failed = [(row, file) for row in rows for file in row.files if file.get("problem")]
    errors += [
        (f"m-{row.standing.material.type}", f"{file['name']}没有传上：{file['problem']}") for row, file in failed
    ]
    return page(request, "apply_materials", nav="me", draft=draft, got=[r for r in rows if r.is_automatic],
                todo=[r for r in rows if not r.is_automatic], total=total, free=free, open_count=open_count,
                errors=errors, still=[r for r in rows if not r.standing.is_ready],
                quiet=not show_errors, status=422 if show_errors else 200)  # fmt: skip


def _material_row(
    draft: drafts.Draft,
    standing: Standing,
    names: dict[str, str],
    earlier: dict[str, attachments.File],
    show_errors: bool,
) -> MaterialRow:
    material, entry = standing.material, draft.materials.get(standing.material.type, {})
    options = [(way, WAY_WORDS[way], _way_hint(standing, way), way == standing.way) for way in standing.ways]
    return MaterialRow(
        standing=standing,
        users="、".join(names[code] for code in material.items),
        options=options,
        files=entry.get("files", []),
        earlier=[earlier[file].name for file in standing.files if file in earlier] if standing.way == "reuse" else [],
        licence_name=names.get(material.provided_by or "", ""),
        agreed=entry.get("text") == "agreed",
        error=(standing.problem or "") if show_errors else "",
        is_automatic=standing.way in AUTOMATIC and standing.ways[0] in AUTOMATIC,
        is_failed=any(f.get("problem") for f in entry.get("files", [])),
    )


def _way_hint(standing: Standing, way: str) -> str:
    if way == "defer":
        days = standing.material.defer_days or 0
        due = clock.due(time.today(), limit=days, unit="workday", calendar=calendars.calendar()).due_on
        last = f"{due.month}月{due.day}日（星期{'一二三四五六日'[due.weekday()]}）"
        return f"先受理，{days} 个工作日内补交；今天提交的话，最晚 {last}补交。没补交，这一项就办不完"
    return {
        "counter": "提交后带到综合窗口，工作人员核对原件",
        "reuse": "用你上次申请交过的文件",
        "commit": "部门把条件一次说清，你书面承诺做到，就不用交这份证明",
        "none": "这份可以不交",
    }.get(way, "")
