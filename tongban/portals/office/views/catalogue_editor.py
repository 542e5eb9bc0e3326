"""A section of an item's draft as a form: every button sends the whole form, keeps it, and gives it back changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.authoring.queries import drafts
from tongban.authoring.queries.drafts import Draft, Fault
from tongban.authoring.rules import forms, schema
from tongban.authoring.rules.schema import Column, Input
from tongban.authoring.services import drafting
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.changed import Changed
from tongban.core.actor import Actor
from tongban.decisions import queries as decisions
from tongban.licences import queries as licences
from tongban.orgs import queries as orgs
from tongban.portals.office.views import shell
from tongban.portals.office.views.catalogue import MENU, PACK, writer
from tongban.rules.errors import Conflict, NotFound
from tongban.vocabulary import queries as vocabulary

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Field:
    """One input on the page."""

    id: str
    name: str
    label: str
    kind: str
    value: str
    hint: str
    error: str
    options: list[tuple[str, str, bool]]
    is_on: bool
    is_rare: bool


@dataclass(frozen=True)
class Row:
    """A row of a list: its number, its inputs, the place in the stored list that it came from."""

    n: int
    number: int
    fields: list[Field]
    error: str

    @property
    def usual(self) -> list[Field]:
        """The inputs that always show."""
        return [field for field in self.fields if not field.is_rare]

    @property
    def rare(self) -> list[Field]:
        """The inputs that fold away."""
        return [field for field in self.fields if field.is_rare]

    @property
    def is_open(self) -> bool:
        """Whether something stands in what folds away."""
        return any((field.value and field.value != "False") or field.error for field in self.rare)


@dataclass(frozen=True)
class Block:
    """An element on the page: one input, a group, or a list of rows."""

    key: str
    label: str
    hint: str
    is_list: bool
    field: Field | None
    rows: list[Row]
    error: str


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, draft_id: UUID, slug: str) -> HttpResponse:
    """Edit a section of a draft."""
    by = writer(request)
    row = drafts.draft(draft_id, by=by)
    sections = schema.SCHEMAS[row.kind]
    if slug not in sections:
        raise NotFound("authoring.no_section", "稿子没有这一部分")
    if request.method == "GET":
        return _page(request, row, slug, row.body, by=by)
    sent = request.POST
    typed = forms.read(sections[slug][1], sent.dict(), dict(sent.lists()), row.body)
    typed, focus = forms.acted(sections, _named(row.kind, typed), sent.get("act", ""))
    seen = int(sent["seen"]) if sent.get("seen", "").isdigit() else 0
    try:
        drafting.write(draft_id, typed, seen=seen, by=by)
    except Conflict as refusal:
        stored = drafts.draft(draft_id, by=by)
        against = drafts.compared(row, stored.body, typed)
        return _page(request, stored, slug, typed, by=by, refusal=refusal, against=against)
    if sent.get("act", "") == "done":
        return HttpResponseRedirect(_next(row, slug))
    return HttpResponseRedirect(
        f"{reverse('office:draft_section', args=[draft_id, slug])}{'#' + focus if focus else ''}"
    )


def _named(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a theme with the names of its items where none was typed."""
    if kind != "theme" or not isinstance(body.get("members"), list):
        return body
    items = catalogue.items(PACK)
    members = [
        {**row, "name": items[row["item"]].name} if not row.get("name") and row.get("item") in items else row
        for row in _dicts(body["members"])
    ]
    return {**body, "members": members}


def _next(row: Draft, slug: str) -> str:
    slugs = list(schema.SCHEMAS[row.kind])
    after = slugs[slugs.index(slug) + 1 :]
    return reverse("office:draft_section", args=[row.pk, after[0]]) if after else reverse("office:draft", args=[row.pk])


def _page(
    request: HttpRequest, row: Draft, slug: str, body: Mapping[str, Any], *, by: Actor, refusal: Conflict | None = None,
    against: list[Changed] | None = None,
) -> HttpResponse:  # fmt: skip
    sections = schema.SCHEMAS[row.kind]
    name, inputs = sections[slug]
    faults = {fault.path: fault for fault in reversed(drafts.faults(row)) if fault.path} if body == row.body else {}
    lists = _lists(body) | (_theme_lists(body) if row.kind == "theme" else {})
    blocks = [_block(each, body, faults, lists) for each in inputs]
    errors = [
        ("-".join(map(str, path)), f"{fault.element}：{fault.message}") for path, fault in faults.items()
        if fault.blocks and schema.SECTION_OF[row.kind].get(str(path[0])) == slug
    ]  # fmt: skip
    slugs = list(sections)
    return shell.show(
        request, "catalogue_section", by=by, menu=MENU, row=row, name=name, slug=slug, blocks=blocks, errors=errors, refusal=refusal,
        against=against or [], number=slugs.index(slug) + 1, count=len(slugs), sections=[(s, sections[s][0]) for s in slugs],
        status=409 if refusal else 200,
    )  # fmt: skip


