"""事项管理: drafts of items, their checks and differences, review and publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.authoring.queries import drafts
from tongban.authoring.queries.drafts import Draft, Fault
from tongban.authoring.rules import life, schema
from tongban.authoring.rules.life import State
from tongban.authoring.services import drafting, publishing
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import elements
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.portals.office.views import shell
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.search import queries as search
from tongban.themes.queries import composing

PACK = settings.PLACE
MENU = "catalogue"


def writer(request: HttpRequest) -> Actor:
    """Return the officer, who writes or reviews items. Raises NotAllowed."""
    by = shell.staff(request)
    drafts.standing(by)
    return by


@dataclass(frozen=True)
class Listed:
    """An item or a draft of one in a list."""

    code: str
    name: str
    unit: str
    version: int
    draft: Draft | None
    state: str
    is_prepared: bool


MOST_ROWS = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open drafts, then the items that the officer may write, found by their words."""
    by = writer(request)
    text, may = masking.normal(request.GET.get("q", ""))[:60], drafts.standing(by)
    units = {code: org.name for code, org in orgs.organisations(PACK).items()}
    waiting = drafts.open_drafts(PACK, by=by)
    opened = {row.code: row for row in waiting if row.kind == "item"}
    rows = catalogue.published(PACK)
    codes = [hit.code for hit in search.find(text, pack=PACK, most=200) if hit.kind == "item"] if text else sorted(rows)
    listed = [
        Listed(code, rows[code].spec.name, units.get(rows[code].spec.org, ""), rows[code].version, opened.get(code),
               life.STATE_WORDS[State(opened[code].state)] if code in opened else "", rows[code].spec.prepared)
        for code in codes if code in rows and may.writes(rows[code].spec.org)
    ]  # fmt: skip
    said = [
        (row, life.STATE_WORDS[State(row.state)], units.get(row.organisation, ""), drafts.KIND_WORDS[row.kind])
        for row in waiting
    ]
    led = composing.published(PACK).items() if not text else ()
    themes = [(code, row.spec.name, row.version) for code, row in led if may.writes(row.spec.lead)]
    return shell.show(
        request, "catalogue_home", by=by, menu=MENU, waiting=said, themes=themes, rows=listed[:MOST_ROWS], total=len(listed), q=text,
        may_write=may.writes_for is None or bool(may.writes_for),
    )  # fmt: skip


