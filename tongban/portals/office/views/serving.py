"""送达登记 and 补打: record how papers reached the applicant; print a paper once more, marked and counted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tongban.cases.queries import applicant, mailing
from tongban.cases.queries import serving as queries
from tongban.cases.queries.mailing import Case
from tongban.cases.services import serving
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents import services as documents
from tongban.documents.rules import ANNOUNCED_DAYS, PROVED_BY, WAY_WORDS, Served, Way
from tongban.portals.office.views import shell
from tongban.rules import masking
from tongban.rules.errors import Conflict, DomainError, Invalid, NotFound

LABELS = {
    "recipient": "受送达人（谁收的）", "served_on": "送达日期", "witness": "见证人，或拍照录像的编号", "entrusted_to": "受托送达的机关",
    "waybill": "运单号", "announced_in": "公告登在哪里", "announced_days": "公告期（日）", "note": "说明",
}  # fmt: skip
# What stands under a way: its law in a few words.
HINTS = {
    Way.DIRECT: "当面交给受送达人或他的代收人，签收日为送达日", Way.LEFT: "拒收时，有见证人在场或拍照录像，把文书留下",
    Way.ENTRUSTED: "委托别的机关代送", Way.MAILED: "以回执上的签收日为送达日", Way.ANNOUNCED: "下落不明、别的方式送不到时；公告期满视为送达",
    Way.ELECTRONIC: "申请人同意，到达他的系统之日为送达日",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record that papers were served: which, how, on whom, when, with what proof."""
    by = shell.staff(request)
    case = mailing.for_desk(case_id, by=by)
    if request.method == "GET":
        return _shown(request, case, by=by)
    try:
        papers = [UUID(text) for text in request.POST.getlist("papers")]
        proof = serving.serve(case.pk, papers, _served(request.POST), by=by)
    except (Invalid, Conflict) as refusal:
        return _shown(request, case, by=by, refusal=refusal)
    except ValueError as problem:
        raise NotFound("documents.none", "没有找到这份文书", remedy="回到办件重新打开") from problem
    shell.tell(request, f"已登记送达，{proof.title} {proof.number}。")
    return HttpResponseRedirect(reverse("office:case", args=[case.pk]) + "?tab=papers")


def _served(sent: QueryDict) -> Served:
    words = {name: masking.normal(sent.get(name, "")) for name in LABELS}
    problems: dict[str, str] = {}
    if sent.get("way", "") not in set(Way):
        problems["way"] = "请选送达方式"
    try:
        on = date.fromisoformat(words["served_on"])
    except ValueError:
        on, problems["served_on"] = time.today(), "日期写成 2026-03-06"
    days = words["announced_days"]
    if problems:
        raise Invalid("documents.service", f"有 {len(problems)} 处要改", fields=problems)
    return Served(
        Way(sent.get("way", "")), words["recipient"], on, witness=words["witness"], entrusted_to=words["entrusted_to"],
        waybill=words["waybill"], announced_in=words["announced_in"], note=words["note"],
        announced_days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
    )  # fmt: skip


def _shown(request: HttpRequest, case: Case, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    rows, sent = queries.of_case(case), request.POST
    if all(row.service for row in rows) and refusal is None:
        raise NotFound("documents.nothing_to_serve", "没有要登记送达的文书", remedy="回到办件的文书页")
    first = {
        "recipient": case.applicant_name,
        "served_on": time.today().isoformat(),
        "announced_days": str(ANNOUNCED_DAYS),
    }
    chosen = sent.getlist("papers") if sent else [str(row.paper.pk) for row in rows if row.is_missing]
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    ways = [
        (way.value, words, HINTS[way], sent.get("way") == way.value)
        for way, words in WAY_WORDS.items()
        if way is not Way.ELECTRONIC or queries.consents_to_electronic(case)
    ]
    needs = {name: WAY_WORDS[way] for way, proofs in PROVED_BY.items() for name, _ in proofs}
    return shell.show(
        request, "serve_page", by=by, menu="home", case=case, refusal=refusal, fields=fields, errors=list(fields.items()),
        rows=[(row.paper, str(row.paper.pk) in chosen) for row in rows if row.service is None], ways=ways, labels=LABELS,
        typed={name: sent.get(name, first.get(name, "")) for name in LABELS},
        proofs=[(name, needs[name]) for name in needs], status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def reprint(request: HttpRequest, case_id: UUID, paper_id: UUID) -> HttpResponse:
    """Count a reprint and open it: it carries its number."""
    by = shell.staff(request)
    mailing.for_desk(case_id, by=by)
    row = documents.reprint(applicant.paper(paper_id, by=by).pk, by=by)
    return HttpResponseRedirect(f"{reverse('office:paper', args=[case_id, paper_id])}?copy={row.reprints}")
