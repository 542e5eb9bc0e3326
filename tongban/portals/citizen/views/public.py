"""Pages for everybody: progress by number, the check page of licences and papers, health."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.cases.queries import applicant as cases
from tongban.cases.queries import defaults
from tongban.catalogue import queries as catalogue
from tongban.core import health, http, time
from tongban.documents import queries as documents
from tongban.identity import services as limits
from tongban.licences import queries as licences
from tongban.licences.rules import Verdict
from tongban.portals.citizen.forms import FieldRow
from tongban.portals.citizen.views.shell import error_summary, page
from tongban.rules import masking
from tongban.rules.errors import TooMany


@require_http_methods(["GET", "POST"])
def glance(request: HttpRequest) -> HttpResponse:
    """Progress by number and the last four digits of the phone. Status words only."""
    number = masking.compact(request.POST.get("number", request.GET.get("number", "")))
    digits = masking.compact(request.POST.get("digits", ""))
    found, problems, status = None, {}, 200
    if request.method == "POST":
        problems = _glance_problems(number, digits)
        try:
            found = None if problems else cases.glance(number, digits, by=http.actor(request))
            if found is None and not problems:
                problems["number"] = "编号和手机号后四位对不上，请照着回执核对。错 5 次当天不能再查这个编号"
        except TooMany as refusal:
            problems["number"] = f"{refusal.message}。登录后可以在“我的空间”里查"
            status = 429
    rows = [
        FieldRow(name="number", label="办件编号", value=number, error=problems.get("number", ""), hint="21 位，在回执和消息里"),
        FieldRow(name="digits", label="手机号后四位", value="", error=problems.get("digits", ""), inputmode="numeric",
                 width="input--w4", hint="申请时填的联系手机"),
    ]  # fmt: skip
    return page(request, "glance", nav="glance", rows=rows, found=found, errors=error_summary(rows),
                status=status if status != 200 else 422 if problems else 200)  # fmt: skip


def _glance_problems(number: str, digits: str) -> dict[str, str]:
    problems = {}
    if len(number) != 21:
        problems["number"] = f"办件编号应为 21 位，现在是 {len(number)} 位"
    if len(digits) != 4 or not digits.isdigit():
        problems["digits"] = "请填手机号的最后 4 位数字"
    return problems


@require_safe
def defaults_page(request: HttpRequest) -> HttpResponse:
    """The monthly public count of 超时默认 by unit, and the items that it can happen to."""
    items = [item for item in catalogue.items(settings.PLACE).values() if item.on_timeout]
    return page(request, "defaults", nav="", rows=defaults.monthly(settings.PLACE), items=items)


@require_safe
def check(request: HttpRequest, code: str = "") -> HttpResponse:
    """Check a licence or paper by the code of its QR: anybody may."""
    given = code or masking.normal(request.GET.get("code", "")).lower().replace(" ", "")
    if given and not code:
        return HttpResponseRedirect(f"/check/{given[:40]}" if given.isalnum() else "/check/0")
    if not code:
        return page(request, "check", nav="check", result=None, paper=None, code="")
    limits.count_try(f"check:{http.address(request)}", most=30, within=timedelta(minutes=1))
    result = licences.check(code)
    paper = documents.by_check_code(code) if result.verdict == Verdict.UNKNOWN else None
    return page(request, "check", nav="check", result=None if paper else result, paper=paper, code=code, at=time.now())


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive; nothing is touched."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, migrations are complete, the catalogue is there."""
    findings = health.findings()
    return JsonResponse({"ready": not findings}, status=503 if findings else 200)