def _lists(body: Mapping[str, Any]) -> dict[str, Options]:
    """Return what can be chosen, by the name of the list."""
    words = vocabulary.words(PACK)
    asked = (
        [row.get("element") for row in body.get("fields", []) if isinstance(row, dict)]
        if isinstance(body.get("fields"), list)
        else []
    )
    whens = [
        (f"{code}={choice.value}", f"“{words.elements[code].name}”是“{choice.label}”")
        for code in asked if code in words.elements for choice in words.elements[code].choices
    ]  # fmt: skip
    return {
        "organisations": [(code, org.name) for code, org in orgs.organisations(PACK).items()],
        "elements": [(code, f"{words.sections[e.section].name}：{e.name}") for code, e in words.elements.items()],
        "materials": [(code, kind.name) for code, kind in words.materials.items()],
        "licences": [(code, kind.name) for code, kind in licences.licence_types(PACK).items()],
        "tables": [(code, table.spec.name) for code, table in decisions.tables(PACK).items()],
        "when": [("", "总是"), *whens],
        "after": [("", "上一环节之后"), ("none", "受理后马上开始")] + [
            (str(step.get("code")), f"“{step.get('name')}”之后") for step in body.get("steps", []) if isinstance(step, dict)
        ],
    }  # fmt: skip


def _theme_lists(body: Mapping[str, Any]) -> dict[str, Options]:
    """Return what can be chosen in a theme: items, its own members, elements with choices, answers of its questions."""
    known = vocabulary.words(PACK).elements
    whens = [
        (f"{q.get('code')}={choice.get('value')}", f"“{q.get('ask', '')}”答“{choice.get('label')}”")
        for q in _dicts(body.get("questions")) for choice in _dicts(q.get("choices"))
    ]  # fmt: skip
    members = _dicts(body.get("members"))
    return {
        "items": [(code, spec.name) for code, spec in catalogue.items(PACK).items() if spec.prepared],
        "members": [(str(m["item"]), str(m.get("name") or m["item"])) for m in members if m.get("item")],
        "choosing": [(code, element.name) for code, element in known.items() if element.choices],
        "when": [("", "总是"), *whens],
    }


def _dicts(value: object) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _block(
    given: Input, body: Mapping[str, Any], faults: Mapping[tuple[Any, ...], Fault], lists: dict[str, Options]
) -> Block:
    column, value = given.column, body.get(given.key)
    error = faults[(given.key,)].message if (given.key,) in faults else ""
    if not given.columns:
        inner = [fault.message for path, fault in faults.items() if path[0] == given.key and len(path) > 1]
        return Block(
            given.key,
            column.label,
            "",
            False,
            _field(column, (given.key,), value, error or "；".join(inner), lists),
            [],
            "",
        )
    if not given.is_list:
        fields = [_cell(given.key, each, (given.key,), value, faults, lists) for each in given.columns]
        return Block(given.key, column.label, column.hint, False, None, [Row(0, 1, fields, "")], error)
    rows = []
    for n, each in enumerate(value if isinstance(value, list) else []):
        fields = [_cell(given.key, col, (given.key, n), each, faults, lists) for col in given.columns]
        own = faults[(given.key, n)].message if (given.key, n) in faults else ""
        rows.append(Row(n, n + 1, fields, own))
    return Block(given.key, column.label, column.hint, True, None, rows, error)


def _cell(
    key: str,
    column: Column,
    place: tuple[Any, ...],
    holder: object,
    faults: Mapping[tuple[Any, ...], Fault],
    lists: dict[str, Options],
) -> Field:
    path = (*place, *column.key.split("."))
    found = [fault.message for where, fault in faults.items() if where[: len(path)] == path]
    value = forms.inner(holder, column.key)
    if column.kind == "unsure":
        own = [(str(each.get("value")), str(each.get("label"))) for each in _dicts(forms.inner(holder, "choices"))]
        lists = {**lists, "unsure": [("", "不能选“不确定”，一定要回答"), *own]}
    return _field(column, (*place, column.key), value, "；".join(found), lists)


def _field(column: Column, place: tuple[Any, ...], value: object, error: str, lists: dict[str, Options]) -> Field:
    name = "-".join(map(str, place))
    value = column.usual if value is None else value
    said = forms.shown(column, value)
    options: list[tuple[str, str, bool]] = []
    if column.kind in ("choice", "multi", "when", "after", "unsure"):
        known = (
            lists[column.options]
            if isinstance(column.options, str) and column.options
            else list(dict(column.options or {}).items())
        )
        known = lists[column.kind] if column.kind in ("when", "after", "unsure") else known
        held = [str(each) for each in value] if column.kind == "multi" and isinstance(value, list) else [said]
        if column.kind == "choice" and column.usual is None:
            known = [("", "请选择"), *known]
        if said == forms.KEEP:
            known = [*known, (forms.KEEP, "保持原来的（几个条件一起）")]
        elif column.kind != "multi" and said and said not in dict(known):
            known = [*known, (said, f"{said}（没有定义）")]
        options = [(code, label, code in held) for code, label in known]
    return Field(
        name, name, column.label, column.kind, said, column.hint, error, options, value is True, column.is_rare
    )
