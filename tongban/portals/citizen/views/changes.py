"""What changed in the catalogue (变更记录): every version published, and those that take effect at a set time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.authoring.queries import drafts, public
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import changed
from tongban.catalogue.rules.changed import Changed, Names
from tongban.portals.citizen.views.shell import page, pager

PAGE = 20  # entries on a page: each may be long
KINDS = {"created": "新增", "changed": "修改", "retired": "停用"}


@dataclass(frozen=True)
class EntryRow:
    """An entry as the page says it."""

    code: str
    name: str
    kind: str
    version: int
    at: datetime
    reason: str
    changes: list[Changed]
    is_offered: bool


@dataclass(frozen=True)
class ComingRow:
    """A version that was approved and takes effect at a set time."""

    code: str
    name: str
    at: datetime
    reason: str
    changes: list[Changed]
    is_new: bool


@require_safe
def changes_page(request: HttpRequest) -> HttpResponse:
    """The change log, the newest first; of one item where `item` names it. What is to come stands above."""
    code = request.GET.get("item", "")[:64]
    title = _name(code) if code else ""
    found = pager(request, catalogue.log_size(settings.PLACE, code=code), PAGE)
    names = catalogue.names(settings.PLACE)
    entries = catalogue.log(settings.PLACE, code=code, first=found.first, last=found.last)
    reasons = drafts.published_drafts(settings.PLACE, sorted({entry.code for entry in entries}))
    offered = catalogue.published(settings.PLACE)
    rows = []
    for entry in entries:
        draft = reasons.get((entry.code, entry.version))
        lines = [] if entry.kind == "retired" else _lines(entry.before, entry.after, names)
        rows.append(EntryRow(entry.code, entry.name, KINDS[entry.kind], entry.version, entry.at, draft.words if draft else "", lines,
                             entry.code in offered))  # fmt: skip
    coming = _coming(code, names) if not found.first else []
    return page(
        request,
        "open_changes",
        rows=rows,
        coming=coming,
        pager=found,
        code=code,
        title=title,
        is_offered=code in offered,
    )


def _lines(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> list[Changed]:
    """Return what the public is told of a change; of a first version nothing, the guide says it all."""
    return changed.changes(before, after, names, is_public=True) if before else []


def _coming(code: str, names: Names) -> list[ComingRow]:
    rows = []
    for draft in public.scheduled(settings.PLACE, code=code):
        if draft.effective_at is not None:
            lines = _lines(draft.base, draft.body, names)
            rows.append(ComingRow(draft.code, draft.name, draft.effective_at, draft.words, lines, not draft.base))
    return rows


def _name(code: str) -> str:
    """Return what an item is called, also one that is offered no more or not yet. Raises NotFound."""
    coming = public.scheduled(settings.PLACE, code=code)
    if coming and code not in catalogue.published(settings.PLACE):
        return coming[0].name
    latest = catalogue.versions(settings.PLACE, code)[0].number
    return catalogue.version(settings.PLACE, code, latest).name
