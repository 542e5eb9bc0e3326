"""Finding what to do: home, themes, items, departments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from tongban.cases.queries import applicant as cases
from tongban.cases.rules.life import State
from tongban.cases.rules.plan import Plan, PlannedMaterial
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import http, time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.portals.citizen.views.shell import page
from tongban.themes.queries import composing, drafts
from tongban.themes.rules.spec import Limit, ThemeSpec

AUDIENCES = {"person": "个人", "firm": "法人"}
# Stages of a person's and of a firm's life, in their order (product guide 7.1 人生阶段、企业阶段).
STAGES = {
    "person": ("出生", "上学", "就业", "结婚", "买房", "看病", "退休", "身后事"),
    "firm": ("开办", "准营", "招工", "变更", "投资建设", "纳税", "领补贴", "注销"),
}
OFTEN = ("开酒店", "开理发店", "小学报名", "二手房过户", "毕业生就业", "公司注销")


@dataclass(frozen=True)
class ThemeRow:
    """A theme in a list."""

    code: str
    name: str
    summary: str
    limit: str
    count: int
    stage: str


def theme_row(theme: ThemeSpec) -> ThemeRow:
    """Return a theme as a row of a list."""
    return ThemeRow(
        theme.code, theme.short_name, theme.summary, limit_words(theme.limit), len(theme.members), theme.stage
    )


def limit_words(limit: Limit) -> str:
    """Return a limit in the fixed form: 5 个工作日, 即时办结."""
    return "即时办结" if limit.immediate else f"{limit.days} 个工作日"


@dataclass(frozen=True)
class Todo:
    """Something that waits for the signed-in person."""

    what: str
    link: str
    about: str
    due: date | None = None


def todos(by: Actor) -> list[Todo]:
    """Return what waits for the person: corrections first, then drafts."""
    found: list[Todo] = []
    for joint in cases.mine(by=by, most=20):
        asked = [case for case in joint.cases.all() if case.state == State.RETURNED]
        found += [
            Todo(f"补正 {len(case.asked)} 处", f"/me/cases/{joint.pk}/fix/{case.pk}", f"{joint.title} · {case.name}")
            for case in asked
        ]
    found += [
        Todo(f"继续办“{draft.title}”", f"/apply/{draft.pk}/", _saved(draft)) for draft in drafts.drafts(by=by)[:3]
    ]
    return found


def _saved(draft: drafts.Draft) -> str:
    return f"{draft.applicant.name} · {draft.updated_at.astimezone(time.CHINA):%m-%d %H:%M} 保存"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home page: one question, what waits, frequent themes, stages, departments."""
    by = http.actor(request)
    themes = composing.themes(settings.PLACE)
    frequent = [theme_row(t) for t in themes if t.frequent][:8] or [theme_row(t) for t in themes[:8]]
    half = (len(frequent) + 1) // 2
    used = composing.organisations_with_items(settings.PLACE)
    return page(
        request, "home", nav="home", often=OFTEN, columns=[frequent[:half], frequent[half:]], total=len(themes),
        stages=[(name, _stages(themes, kind), kind) for kind, name in AUDIENCES.items()],
        todos=todos(by) if by.person_id else [], departments=used[:10],
    )  # fmt: skip


def _stages(themes: Iterable[ThemeSpec], audience: str) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for theme in themes:
        if audience in theme.audience and theme.stage in STAGES[audience]:
            counts[theme.stage] = counts.get(theme.stage, 0) + 1
    return [(stage, counts[stage]) for stage in STAGES[audience] if stage in counts]


def days_words(days: int) -> str:
    """Return a promised limit in words."""
    return f"{days} 个工作日" if days else "当日办结"


@require_safe
def themes_page(request: HttpRequest) -> HttpResponse:
    """All themes, by audience and stage."""
    audience, stage = request.GET.get("audience", ""), request.GET.get("stage", "")
    themes = composing.themes(settings.PLACE)
    shown = [t for t in themes if (not audience or audience in t.audience) and (not stage or t.stage == stage)]
    known = [*STAGES["person"], *STAGES["firm"]]
    stages = sorted({t.stage for t in themes}, key=lambda name: known.index(name) if name in known else len(known))
    return page(request, "themes", nav="themes", rows=[theme_row(t) for t in shown], audience=audience, stage=stage,
                audiences=AUDIENCES, stages=stages, total=len(themes))  # fmt: skip


@dataclass(frozen=True)
class MemberRow:
    """A member on the theme page with its plan in days."""

    code: str
    name: str
    organisation: str
    is_lead: bool
    alone: str
    note: str
    cells: tuple[bool, ...]
    is_tracked_only: bool