@require_POST
def start(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Begin to change an item or a theme, or go on where somebody did."""
    if kind not in drafts.KIND_WORDS:
        raise NotFound("authoring.kind", "这里只编制事项和一件事")
    row = drafting.start(PACK, kind, code, by=writer(request))
    return HttpResponseRedirect(reverse("office:draft", args=[row.pk]))


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Begin a new item, with another one as its template, or a new theme."""
    by = writer(request)
    may = drafts.standing(by)
    units = [(c, o.name) for c, o in orgs.organisations(PACK).items() if may.writes(c)]
    items = {c: s for c, s in catalogue.items(PACK).items() if s.prepared} if kind == "item" else {}
    sent, found = request.POST, dict[str, str]()
    if request.method == "POST":
        found = _missing(sent.get("name", ""), sent.get("code", ""), sent.get("org", ""), dict(units))
        if not found:
            body = (
                _blank_item(sent.dict(), items.get(sent.get("like", "")))
                if kind == "item"
                else _blank_theme(sent.dict())
            )
            try:
                row = drafting.start_new(PACK, kind, sent["code"].strip(), body, by=by)
                return HttpResponseRedirect(reverse("office:draft", args=[row.pk]))
            except Invalid as refusal:
                found = dict(refusal.fields)
    return shell.show(
        request, "catalogue_new", by=by, menu=MENU, sent=sent, found=found, errors=list(found.items()), units=units,
        likes=sorted(((code, spec.name) for code, spec in items.items()), key=lambda row: row[1]), is_theme=kind == "theme",
        status=422 if found else 200,
    )  # fmt: skip


OWN = ("aliases", "keywords", "variants", "baseline", "local", "catalog_code", "code")  # what no template gives


def _blank_item(sent: Mapping[str, str], like: ItemSpec | None) -> dict[str, Any]:
    body = {key: value for key, value in drafts.body_of(like).items() if key not in OWN} if like else {}
    code = sent.get("catalog_code", "").strip()
    return body | {"name": sent["name"].strip(), "org": sent["org"]} | ({"catalog_code": code} if code else {})


def _blank_theme(sent: Mapping[str, str]) -> dict[str, Any]:
    seq = 1 + max((row.spec.seq for row in composing.published(PACK).values()), default=0)
    return {"name": sent["name"].strip(), "lead": sent["org"], "seq": seq}


def _missing(name: str, code: str, org: str, units: dict[str, str]) -> dict[str, str]:
    found = {}
    if len(name.strip()) < 4:
        found["name"] = "写事项名称，至少 4 个字，例如：食品小作坊登记"
    if (
        not code.strip()
        or not all(ch.islower() or ch.isdigit() or ch == "-" for ch in code.strip())
        or not code.isascii()
    ):
        found["code"] = "内部代码用小写字母、数字和 -，例如 food-workshop"
    if org not in units:
        found["org"] = "请选择实施主体"
    return found


@dataclass(frozen=True)
class Part:
    """A section of the editor in the list of tasks."""

    slug: str
    name: str
    said: str
    faults: int


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A draft: its sections, what is wrong, how it differs, what can be done with it."""
    by = writer(request)
    refusal: Invalid | Conflict | NotAllowed | None = None
    if request.method == "POST":
        try:
            told = _act(request, draft_id, by)
            shell.tell(request, told)
            return HttpResponseRedirect(
                reverse("office:draft", args=[draft_id]) if told != GONE else reverse("office:catalogue")
            )
        except (Invalid, Conflict, NotAllowed) as problem:
            refusal = problem
    row = drafts.draft(draft_id, by=by)
    state = State(row.state)
    found = drafts.faults(row) if state in life.OPEN else []
    percent, missing = elements.completeness(row.body) if row.kind == "item" else (0, [])
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    may = drafts.standing(by)
    own = may.writes(row.organisation)
    return shell.show(
        request, "catalogue_draft", by=by, menu=MENU, row=row, state=life.STATE_WORDS[state], parts=_parts(row, found), found=_shown(row.kind, found),
        blocking=sum(fault.blocks for fault in found), percent=percent, missing=missing, differences=drafts.differences(row),
        steps=[(s, life.VERB_WORDS.get(s.verb, s.verb)) for s in drafts.steps(row)], refusal=refusal, errors=fields, sent=request.POST,
        is_editing=own and state in (State.EDITING, State.RETURNED), is_review=state == State.REVIEW and may.reviews,
        is_own=str(by.account_id) in row.editors, may_take_back=own and state == State.REVIEW,
        may_undo=state == State.SCHEDULED and (own or may.reviews),
        is_outdated=row.based_on != drafts.in_force(PACK, row.kind, row.code).version and state in life.OPEN,
        unit=orgs.organisations(PACK)[row.organisation].full_name, status=refusal.status if refusal else 200,
    )  # fmt: skip


GONE = "稿子已作废。"


def _act(request: HttpRequest, draft_id: UUID, by: Actor) -> str:
    """Do what a button asks; return what to tell."""
    sent = request.POST
    seen = int(sent["seen"]) if sent.get("seen", "").isdigit() else 0
    match sent.get("act", ""):
        case "send":
            publishing.send(draft_id, seen=seen, words=sent.get("words", ""), by=by)
            return "已送审。由另一个人审核后发布。"
        case "take_back":
            publishing.take_back(draft_id, by=by)
            return "已撤回送审，可以继续改。"
        case "give_back":
            publishing.give_back(draft_id, words=sent.get("opinion", ""), by=by)
            return "已退回编制人。"
        case "publish":
            row = publishing.approve(draft_id, seen=seen, by=by)
            return f"已发布“{row.name}”第 {row.version} 版，现在起生效；在办的件不受影响。"
        case "schedule":
            row = publishing.approve(draft_id, seen=seen, by=by, at=_moment(sent.get("on", ""), sent.get("clock", "")))
            return "已审核通过，到时自动生效；生效前可以撤回。"
        case "undo":
            publishing.undo(draft_id, by=by)
            return "已撤回，不会生效。"
        case "bring_up":
            both = drafting.bring_up(draft_id, by=by)
            said = "、".join(elements.WORDS.get(key, key) for key in both)
            return (
                f"已并入新版本。两边都改了：{said}，现在保留的是你的。"
                if both
                else "已并入新版本，没有两边都改的地方。"
            )
        case "adopt":
            drafting.adopt(draft_id, sent.get("element", ""), seen=seen, by=by)
            return "已照基本目录改好这一项。"
        case "discard":
            drafting.discard(draft_id, by=by)
            return GONE
        case _:
            raise Conflict("authoring.act", "没有这个操作", remedy="刷新这一页再试")


def _moment(on: str, clock: str) -> datetime:
    try:
        day = datetime.fromisoformat(f"{on.strip()}T{clock.strip() or '00:00'}")
    except ValueError as problem:
        raise Invalid(
            "authoring.at", "有 1 处要改", fields={"at": "写生效的日期和时间，例如 2026-12-01 和 00:00"}
        ) from problem
    return time.at_china(day.date(), day.hour, day.minute)


def _parts(row: Draft, found: list[Fault]) -> list[Part]:
    counts, kind = dict[str, int](), row.kind
    for fault in found:
        section = schema.SECTION_OF[kind].get(str(fault.path[0]), "basics") if fault.path else ""
        counts[section] = counts.get(section, 0) + (1 if fault.blocks else 0)
    parts = []
    for slug, (name, inputs) in schema.SCHEMAS[kind].items():
        filled = sum(1 for each in inputs if row.body.get(each.key) not in (None, "", [], {}))
        parts.append(Part(slug, name, f"填了 {filled} 项", counts.get(slug, 0)))
    return parts


@dataclass(frozen=True)
class Told:
    """A fault with the address where it is mended."""

    fault: Fault
    section: str
    anchor: str

    @property
    def adopts(self) -> str:
        """The element that can be taken over from the basic list; "" for other faults."""
        return self.fault.rule.removeprefix("N-") if self.fault.rule.startswith("N-") else ""


def _shown(kind: str, found: list[Fault]) -> list[Told]:
    told = []
    for fault in found:
        section = schema.SECTION_OF[kind].get(str(fault.path[0]), "basics") if fault.path else ""
        told.append(Told(fault, section, "-".join(map(str, fault.path[:3]))))
    return sorted(told, key=lambda row: not row.fault.blocks)
