"""Check, plan, apply and export packs: the whole catalogue of a place in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from tongban.audit import services as audit
from tongban.catalogue import services as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.decisions import services as decisions
from tongban.documents import services as documents
from tongban.indicators.services import publishing as indicators
from tongban.licences import services as licences
from tongban.orgs.services import structure as orgs
from tongban.orgs.services import windows
from tongban.packs.adapters import folder
from tongban.packs.rules import checks
from tongban.packs.rules.pack import Located, Pack
from tongban.packs.rules.themes import dead_ends
from tongban.rules.errors import Conflict, NotFound
from tongban.rules.specs import Finding, SpecError
from tongban.search import services as search
from tongban.themes.services import publishing as themes
from tongban.vocabulary import services as vocabulary


@dataclass(frozen=True)
class Changes:
    """What applying a pack would do: codes by kind (“item/business-licence”). All empty: nothing to do."""

    create: tuple[str, ...]
    change: tuple[str, ...]
    retire: tuple[str, ...]

    def as_json(self) -> dict[str, list[str]]:
        """Return the changes as a plain mapping."""
        return {"create": list(self.create), "change": list(self.change), "retire": list(self.retire)}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.create or self.change or self.retire)


def check(path: Path) -> list[Finding]:
    """Return all that is wrong with the pack in a folder, by file and line."""
    pack, found = folder.read(path)
    found = found or checks.check(pack) or _drawn(pack)
    return sorted(found, key=lambda finding: (finding.file, finding.line))


@dataclass(frozen=True)
class Reported:
    """One line of the report on a catalogue: a finding under its rule number, and whether it blocks publishing."""

    finding: Finding
    blocks: bool

    def as_json(self) -> dict[str, str | int | bool]:
        """Return the line as a plain mapping."""
        return {**self.finding.as_json(), "blocks": self.blocks}


def report(path: Path) -> list[Reported]:
    """Return all that is wrong with the catalogue in a folder, as implementation lists too, by file and line."""
    return _reported(*folder.read(path))


def report_in_force(code: str, changed: Mapping[str, object] | None = None) -> list[Reported]:
    """Return all that is wrong with the catalogue in force; with some of its files changed as given. Raises NotFound."""
    return _reported(*folder.load({**exported(code), **(changed or {})}))


def _reported(pack: Pack, found: list[Finding]) -> list[Reported]:
    found = [*found, *([] if found else checks.check(pack))]
    rows = [Reported(checks.numbered(row), blocks=True) for row in found]
    faults = checks.item_faults(pack) if pack.places else ()
    rows += [Reported(item.finding(f.path, f.rule, f.message, f.remedy), f.blocks) for item, f in faults]
    if not found:
        rows += [Reported(hint, blocks=False) for theme in pack.themes.values() for hint in dead_ends(theme)]
    return sorted(rows, key=lambda row: (row.finding.file, row.finding.line, row.finding.rule))


def plan(path: Path) -> Changes:
    """Return what applying the pack would change. Raises SpecError for a pack with findings."""
    return _changes(_checked(path))


def _checked(path: Path) -> Pack:
    pack, found = folder.read(path)
    found = found or checks.check(pack) or _drawn(pack)
    if found:
        raise SpecError(found)
    return pack


def _drawn(pack: Pack) -> list[Finding]:
    """Draw a sample by each template; what is wrong stands at the line of its text."""
    found = []
    for row in pack.templates.values():
        fault = documents.flaw(row.spec)
        if fault is not None:
            line = row.document.line_of((*row.path, "text")) + fault.line
            found.append(
                Finding(row.document.file, line, "template", f"模板第 {fault.line} 行：{fault.words}", "照说的改")
            )
    return found


def _placed(rows: dict[str, Located[Any]]) -> list[Placed[Any]]:
    return [Placed(code, row.spec, row.file, row.position) for code, row in rows.items()]


def _changes(pack: Pack) -> Changes:
    parts: list[tuple[str, tuple[list[str], list[str], list[str]]]] = [
        ("org", orgs.differences(pack.code, _placed(pack.places), _placed(pack.regions), _placed(pack.organisations))),
        (
            "word",
            vocabulary.differences(pack.code, _placed(pack.sections), _placed(pack.elements), _placed(pack.materials)),
        ),
        ("licence", licences.differences(pack.code, _placed(pack.licences))),
        ("decision", decisions.differences(pack.code, _placed(pack.decisions))),
        ("template", documents.differences(pack.code, _placed(pack.templates))),
        ("basic", catalogue.basic_differences(pack.code, _placed(pack.basic_items))),
        ("item", catalogue.differences(pack.code, _placed(pack.items))),
        ("window", windows.differences(pack.code, _placed(pack.windows))),
        ("theme", themes.differences(pack.code, _placed(pack.themes))),
        ("indicator", indicators.differences(pack.code, _placed(pack.indicators))),
        ("search", search.differences(pack.code, pack.synonyms)),
    ]
    lists: list[tuple[str, ...]] = [
        tuple(f"{kind}/{code}" for kind, part in parts for code in part[n]) for n in range(3)
    ]
    return Changes(*lists)


def apply(path: Path, *, by: Actor) -> Changes:
    """Bring a pack into force: one transaction, idempotent; running cases stay with their versions. Raises SpecError."""
    return _apply(_checked(path), by=by)


def apply_changed(code: str, changed: Mapping[str, object], *, by: Actor, at: datetime | None = None) -> Changes:
    """Bring some changed files of the catalogue in force into force, from now or from `at`. Raises NotFound, SpecError."""
    pack, found = folder.load({**exported(code), **changed})
    found = found or checks.check(pack)
    if found:
        raise SpecError(found)
    return _apply(pack, by=by, at=at)


@transaction.atomic
def _apply(pack: Pack, *, by: Actor, at: datetime | None = None) -> Changes:
    changes = _changes(pack)
    if changes.is_empty:
        return changes
    at = at or time.now()
    orgs.apply(pack.code, _placed(pack.places), _placed(pack.regions), _placed(pack.organisations), at=at)
    vocabulary.apply(pack.code, _placed(pack.sections), _placed(pack.elements), _placed(pack.materials), at=at)
    licences.apply(pack.code, _placed(pack.licences), at=at)
    decisions.apply(pack.code, _placed(pack.decisions), at=at)
    documents.apply(pack.code, _placed(pack.templates), at=at)
    search.set_synonyms(pack.code, pack.synonyms)
    catalogue.apply_basic(pack.code, _placed(pack.basic_items), at=at)
    catalogue.apply(pack.code, _placed(pack.items), at=at)
    themes.apply(pack.code, _placed(pack.themes), at=at)
    windows.apply(pack.code, _placed(pack.windows))
    indicators.apply(pack.code, _placed(pack.indicators), at=at)
    audit.record("packs.applied", "pack", pack.code, by=by)
    return changes


def exported(code: str) -> dict[str, object]:
    """Return the files of the pack in force with their contents. Raises NotFound."""
    rows: list[tuple[str, str, object]] = [
        *orgs.exported(code), *vocabulary.exported(code), *licences.exported(code), *decisions.exported(code), *documents.exported(code),
        *catalogue.exported_basic(code), *catalogue.exported(code), *themes.exported(code), *windows.exported(code),
        *indicators.exported(code),
    ]  # fmt: skip
    if not rows:
        raise NotFound("packs.none", f"没有装入过“{code}”的目录包", remedy="先运行 tongban setup 或 tongban pack apply")
    groups = search.exported(code)
    if groups:
        rows.append(("synonyms.yaml", "", {"groups": groups}))
    return folder.grouped(rows)


def export(code: str, path: Path) -> int:
    """Write the pack in force into an empty folder; return the number of files. Raises NotFound, Conflict."""
    files = exported(code)
    try:
        folder.write(path, files)
    except FileExistsError as problem:
        raise Conflict("packs.not_empty", f"{path} 不是空文件夹", remedy="换一个新文件夹") from problem
    return len(files)
