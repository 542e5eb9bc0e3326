"""Drafts: who sees which, what is wrong with one, how it differs from what is in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.authoring import permissions
from tongban.authoring.models import Draft, Step
from tongban.authoring.rules.life import OPEN, State
from tongban.authoring.rules.naming import theme_names
from tongban.authoring.rules.schema import NAMES
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import changed
from tongban.catalogue.rules.changed import Changed
from tongban.core.actor import Actor
from tongban.core.specs import Published
from tongban.packs import services as packs
from tongban.rules import specs
from tongban.rules.errors import NotAllowed, NotFound
from tongban.rules.specs import Document, Finding, Path, Spec
from tongban.themes.queries import composing

KIND_WORDS = {"item": "事项", "theme": "一件事"}
FILES = {"item": "items/{}.yaml", "theme": "themes/{}.yaml"}


@dataclass(frozen=True)
class Standing:
    """What an officer may do: write for these organisations (None: for all), review what others wrote."""

    writes_for: frozenset[str] | None
    reviews: bool

    def writes(self, organisation: str) -> bool:
        """Whether the officer may write items of an organisation."""
        return self.writes_for is None or organisation in self.writes_for


def standing(by: Actor) -> Standing:
    """Return what the actor may do. Raises NotAllowed for who may do nothing here."""
    found = Standing(permissions.writes_for(by), permissions.is_reviewer(by))
    if found.writes_for is not None and not found.writes_for and not found.reviews:
        raise NotAllowed(
            "authoring.not_writer", "只有单位管理员和政务服务管理机构能编制事项", remedy="请联系本单位管理员"
        )
    return found


@dataclass(frozen=True)
class InForce:
    """A spec as it is in force: its body, version, and the file that it is kept in. Version 0 is none."""

    body: dict[str, Any]
    version: int
    file: str


def in_force(pack: str, kind: str, code: str) -> InForce:
    """Return what is in force of a spec; an empty body and version 0 where there is none."""
    rows: Mapping[str, Published[Any]] = catalogue.published(pack) if kind == "item" else composing.published(pack)
    row = rows.get(code)
    if row is None:
        return InForce({}, 0, FILES[kind].format(code))
    return InForce(body_of(row.spec), row.version, row.file)


def body_of(spec: Spec) -> dict[str, Any]:
    """Return the body of a spec as a draft keeps it: values at their defaults are left out."""
    body: dict[str, Any] = json.loads(specs.canonical(spec))
    return body


def visible_to(by: Actor) -> QuerySet[Draft]:
    """Return the drafts that the actor may write or review."""
    own = permissions.writes_for(by)
    if own is None or permissions.is_reviewer(by):
        return Draft.objects.all()
    return Draft.objects.filter(organisation__in=own)


def open_drafts(pack: str, *, by: Actor) -> list[Draft]:
    """Return the open drafts that the actor may see, what waits for review first."""
    rows = visible_to(by).filter(pack=pack, state__in=[state.value for state in OPEN])
    order = [State.REVIEW, State.RETURNED, State.EDITING, State.SCHEDULED]
    return sorted(rows, key=lambda row: (order.index(State(row.state)), row.updated_at))


def draft(draft_id: UUID, *, by: Actor) -> Draft:
    """Return a draft. Raises NotFound for what is not there and what the actor may not see."""
    row = visible_to(by).filter(pk=draft_id).first()
    if row is None:
        raise NotFound("authoring.none", "没有找到这份稿子")
    return row


def open_of(pack: str, kind: str, code: str) -> Draft | None:
    """Return the open draft of a spec, whoever writes it."""
    return Draft.objects.filter(pack=pack, kind=kind, code=code, state__in=[s.value for s in OPEN]).first()


def steps(row: Draft) -> list[Step]:
    """Return what was done with a draft, first things first."""
    return list(row.steps.order_by("pk"))


def published_drafts(pack: str, codes: list[str]) -> dict[tuple[str, int], Draft]:
    """Return the drafts that became versions of items, by code and version: they know why."""
    rows = Draft.objects.filter(Q(pack=pack, kind="item", code__in=codes) & ~Q(version=None))
    return {(row.code, row.version): row for row in rows if row.version is not None}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a draft: the path in its body, the element in people's words, the rule, what, how to mend it."""

    path: Path
    element: str
    rule: str
    message: str
    remedy: str
    blocks: bool


def faults(row: Draft) -> list[Fault]:
    """Return what is wrong with the catalogue as this draft would make it, as far as it is this draft's doing.

    Findings in other files that the draft brings about (a theme that names what is gone) count as its own.
    """
    document = _Placed(row.file, dict(row.body), {}, [])
    known = _elsewhere(row.pack, row.file)
    found = []
    for line in packs.report_in_force(row.pack, {row.file: document}):
        finding = line.finding
        if finding.file == row.file:
            path = document.places[finding.line - 1]
            found.append(_fault(row.kind, path, finding.rule, finding.message, finding.remedy, line.blocks))
        elif line.blocks and (finding.file, finding.rule, finding.message) not in known:
            words = f"{finding.file}：{finding.message}"
            found.append(_fault(row.kind, (), finding.rule, words, finding.remedy, True))
    return found


def _elsewhere(pack: str, file: str) -> set[tuple[str, str, str]]:
    """Return what is wrong already without the draft, outside its file."""
    rows = packs.report_in_force(pack)
    return {(r.finding.file, r.finding.rule, r.finding.message) for r in rows if r.finding.file != file}


def _fault(kind: str, path: Path, rule: str, message: str, remedy: str, blocks: bool) -> Fault:
    element = str(path[0]) if path else ""
    return Fault(path, NAMES[kind].get(element, element), rule, message, remedy, blocks)


@dataclass(frozen=True)
class _Placed(Document):
    """A body whose findings are numbered instead of having lines: the n-th is at the n-th of `places`."""

    places: list[Path]

    def finding(self, path: Path, rule: str, message: str, remedy: str) -> Finding:
        """Return a finding whose “line” tells where its path is kept."""
        self.places.append(path)
        return Finding(self.file, len(self.places), rule, message, remedy)


def differences(row: Draft) -> list[Changed]:
    """Return how a draft differs from the version it was begun from, element by element."""
    return compared(row, row.base, row.body)


def compared(row: Draft, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """Return how two bodies of a draft differ, element by element: all of it, nothing is left out."""
    names = catalogue.names(row.pack)
    if row.kind == "theme":
        items = {code: spec.name for code, spec in catalogue.items(row.pack).items()}
        names = theme_names(names, items, before, after)
    return changed.changes(before, after, names)
