"""What the window prints: the receipt on 80 mm and A4 paper, the papers of a case, the list of what to bring."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_safe

from tongban.cases.queries import applicant
from tongban.core import time
from tongban.documents import queries as documents
from tongban.evaluation.queries import inviting, links
from tongban.hall.queries import desk as hall
from tongban.orgs import queries as orgs
from tongban.portals.counter import forms
from tongban.portals.counter.views import shell
from tongban.rules.errors import NotFound
from tongban.themes.queries import drafts
from tongban.themes.rules.materials import WAY_WORDS

FORMATS = ("slip", "a4")


@require_safe
def slip(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """Show what was received and accepted, with the receipt as it will be printed; `print` prints it at once."""
    who = shell.clerk(request)
    found = hall.joint(joint_id, by=who.by)
    here = orgs.here(by=who.by)
    size = request.GET.get("paper", "")
    address = request.build_absolute_uri(reverse("glance")) + "?" + urlencode({"number": found.joint.number})
    visit = inviting.visit_of(joint_id)
    rate = request.build_absolute_uri(links.path(visit.id, via="qr")) if visit else ""
    return shell.show(
        request, "slip", qr_rate=documents.qr_svg(rate) if rate else "", who=who, menu="home", found=found, joint=found.joint,
        here=here, qr=documents.qr_svg(address),
        size=size if size in FORMATS else FORMATS[0], auto=request.GET.get("print") in FORMATS, at=time.now(),
        handed=[(m, WAY_WORDS.get(m.way, "")) for m in applicant.materials(found.joint)],
        papers=applicant.papers(found.joint), place=orgs.place(found.joint.pack),
    )  # fmt: skip


@require_safe
def paper(request: HttpRequest, joint_id: UUID, paper_id: UUID) -> HttpResponse:
    """Send a paper of a joint case as PDF."""
    who = shell.clerk(request)
    found = hall.joint(joint_id, by=who.by)
    own = {found.joint.pk, *(member.case.pk for member in found.members)}
    row = next((row for row in applicant.papers(found.joint) if row.pk == paper_id and row.subject_id in own), None)
    if row is None:
        raise NotFound("documents.none", "没有找到这份文书", remedy="回到办件重新打开")
    response = HttpResponse(
        documents.pdf(row, site=request.build_absolute_uri("/").rstrip("/")), content_type="application/pdf"
    )
    response["Content-Disposition"] = content_disposition_header(False, f"{row.title}-{row.number}.pdf") or "inline"
    return response


@require_safe
def notice(request: HttpRequest, presence_id: UUID, draft_id: UUID) -> HttpResponse:
    """Show the one complete list of materials for this person and these answers, to print and take along (一次性告知)."""
    who = shell.clerk(request)
    by = orgs.at_window(presence_id, by=who.by)
    draft = drafts.draft(draft_id, by=by)
    plan = drafts.plan_of(draft)
    names = {item.code: item.name for item in plan.items}
    rows = [
        (row, forms.material_row(row, provider=names.get(row.material.provided_by or "", "")),
         "、".join(names[code] for code in row.material.items))
        for row in drafts.standings(draft, plan, at_window=True)
    ]  # fmt: skip
    return shell.show(
        request, "notice", who=who, menu="home", here=orgs.presence(presence_id, by=who.by), draft=draft, plan=plan, rows=rows,
        at=time.now(), place=orgs.place(draft.pack),
    )  # fmt: skip
