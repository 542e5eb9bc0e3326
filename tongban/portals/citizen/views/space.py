"""我的空间: what waits, cases and their progress, corrections, licences, messages."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.attachments import queries as attachments
from tongban.attachments import services as files
from tongban.cases.queries import applicant as cases
from tongban.cases.queries import fees as costs
from tongban.cases.queries import mailing
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import WORDS, State
from tongban.cases.services import acceptance, ending, special
from tongban.cases.services.intake import HandedIn
from tongban.core import http, time
from tongban.documents import queries as documents
from tongban.evaluation.queries import inviting
from tongban.identity import queries as identity
from tongban.licences import queries as licences
from tongban.notices import queries as notices
from tongban.notices import services as telling
from tongban.portals.citizen import forms
from tongban.portals.citizen.views.home import todos
from tongban.portals.citizen.views.shell import page, problems, site
from tongban.rules.clock import LAMP_WORDS, Lamp
from tongban.rules.errors import DomainError, Invalid, NotFound
from tongban.themes.queries import drafts
from tongban.themes.rules import form
from tongban.themes.rules.materials import WAY_WORDS
from tongban.visits import queries as visits

DONE = {
    "password": "密码已改好。", "discard": "草稿已删除。", "fix": "补正已提交，部门会继续办理。", "withdraw": "这一项已撤回。",
    "supply": "材料已补交，部门会接着办。",
}  # fmt: skip


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """我的空间."""
    by = http.signed_in(request)
    if by.is_staff and by.person_id is None:
        return HttpResponseRedirect("/work/")
    joints = cases.mine(by=by, most=10)
    return page(
        request, "me", nav="me", person=identity.person_of(by), todos=todos(by), drafts=drafts.drafts(by=by),
        joints=[(joint, _joint_words(joint)) for joint in joints], licences=licences.held(by=by)[:6],
        unread=notices.unread(by=by), done=DONE.get(request.GET.get("done", ""), ""),
    )  # fmt: skip


def _joint_words(joint: cases.JointCase) -> str:
    rows = list(joint.cases.all())
    closed = sum(1 for row in rows if row.closed_at)
    returned = sum(1 for row in rows if row.state == State.RETURNED)
    return cases.headline_words(len(rows), closed, returned)


@require_safe
def my_cases(request: HttpRequest) -> HttpResponse:
    """All my cases."""
    rows = [(joint, _joint_words(joint)) for joint in cases.mine(by=http.signed_in(request))]
    return page(request, "my_cases", nav="me", rows=rows)


@require_safe
def case(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """The progress of one application, all members on one page."""
    by = http.signed_in(request)
    joint = cases.joint_case(joint_id, by=by)
    rows = cases.progress(joint)
    counts = [(lamp, LAMP_WORDS[lamp], sum(1 for r in rows if r.lamp == lamp)) for lamp in Lamp]
    handed = cases.materials(joint)
    files = attachments.files({file for m in handed for file in m.files})
    open_codes = {r.code for r in rows if r.is_open}
    wanted = {code for item in plans.read(joint.plan).items if item.code in open_codes for code in item.materials}
    return page(
        request, "case", nav="me", joint=joint, rows=rows, headline=cases.headline(rows).text.split("，"), counts=[c for c in counts if c[2]],
        cells=[{"done": "b", "ok": "g", "warn": "y", "bad": "r", "off": "p", "idle": ""}[r.lamp] for r in sorted(rows, key=lambda r: r.is_open)],
        asked=[r for r in rows if r.is_asked], papers=cases.papers(joint),
        deferred=[m for m in handed if m.way == "defer" and m.type_code in wanted],
        fee_rows=costs.orders([r.id for r in rows]), shipments=mailing.shipments([r.id for r in rows]),
        open_rows=[r for r in rows if r.is_open], visits=visits.of_joint(joint.pk), at=time.now(),
        ratings=inviting.of_joint(joint.pk),
        today=time.today(), done=DONE.get(request.GET.get("done", ""), ""),
        permit=licences.permit(joint.pk) if joint.theme_code else None,
        materials=[(m, WAY_WORDS.get(m.way, ""), [(file, files[file]) for file in m.files if file in files]) for m in handed],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def fix(request: HttpRequest, joint_id: UUID, case_id: UUID) -> HttpResponse:
    """Correct what was asked for, all at once (补正)."""
    by = http.signed_in(request)
    joint = cases.joint_case(joint_id, by=by)
    row = next((r for r in cases.progress(joint) if r.id == case_id), None)
    if row is None or not row.is_asked:
        raise NotFound("case.nothing_asked", "这一项现在没有要补正的", remedy="回到办件进度看最新进展")
    plan = plans.read(joint.plan)
    fields = {f.element: f for f in plan.fields}
    asked_fields = [fields[i["code"]] for i in row.asked if i["kind"] == "field"]
    found: dict[str, str] = {}
    typed = {f.element: joint.values.get(f.element, "") for f in asked_fields}
    if request.method == "POST":
        typed = forms.typed(request.POST, asked_fields)
        try:
            _resubmit(request, row, typed, asked_fields)
            return HttpResponseRedirect(f"/me/cases/{joint_id}/?done=fix")
        except DomainError as refusal:
            if not isinstance(refusal, Invalid):
                raise
            found = problems(refusal)
    items = [
        (i, forms.row(fields[i["code"]], typed[i["code"]], error=found.get(f"field:{i['code']}", ""))
         if i["kind"] == "field" else None, found.get(f"material:{i['code']}", ""))
        for i in row.asked
    ]  # fmt: skip
    errors = [(f"i-{name.replace(':', '-')}", said) for name, said in found.items()]
    return page(
        request, "fix", nav="me", joint=joint, row=row, items=items, errors=errors, status=422 if found else 200
    )


def _resubmit(
    request: HttpRequest, row: cases.Progress, typed: dict[str, str], asked: list[plans.PlannedField]
) -> None:
    values, found = {}, {}
    for planned in asked:
        value, problem = form.clean(
            planned, typed[planned.element], on=time.today(), demonstration=settings.DEMONSTRATION
        )
        if problem:
            found[f"field:{planned.element}"] = problem
        values[planned.element] = value
    handed, refused = _uploads(request, [i["code"] for i in row.asked if i["kind"] == "material"])
    if found or refused:
        raise Invalid("case.fix", "有几处要改", fields=found | refused)
    answer = acceptance.resubmit if row.state == State.RETURNED else special.correct
    answer(row.id, values=values, materials=handed, by=http.actor(request), seen=None)


def _uploads(request: HttpRequest, codes: list[str]) -> tuple[list[HandedIn], dict[str, str]]:
    """Store what was uploaded for each material; return what can be handed in and what was refused."""
    handed: list[HandedIn] = []
    refused: dict[str, str] = {}
    for code in codes:
        stored = []
        for upload in request.FILES.getlist(f"file-{code}"):
            try:
                stored.append(str(files.store(upload, by=http.actor(request)).pk))
            except DomainError as refusal:
                refused[f"material:{code}"] = f"{refusal.message}。{refusal.remedy}"
        if stored:
            handed.append(HandedIn(type=code, way="upload", files=tuple(stored)))
        elif request.POST.get(f"counter-{code}"):
            handed.append(HandedIn(type=code, way="counter"))
        elif f"material:{code}" not in refused:
            refused[f"material:{code}"] = "请重新上传这份材料，或选择到窗口交纸质的"
    return handed, refused


@require_POST
def supply(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """Hand in a material that was to follow."""
    by = http.signed_in(request)
    joint = cases.joint_case(joint_id, by=by)
    code = request.POST.get("type", "")
    handed, refused = _uploads(request, [code])
    if refused:
        raise Invalid("case.supply", next(iter(refused.values())), remedy="返回办件进度重新选择文件")
    users = [c for c in plans.read(joint.plan).items if code in c.materials]
    by_code = {row.code: row for row in cases.progress(joint) if row.is_open}
    open_users = [by_code[item.code] for item in users if item.code in by_code]
    if not open_users:
        raise NotFound("case.nothing_open", "用这份材料的事项都已办完，不用补交了")
    acceptance.supply(open_users[0].id, handed, by=by)
    return HttpResponseRedirect(f"/me/cases/{joint_id}/?done=supply")


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, joint_id: UUID, case_id: UUID) -> HttpResponse:
    """Withdraw one member, after a page that says what it means."""
    by = http.signed_in(request)
    joint = cases.joint_case(joint_id, by=by)
    rows = cases.progress(joint)
    row = next((r for r in rows if r.id == case_id), None)
    if row is None:
        raise NotFound("case.none", "没有找到这一项")
    if request.method == "POST":
        ending.withdraw(case_id, by=by, reason=request.POST.get("reason", ""))
        return HttpResponseRedirect(f"/me/cases/{joint_id}/?done=withdraw")
    waiting = [i.name for i in plans.read(joint.plan).items if row.code in i.needs_from]
    return page(request, "withdraw", nav="me", joint=joint, row=row, waiting=waiting, words=WORDS[State(row.state)])


@require_safe
def paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """A paper as PDF."""
    by = http.signed_in(request)
    try:
        row = cases.paper(paper_id, by=by)
    except NotFound:  # another's paper and one that never was read the same
        raise NotFound("documents.none", "没有找到这份文书", remedy="从办件进度的“文书”里打开") from None
    return pdf_response(documents.pdf(row, site=site(request)), f"{row.title}-{row.number}.pdf")


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Return a PDF to look at in the browser."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = FileNameHeader(name).value
    return response


class FileNameHeader:
    """The Content-Disposition of an inline file with a Chinese name. Source: RFC 6266."""

    def __init__(self, name: str) -> None:
        holder = FileResponse(b"", filename=name, as_attachment=False)
        self.value = holder.headers.get("Content-Disposition", "inline")


@require_safe
def case_file(request: HttpRequest, joint_id: UUID, file_id: UUID) -> HttpResponse:
    """A file that was handed in."""
    if not cases.may_open(file_id, joint_id=joint_id, by=http.signed_in(request)):
        raise NotFound("attachments.none", "没有找到这个文件")
    return file_response(file_id)


def file_response(file_id: UUID) -> HttpResponse:
    """Return a stored file as a download: never run, never sniffed."""
    row, content = attachments.content(file_id)
    response = HttpResponse(content, content_type=row.media_type)
    response["Content-Disposition"] = FileNameHeader(row.name).value.replace("inline", "attachment", 1)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def draft_file(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponse:
    """A file of an own draft."""
    draft = drafts.draft(draft_id, by=http.signed_in(request))
    kept = {f["id"] for entry in draft.materials.values() for f in entry.get("files", [])}
    if str(file_id) not in kept:
        raise NotFound("attachments.none", "没有找到这个文件")
    return file_response(file_id)


@require_safe
def my_licences(request: HttpRequest) -> HttpResponse:
    """My licences."""
    rows = licences.standings(licences.held(by=http.signed_in(request)))
    return page(request, "licences", nav="licences", rows=rows)


@require_safe
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """One licence with its face and QR."""
    row = _licence(request, licence_id)
    address = f"{site(request)}/check/{row.check_code}"
    return page(request, "licence", nav="licences", licence=row, standing=licences.standings([row])[0], address=address,
                qr=documents.qr_svg(address))  # fmt: skip


def _licence(request: HttpRequest, licence_id: UUID) -> licences.Licence:
    """Return an own licence whose fee is paid: to see it is to be handed the result."""
    row = licences.licence(licence_id, by=http.signed_in(request))
    if row.case_id is not None:
        costs.require_settled_of(row.case_id)
    return row


@require_safe
def licence_pdf(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """A licence as PDF."""
    row = _licence(request, licence_id)
    return pdf_response(licences.pdf(row, site=site(request)), f"{row.name}-{row.number}.pdf")


@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """My messages; reading them is an act of its own."""
    by = http.signed_in(request)
    if request.method == "POST":
        telling.mark_read(by)
        return HttpResponseRedirect("/me/inbox")
    return page(request, "inbox", nav="me", rows=notices.inbox(by=by), unread=notices.unread(by=by))
