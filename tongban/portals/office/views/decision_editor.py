"""决策表 edited on screen: one form that every button sends and gets back changed, until it is published."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.core.actor import Actor
from tongban.decisions import queries, services
from tongban.decisions.rules import checks
from tongban.decisions.rules import draft as drafts
from tongban.decisions.rules.checks import Flaw
from tongban.decisions.rules.draft import Draft
from tongban.decisions.rules.feel import KIND_WORDS
from tongban.decisions.rules.table import AGGREGATION_WORDS, HIT_WORDS
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.portals.office.views import decisions, shell
from tongban.rules.errors import Conflict, Invalid

PACK = settings.PLACE


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Edit a table as a form: every button sends the whole form and gets it back changed, until it is published."""
    by = decisions.admin(request)
    row = queries.own_table(PACK, code, by=by) if code else None
    if request.method == "GET":
        if row and not drafts.of_table(row.spec).fits_a_form:
            raise Conflict("decisions.too_large", "这张表太大，不能在网页上改", remedy="导出 DMN，改好再导入")
        draft = drafts.of_table(row.spec) if row else drafts.blank(by.organisations_as(Role.ADMIN.value)[0])
        return _editor(request, by, draft, seen=row.version if row else 0, is_new=row is None)
    sent, act = request.POST, request.POST.get("act", "check")
    org = row.spec.org if row else sent.get("org", "")
    draft, focus = drafts.acted(drafts.read(sent.dict(), org=org, code=code or sent.get("code", "").strip()), act)
    seen = decisions.number(sent.get("seen", ""))
    if act != "publish":
        return _editor(request, by, draft, seen=seen, is_new=row is None, focus=focus, act=act)
    table, _ = drafts.table(draft)
    if table is None:
        return _editor(request, by, draft, seen=seen, is_new=row is None, act=act, status=422)
    try:
        published = services.publish(PACK, table, seen=seen, reason=sent.get("reason", ""), by=by)
    except (Invalid, Conflict) as refusal:
        return _editor(
            request, by, draft, seen=seen, is_new=row is None, act=act, refusal=refusal, status=refusal.status
        )
    shell.tell(request, f"已发布“{table.name}”第 {published.version} 版，现在起按它办。")
    return HttpResponseRedirect(reverse("office:decision", args=[table.code]))


@dataclass(frozen=True)
class Field:
    """A field of the editor: its id, its value, what is wrong with it, and its name where no label stands beside it."""

    id: str
    value: str
    error: str
    words: str = ""


@dataclass(frozen=True)
class ColumnForm:
    """A column of the editor."""

    n: int
    name: Field
    label: Field
    type: Field
    values: Field


@dataclass(frozen=True)
class RowForm:
    """A row of the editor."""

    n: int
    number: int
    when: list[Field]
    then: list[Field]
    note: Field
    error: str
    is_hit: bool


def _editor(
    request: HttpRequest, by: Actor, draft: Draft, *, seen: int, is_new: bool, focus: str = "", act: str = "",
    refusal: Invalid | Conflict | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    table, flaws = drafts.table(draft)
    if table is not None:
        flaws = checks.flaws(table, queries.known_facts(PACK, table.code))
    shows = act in ("check", "publish", "try")
    errors = _by_field(flaws) if shows else {}
    if isinstance(refusal, Invalid) and "reason" in refusal.fields:
        errors["reason"] = refusal.fields["reason"]
    elif isinstance(refusal, Conflict):
        errors["name"] = f"{refusal.message}；{refusal.remedy}"
    is_whole = table is not None and not any(flaw.kind == "error" for flaw in flaws)
    tried = (
        decisions.tried_with(table, request.POST.dict()) if act == "try" and table is not None and is_whole else None
    )
    own = by.organisations_as(Role.ADMIN.value)
    known = orgs.organisations(PACK)
    return shell.show(
        request, "decision_edit", by=by, menu="decisions", draft=draft, seen=seen, is_new=is_new, status=status,
        act=act, focus=focus, tried=tried, try_fields=decisions.try_fields(draft, request.POST.dict()), errors=errors,
        anchors=list(errors.items()), hints=[flaw for flaw in flaws if flaw.kind == "hint"] if shows else [],
        is_clean=shows and is_whole, inputs=_columns("in", draft.inputs, errors), outputs=_columns("out", draft.outputs, errors),
        rows=_row_forms(draft, errors, tried), hits=HIT_WORDS.items(), aggregations=AGGREGATION_WORDS.items(),
        kinds=KIND_WORDS.items(), facts=_fact_names(), reason=request.POST.get("reason", ""),
        organisations=[(code, known[code].name) for code in own if code in known],
    )  # fmt: skip


def _by_field(flaws: list[Flaw]) -> dict[str, str]:
    found: dict[str, str] = {}
    for flaw in flaws:
        if flaw.kind == "error":
            found.setdefault(drafts.field_of(flaw.path), f"{decisions.place(flaw)}{flaw.message}；{flaw.remedy}")
    return found


def _columns(side: str, columns: tuple[drafts.Column, ...], errors: dict[str, str]) -> list[ColumnForm]:
    def field(n: int, name: str, value: str) -> Field:
        key = f"{side}-{n}-{name}"
        return Field(key, value, errors.get(key, ""))

    return [
        ColumnForm(n, field(n, "name", c.name), field(n, "label", c.label), field(n, "type", c.type), field(n, "values", c.values))
        for n, c in enumerate(columns)
    ]  # fmt: skip


def _row_forms(draft: Draft, errors: dict[str, str], tried: decisions.Tried | None) -> list[RowForm]:
    def field(key: str, value: str, words: str) -> Field:
        return Field(key, value, errors.get(key, ""), words)

    hits = tried.result.rows if tried else ()
    forms = []
    for r, row in enumerate(draft.rows):
        said = f"第 {r + 1} 行，"
        when = [
            field(f"r-{r}-w-{n}", text, f"{said}条件：{column.words or f'输入 {n + 1}'}")
            for n, (text, column) in enumerate(zip(row.when, draft.inputs, strict=True))
        ]
        then = [
            field(f"r-{r}-t-{n}", text, f"{said}结果：{column.words or f'输出 {n + 1}'}")
            for n, (text, column) in enumerate(zip(row.then, draft.outputs, strict=True))
        ]
        note = field(f"r-{r}-note", row.note, f"{said}说明")
        forms.append(RowForm(r, r + 1, when, then, note, errors.get(f"r-{r}", ""), r + 1 in hits))
    return forms


def _fact_names() -> list[tuple[str, str]]:
    return [(code, KIND_WORDS[fact.kind]) for code, fact in queries.known_facts(PACK).items()]
