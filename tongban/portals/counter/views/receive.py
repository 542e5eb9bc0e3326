"""收件登记, first half: who is at the window, and what the person wants to have done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongban.catalogue import queries as catalogue
from tongban.hall.queries import desk as hall
from tongban.hall.queries import pickups
from tongban.hall.services import reception
from tongban.identity import queries as identity
from tongban.identity.queries import Party
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Presence
from tongban.orgs.rules import DOCUMENTS, READ_WAYS, Reading, covers, read
from tongban.orgs.services import presence as presences
from tongban.portals.counter.views import shell
from tongban.portals.counter.views.shell import Clerk
from tongban.rules import masking
from tongban.rules.errors import DomainError, Invalid
from tongban.search import queries as search
from tongban.themes.queries import composing, drafts
from tongban.themes.services import drafting

MOST_HITS = 9


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the empty screen, or go on with the person who is still at the window."""
    who = shell.clerk(request)
    here = orgs.here(by=who.by)
    if here is not None:
        return HttpResponseRedirect(reverse("counter:present", args=[here.pk]))
    return _asking(request, who)


@require_POST
def choose_window(request: HttpRequest) -> HttpResponse:
    """Sit down at another window of one's own."""
    who = shell.clerk(request)
    chosen = request.POST.get("window", "")
    if any(str(window.pk) == chosen for window in who.windows):
        request.session[shell.WINDOW] = chosen
    return HttpResponseRedirect(reverse("counter:home"))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Let the person go: the next one comes."""
    who = shell.clerk(request)
    presences.leave(by=who.by)
    return HttpResponseRedirect(reverse("counter:home"))


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show the clerk's windows, what the one at hand takes, and the keys."""
    who = shell.clerk(request)
    items, units = catalogue.items(settings.PLACE), orgs.organisations(settings.PLACE)
    taken: dict[str, list[str]] = {}
    for code in sorted(hall.allowed_items(who.window), key=lambda code: (items[code].org, items[code].name)):
        taken.setdefault(units[items[code].org].name, []).append(items[code].name)
    return shell.show(request, "me", who=who, menu="me", taken=taken.items(), total=sum(map(len, taken.values())))


@dataclass(frozen=True)
class Person:
    """Somebody to choose: the person at the window, or the party for whom that person acts."""

    id: UUID
    name: str
    words: str


@dataclass(frozen=True)
class Asking:
    """What the first step asks for besides the code: nothing, who is here, for whom, or the facts of somebody new."""

    reading: Reading
    step: str = "code"  # code, person, applicant, new-person, new-firm
    people: tuple[Person, ...] = ()


def _asking(
    request: HttpRequest, who: Clerk, asking: Asking | None = None, *, errors: dict[str, str] | None = None
) -> HttpResponse:
    asking = asking or Asking(Reading("", ""))
    found = errors or {}
    return shell.show(
        request, "receive", who=who, menu="home", asking=asking, sent=request.POST, errors=found,
        anchors=[(f"i-{name}", words) for name, words in found.items()], documents=DOCUMENTS.items(), ways=READ_WAYS.items(),
        document=request.POST.get("document", "id-card"), way=request.POST.get("way") or asking.reading.way,
        status=422 if found else 200,
    )  # fmt: skip


@require_POST
def identify(request: HttpRequest) -> HttpResponse:
    """Find or register who stands at the window, step by step; then the stay begins."""
    who = shell.clerk(request)
    reading = read(request.POST.get("code", ""))
    if not reading.kind:
        said = "没有读到证件号码：刷身份证、扫营业执照二维码，或输入 18 位身份证号码、统一社会信用代码"
        return _asking(request, who, Asking(reading), errors={"code": said})
    asking = Asking(reading)
    try:
        if reading.kind == "person":
            return _person(request, who, reading)
        return _firm(request, who, reading)
    except Invalid as refusal:
        step = "new-person" if reading.kind == "person" else "new-firm"
        return _asking(request, who, Asking(asking.reading, step), errors=refusal.fields or {"code": refusal.message})


def _person(request: HttpRequest, who: Clerk, reading: Reading) -> HttpResponse:
    person = identity.party_with("111", reading.code)
    sent = request.POST
    if person is None:
        if "name" not in sent:
            return _asking(request, who, Asking(reading, "new-person"))
        person = presences.register_person(
            who.window.pk, name=sent.get("name", ""), code=reading.code, phone=sent.get("phone", ""), by=who.by
        )
    firms = identity.stands_for(person.pk)
    if firms and "applicant" not in sent:
        people = (Person(person.pk, person.name, "为本人办"), *(_firm_row(firm, person) for firm in firms))
        return _asking(request, who, Asking(reading, "applicant", people))
    applicant = next((firm for firm in firms if str(firm.pk) == sent.get("applicant")), person)
    return _begin(request, who, person.pk, applicant.pk, reading)


def _firm_row(firm: Party, person: Party) -> Person:
    return Person(firm.pk, firm.name, "法定代表人" if firm.representative_id == person.pk else "受委托")