def member_rows(plan: Plan) -> list[MemberRow]:
    """Return the members with the working days on which each is worked on; day 1 also holds what is done at once."""
    names = {item.code: item.name for item in plan.items}
    width = max(plan.schedule.days, 1)
    rows = []
    for item in plan.items:
        first, last = item.starts_after_days + 1, max(item.ends_after_days, 1)
        first = min(first, last)
        note = f"第 {first} 个工作日" if first == last else f"第 {first}–{last} 个工作日"
        if item.waits_for:
            note += f"，等{''.join(f'“{names[code]}”' for code in item.waits_for)}办好"
        cells = tuple(first <= n <= last for n in range(1, width + 1)) if width <= 15 else ()
        rows.append(MemberRow(item.code, item.name, item.org_name, item.org == plan.lead, days_words(item.alone_days), note,
                              cells, item.tracked_only))  # fmt: skip
    return rows


@dataclass(frozen=True)
class Bar:
    """A comparison with bar widths on one scale, in pixels of a 170 wide drawing."""

    label: str
    unit: str
    apart: int
    together: int
    saved: int
    apart_width: int
    together_width: int
    how: str


def bars(plan: Plan) -> list[Bar]:
    """Return the comparison of doing the items apart and together; only what saves something is boasted of."""
    return [
        Bar(s.label, s.unit, s.apart, s.together, s.saved, 170 if s.apart else 0,
            round(170 * s.together / s.apart) if s.apart else 0, s.how)
        for s in plan.savings if s.apart or s.together
    ]  # fmt: skip


@dataclass(frozen=True)
class MaterialGroup:
    """Materials by who fetches them."""

    title: str
    rows: tuple[PlannedMaterial, ...]


def material_groups(plan: Plan) -> list[MaterialGroup]:
    """Return the materials by what the applicant has to do for them."""
    free = tuple(m for m in plan.materials if m.is_free)
    soft = tuple(m for m in plan.materials if not m.is_free and (m.commitment or m.necessity != "required"))
    todo = tuple(m for m in plan.materials if m not in free and m not in soft)
    groups = [
        MaterialGroup("份免交，我们去取", free),
        MaterialGroup("份要你交", todo),
        MaterialGroup("份可以承诺、后补或不交", soft),
    ]
    return [group for group in groups if group.rows]


@require_safe
def theme_page(request: HttpRequest, code: str) -> HttpResponse:
    """A theme: what it does, members, comparison, materials, how it goes."""
    theme = composing.theme(settings.PLACE, code)
    plan = composing.compose_theme(settings.PLACE, code, None)
    fees = [(item.name, item.fee) for item in plan.items if item.fee]
    free = sum(1 for m in plan.materials if m.is_free)
    return page(request, "theme", nav="themes", theme=theme, plan=plan, members=member_rows(plan), bars=bars(plan),
                groups=material_groups(plan), fees=fees, free=free, limit=limit_words(theme.limit),
                conditional=theme.limit.conditional,
                organisations=len({item.org for item in plan.items}), questions=len(theme.questions))  # fmt: skip


@require_safe
def items_page(request: HttpRequest) -> HttpResponse:
    """All items, by audience or department."""
    audience, org = request.GET.get("audience", ""), request.GET.get("org", "")
    organisations = orgs.organisations(settings.PLACE)
    items = [
        item for item in catalogue.items(settings.PLACE).values()
        if (not audience or audience in item.audience) and (not org or item.org == org)
    ]  # fmt: skip
    drafted = [item for item in items if not item.prepared]
    if "unprepared" not in request.GET:
        items = [item for item in items if item.prepared]
    groups: dict[str, list[ItemSpec]] = {}
    for item in sorted(items, key=lambda item: (list(organisations).index(item.org), item.name)):
        groups.setdefault(organisations[item.org].name, []).append(item)
    title = organisations[org].full_name if org in organisations else f"{AUDIENCES.get(audience, '全部')}办事"
    return page(request, "items", nav=audience or "departments", groups=groups, title=title, total=len(items), audience=audience, org=org,
                unprepared=len(drafted) if "unprepared" not in request.GET else 0)  # fmt: skip


@require_safe
def departments_page(request: HttpRequest) -> HttpResponse:
    """The departments and how many items each has."""
    return page(
        request, "departments", nav="departments", rows=composing.organisations_with_items(settings.PLACE, all_too=True)
    )


@require_safe
def view_mode(request: HttpRequest) -> HttpResponse:
    """Choose text size and contrast: a cookie, no account needed."""
    response = HttpResponseRedirect(http.own_path(request.GET.get("next", "/"), "/"))
    for name, allowed in (("size", http.SIZES), ("contrast", ("std", "high"))):
        value = request.GET.get(name, "")
        if value in allowed:
            response.set_cookie(name, value, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """How personal information is used; accessibility."""
    return page(request, "about")
