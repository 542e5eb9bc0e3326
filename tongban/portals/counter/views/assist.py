"""帮代办: mandates that people gave this clerk, a new one with its consent, and beginning to act under it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.attachments import queries as attachments
from tongban.attachments import services as files
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.hall.queries import desk as hall
from tongban.identity import queries as identity
from tongban.identity.queries import Party
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Assistance
from tongban.orgs.rules import CONSENT_WAYS, MOST_ASSISTANCE_DAYS, read
from tongban.orgs.services import assistance as services
from tongban.orgs.services import presence as presences
from tongban.portals.counter.views import shell
from tongban.portals.counter.views.shell import Clerk
from tongban.rules.errors import DomainError, Invalid, NotFound, TooLarge, TooMany, Unsupported
from tongban.themes.queries import composing

USUAL_DAYS = 30


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the mandates that were given this clerk."""
    who = shell.clerk(request)
    rows = [(row, services.scope_words(row), orgs.lapse_of(row)) for row in orgs.assistances(by=who.by)]
    return shell.show(request, "assist", who=who, menu="assist", rows=rows)


def _options(who: Clerk) -> dict[str, str]:
    """Return what a mandate at this window can name: themes and items that the window takes."""
    allowed = hall.allowed_items(who.window)
    items = catalogue.items(settings.PLACE)
    themes = {
        f"theme:{theme.code}": theme.name
        for theme in composing.themes(settings.PLACE)
        if allowed.issuperset(member.item for member in theme.members)
    }
    return themes | {f"item:{code}": items[code].name for code in sorted(allowed)}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down a new mandate and ask for the person's consent."""
    who = shell.clerk(request)
    if request.method == "GET":
        return _form(request, who, {})
    sent, paper = request.POST, None
    try:
        person = _person(request, who)
        paper = shell.uploaded(request, "paper", by=who.by) if sent.get("consent") == "paper" else None
        if sent.get("consent") == "paper" and paper is None:
            raise Invalid("orgs.assistance", "有 1 处要改", fields={"paper": "请上传本人签字的授权书扫描件"})
        row = services.ask(
            who.window.pk, person_id=person.pk, covers=_covers(request, who), expires_on=_day(sent.get("expires_on", "")),
            consent=sent.get("consent", ""), by=who.by,
        )  # fmt: skip
        if paper is not None:
            services.agree_on_paper(row.pk, file_id=paper, by=who.by)
        else:
            services.send_code(row.pk, by=who.by)
    except (Invalid, TooLarge, Unsupported, TooMany) as refusal:
        files.discard([paper] if paper else [], by=who.by)
        fields = refusal.fields if isinstance(refusal, Invalid) else {}
        where = "paper" if isinstance(refusal, (TooLarge, Unsupported)) else "form"
        return _form(request, who, fields or {where: refusal.message})
    return HttpResponseRedirect(reverse("counter:assist_page", args=[row.pk]))


def _person(request: HttpRequest, who: Clerk) -> Party:
    """Return the person named, registered on the spot when unknown."""
    reading = read(request.POST.get("code", ""))
    if reading.kind != "person":
        raise Invalid("counter.code", "有 1 处要改", fields={"code": "刷身份证，或输入 18 位身份证号码"})
    name, phone = request.POST.get("name", "") or reading.name, request.POST.get("phone", "")
    known = identity.party_with("111", reading.code)
    if known is not None and not phone:
        if name and known.name != name:
            raise Invalid("counter.name", "有 1 处要改", fields={"name": "姓名和这个身份证号码登记的不一致"})
        return known
    return presences.register_person(who.window.pk, name=name, code=reading.code, phone=phone, by=who.by)


def _covers(request: HttpRequest, who: Clerk) -> dict[str, str]:
    if request.POST.get("scope") == "all":
        return {}
    options = _options(who)
    chosen = [key for key in request.POST.getlist("covers") if key in options]
    if not chosen:
        raise Invalid("orgs.assistance", "有 1 处要改", fields={"covers": "请选择授权办哪几件，或选全部事项"})
    return {key: options[key] for key in chosen}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as problem:
        fields = {"expires_on": "请填到期日，例如 2026-12-01"}
        raise Invalid("orgs.assistance", "有 1 处要改", fields=fields) from problem


def _form(request: HttpRequest, who: Clerk, errors: dict[str, str]) -> HttpResponse:
    sent, today = request.POST, time.today()
    chosen = set(sent.getlist("covers"))
    return shell.show(
        request, "assist_new", who=who, menu="assist", sent=sent, errors=errors, scope=sent.get("scope", "some"),
        consent=sent.get("consent", "code"), ways=CONSENT_WAYS.items(), latest=today + timedelta(days=MOST_ASSISTANCE_DAYS),
        options=[(key, name, key.startswith("theme:"), key in chosen) for key, name in _options(who).items()],
        expires_on=sent.get("expires_on") or str(today + timedelta(days=USUAL_DAYS)), today=today,
        anchors=[(f"a-{name}", words) for name, words in errors.items()], status=422 if errors else 200,
    )  # fmt: skip


@require_safe
def page(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """Show a mandate: the code is asked for, or one may begin."""
    who = shell.clerk(request)
    return _page(request, who, orgs.assistance(assistance_id, by=who.by))


def _page(request: HttpRequest, who: Clerk, row: Assistance, *, refusal: DomainError | None = None) -> HttpResponse:
    problem = ""
    if refusal is not None:
        problem = (refusal.fields if isinstance(refusal, Invalid) else {}).get("consent_code", refusal.message)
    return shell.show(
        request, "assist_page", who=who, menu="assist", row=row, scope=services.scope_words(row), lapse=orgs.lapse_of(row),
        way=CONSENT_WAYS[row.consent], problem=problem, anchors=[("a-code", problem)] if problem else [],
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def send(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """Send the code once more."""
    who = shell.clerk(request)
    try:
        services.send_code(assistance_id, by=who.by)
    except TooMany as refusal:
        return _page(request, who, orgs.assistance(assistance_id, by=who.by), refusal=refusal)
    shell.tell(request, "新的授权码已发给本人，5 分钟内有效。")
    return HttpResponseRedirect(reverse("counter:assist_page", args=[assistance_id]))


@require_POST
def agree(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """Take the code that the person read out."""
    who = shell.clerk(request)
    try:
        services.agree(assistance_id, code=request.POST.get("consent_code", ""), by=who.by)
    except (Invalid, TooMany) as refusal:
        return _page(request, who, orgs.assistance(assistance_id, by=who.by), refusal=refusal)
    shell.tell(request, "本人已同意，授权生效。")
    return HttpResponseRedirect(reverse("counter:assist_page", args=[assistance_id]))


@require_POST
def begin(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """Begin to act for the person."""
    who = shell.clerk(request)
    row = services.begin(assistance_id, by=who.by)
    return HttpResponseRedirect(reverse("counter:present", args=[row.pk]))


@require_safe
def paper(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """Send the scan of the paper that the person signed, to the helper who took it."""
    who = shell.clerk(request)
    row = orgs.assistance(assistance_id, by=who.by)
    if row.paper_id is None:
        raise NotFound("orgs.no_paper", "这份授权没有纸质授权书", remedy="回到帮代办页面")
    file, content = attachments.content(row.paper_id)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="authority.{file.name.rpartition(".")[2][:4]}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