def _firm(request: HttpRequest, who: Clerk, reading: Reading) -> HttpResponse:
    firm = identity.party_with("001", reading.code)
    sent = request.POST
    if firm is None:
        if "firm_name" not in sent:
            return _asking(request, who, Asking(reading, "new-firm"))
        person = presences.register_person(
            who.window.pk, name=sent.get("name", ""), code=sent.get("person_code", ""), phone=sent.get("phone", ""), by=who.by
        )  # fmt: skip
        firm = presences.register_firm(
            who.window.pk, name=sent.get("firm_name", ""), code=reading.code, representative_id=person.pk, by=who.by
        )
        return _begin(request, who, person.pk, firm.pk, reading)
    people = [Person(firm.representative.pk, firm.representative.name, "法定代表人")] if firm.representative else []
    people += [Person(m.agent_id, m.agent.name, f"受委托，到 {m.expires_on}") for m in identity.agents_of(firm.pk)]
    if not people:
        raise Invalid("counter.nobody", f"{firm.name}没有登记法定代表人，也没有受委托的人，请先读到场人的身份证")
    here = next((person for person in people if str(person.id) == sent.get("person")), None)
    if here is None:
        return _asking(request, who, Asking(reading, "person", tuple(people)))
    return _begin(request, who, here.id, firm.pk, reading)


def _begin(request: HttpRequest, who: Clerk, person_id: UUID, applicant_id: UUID, reading: Reading) -> HttpResponse:
    row = presences.check_in(
        who.window.pk, person_id=person_id, applicant_id=applicant_id, by=who.by,
        document=request.POST.get("document", "id-card"), way=request.POST.get("way") or reading.way,
    )  # fmt: skip
    return HttpResponseRedirect(reverse("counter:present", args=[row.pk]))


@dataclass(frozen=True)
class Hit:
    """A theme or item that this window takes."""

    kind: str
    code: str
    name: str
    words: str


@require_safe
def present(request: HttpRequest, presence_id: UUID) -> HttpResponse:
    """Show the person at the window and what the window can take for them: search over themes and items."""
    who = shell.clerk(request)
    here = orgs.presence(presence_id, by=who.by)
    query = masking.normal(request.GET.get("q", ""))[:60]
    return shell.show(
        request, "present", who=who, menu="home", here=here, query=query, hits=_hits(here, query),
        **panel(here, who),
    )  # fmt: skip


def panel(here: Presence, who: Clerk, *, without: UUID | None = None) -> dict[str, Any]:
    """Return what the left column shows about the person at the window; the draft on the desk is left out."""
    by = orgs.at_window(here.pk, by=who.by)
    begun = [row for row in drafts.drafts(by=by) if row.pk != without and _covered(here, row.theme_code, row.item_code)]
    return {
        "matters": hall.matters(here.applicant_id, by=who.by) if here.assistance is None or not here.assistance.covers else [],
        "begun": begun, "to_collect": pickups.waiting_of(here.applicant_id, who.windows),
        "document": DOCUMENTS.get(here.document, ""), "read_way": READ_WAYS.get(here.way, ""),
        "is_agent": here.person_id != here.applicant_id,
    }  # fmt: skip


def _covered(here: Presence, theme: str, item: str) -> bool:
    return here.assistance is None or covers(here.assistance.covers, theme=theme, item=item)


def _hits(here: Presence, query: str) -> list[Hit]:
    pack, allowed = settings.PLACE, hall.allowed_items(here.window)
    themes = {theme.code: theme for theme in composing.themes(pack)}
    items = catalogue.items(pack)
    if query:
        codes = [(hit.kind, hit.code) for hit in search.find(query, pack=pack)]
    else:
        codes = [("theme", theme.code) for theme in themes.values() if theme.frequent]
        codes += [("item", code) for code, item in items.items() if here.window.level in item.stations]
    rows = []
    for kind, code in codes:
        if not _covered(here, code if kind == "theme" else "", code if kind == "item" else ""):
            continue
        if kind == "theme" and code in themes and allowed.issuperset(m.item for m in themes[code].members):
            theme = themes[code]
            rows.append(Hit(kind, code, theme.name, f"最多 {len(theme.members)} 项联办，{theme.limit.text}"))
        if kind == "item" and code in items and code in allowed:
            orgs_by_code = orgs.organisations(pack)
            rows.append(
                Hit(
                    kind,
                    code,
                    items[code].name,
                    f"{orgs_by_code[items[code].org].name}，{items[code].promised_days} 个工作日",
                )
            )
    return rows[:MOST_HITS]


@require_POST
def start(request: HttpRequest, presence_id: UUID) -> HttpResponse:
    """Begin a sheet for a theme or an item."""
    who = shell.clerk(request)
    by = orgs.at_window(presence_id, by=who.by)
    kind, _, code = request.POST.get("what", "").partition(":")
    theme, item = (code, "") if kind == "theme" else ("", code)
    try:
        members = [m.item for m in composing.theme(settings.PLACE, theme).members] if theme else [item]
        reception.require_may_receive(orgs.presence(presence_id, by=who.by), members, theme=theme, item=item)
        draft = drafting.start(settings.PLACE, by=by, party_id=by.party_id, theme=theme, item=item)
    except DomainError as refusal:
        shell.tell(request, f"没有开始：{refusal.message}。{refusal.remedy}。")
        return HttpResponseRedirect(reverse("counter:present", args=[presence_id]))
    return HttpResponseRedirect(reverse("counter:sheet", args=[presence_id, draft.pk]))
