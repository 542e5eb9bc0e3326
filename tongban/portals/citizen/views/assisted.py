"""帮代办, as the person helped sees it: whom one let act, taking that back, scoring the help."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.core import http
from tongban.hall.queries import assisted as hall
from tongban.hall.rules import SCORES
from tongban.hall.services import scoring
from tongban.orgs import queries as orgs
from tongban.orgs.services import assistance as services
from tongban.portals.citizen.views.shell import page as show
from tongban.rules.errors import Conflict, Invalid

DONE = {"revoke": "授权已撤销，从现在起他不能再替你办。已经提交的不受影响。", "score": "谢谢，评分已记下。"}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the mandates that the person gave to helpers, and what these applied for."""
    return _page(request)


def _page(request: HttpRequest, *, joint_id: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    by = http.signed_in(request)
    given = [(row, services.scope_words(row), orgs.lapse_of(row)) for row in orgs.helpers_of(by=by)]
    return show(
        request, "helpers", nav="me", given=given, helped=hall.helped(by=by), scores=SCORES.items(), words=SCORES,
        done=DONE.get(request.GET.get("done", ""), ""), at_joint=joint_id, problem=problem,
        errors=[(f"s-{joint_id}", problem)] if problem else [], status=status,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """Ask before a mandate is taken back, and take it back."""
    by = http.signed_in(request)
    row = next((row for row in orgs.helpers_of(by=by) if row.pk == assistance_id and row.revoked_at is None), None)
    if row is None:
        raise orgs.no_assistance()
    if request.method == "GET":
        return show(
            request, "confirm", nav="me", title=f"撤销给{row.helper.name}的帮代办授权？", back="/me/helpers", act=request.path,
            means="撤销后他马上不能再替你办理。已经替你提交的申请不受影响。", button="撤销授权", keep="不撤销",
        )  # fmt: skip
    services.revoke(assistance_id, by=by)
    return HttpResponseRedirect("/me/helpers?done=revoke")


@require_POST
def score(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """Score the helper, once for each application."""
    given = request.POST.get("score", "")
    try:
        scoring.score(
            joint_id, score=int(given) if given in "12345" and len(given) == 1 else 0, text=request.POST.get("text", ""),
            by=http.signed_in(request),
        )  # fmt: skip
    except Invalid as refusal:
        return _page(request, joint_id=str(joint_id), problem=refusal.fields["score"], status=422)
    except Conflict as refusal:
        return _page(request, joint_id=str(joint_id), problem=refusal.message, status=refusal.status)
    return HttpResponseRedirect("/me/helpers?done=score")
