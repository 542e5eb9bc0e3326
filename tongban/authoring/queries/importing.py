"""What an import would do: every line read, its item found, its outcome; what was imported before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tongban.authoring import permissions
from tongban.authoring.models import Draft, Import, ImportRow
from tongban.authoring.queries import drafts
from tongban.authoring.rules import columns, laying, lines, planning
from tongban.authoring.rules.life import OPEN, State
from tongban.authoring.rules.planning import Known, Plan, Standing
from tongban.authoring.rules.sheets import Book, Line, Sheet
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import exchange
from tongban.core.actor import Actor
from tongban.licences import queries as licences
from tongban.orgs import queries as orgs
from tongban.orgs.rules import level_of
from tongban.rules.errors import NotFound
from tongban.vocabulary import queries as vocabulary

STATES = {"mapping": "待选列", "ready": "待取入", "taken": "已取入"}


def writes_for(by: Actor) -> frozenset[str] | None:
    """Return the organisations for which the actor may import; None means all. The command line may all."""
    return None if by.channel == "system" else permissions.writes_for(by)


def visible_to(by: Actor) -> QuerySet[Import]:
    """Return the imports that the actor may see: the own ones; all for who writes for every body."""
    rows = Import.objects.all()
    return rows if writes_for(by) is None else rows.filter(account_id=by.account_id)


def one(import_id: UUID, *, by: Actor) -> Import:
    """Return an import. Raises NotFound."""
    row = visible_to(by).filter(pk=import_id).first()
    if row is None:
        raise NotFound("import.none", "没有找到这次导入", remedy="从导入页重新上传")
    return row


def recent(pack: str, *, by: Actor, most: int = 10) -> list[Import]:
    """Return the latest imports that the actor may see."""
    return list(visible_to(by).filter(pack=pack).order_by("-created_at")[:most])


def rows(row: Import, *, outcome: str = "") -> QuerySet[ImportRow]:
    """Return the lines of an import in their order; those of one outcome, or "partial"."""
    found = row.rows.select_related("draft").order_by("sheet", "line")
    if outcome == "partial":
        return found.filter(is_partial=True).exclude(outcome="faulty")
    return found.filter(outcome=outcome) if outcome else found


def book_of(row: Import) -> Book:
    """Return the sheets of an import as they were read."""
    held: dict[int, list[Line]] = {}
    for each in row.rows.order_by("sheet", "line").values_list("sheet", "line", "cells", "filled"):
        held.setdefault(each[0], []).append(Line(each[1], tuple(each[2]), tuple(each[3])))
    return Book(
        tuple(
            Sheet(s["name"], s["kind"], s["head_line"], tuple(s["heads"]), tuple(held.get(n, ())))
            for n, s in enumerate(row.sheets)
        ),
        tuple(row.notes),
    )


def remembered(pack: str, heads_key: str) -> dict[str, list[str]]:
    """Return the columns as they were last chosen for a file with the same heads; {} where none was."""
    found = (
        Import.objects.filter(pack=pack, heads_key=heads_key).exclude(state="mapping").order_by("-created_at").first()
    )
    return dict(found.mapping) if found else {}


def lookup(pack: str) -> lines.Lookup:
    """Return the words of a place by every name: a name that two things have names neither."""
    units = orgs.organisations(pack)
    usccs: Counter[str] = Counter(org.uscc[8:17] for org in units.values())
    return lines.Lookup(
        organisations=_named((code, (code, org.name, org.full_name, *org.aliases)) for code, org in units.items()),
        usccs={**{org.uscc[8:17]: code for code, org in units.items() if usccs[org.uscc[8:17]] == 1},
               **{org.uscc: code for code, org in units.items()}},
        materials=_named((code, (code, kind.name)) for code, kind in vocabulary.words(pack).materials.items()),
        licences=_named((code, (code, kind.name)) for code, kind in licences.licence_types(pack).items()),
        basic=frozenset(spec.catalog_code for spec in catalogue.items(pack).values()),
    )  # fmt: skip


def _named(given: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for code, names in given:
        for name in names:
            found.setdefault(lines.named(name), set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def known(pack: str) -> Known:
    """Return the items of a place: in force, on their way, and what was last taken of each."""
    standings = {
        code: Standing(code, {}, row.version, row.file, spec_org=row.spec.org, name=row.spec.name, catalog_code=row.spec.catalog_code,
                       old_codes=row.spec.old_codes)
        for code, row in catalogue.published(pack).items()
    }  # fmt: skip
    opened = Draft.objects.filter(pack=pack, kind="item", state__in=[state.value for state in OPEN])
    for row in opened:
        old = row.body.get("old_codes")
        standings[row.code] = Standing(
            row.code, row.body, row.based_on, row.file, spec_org=row.organisation, name=row.name,
            catalog_code=str(row.body.get("catalog_code") or ""), old_codes=tuple(old) if isinstance(old, list) else (), draft=str(row.pk),
            is_locked=State(row.state) not in (State.EDITING, State.RETURNED),
        )  # fmt: skip
    specs = catalogue.items(pack)

    def body(code: str) -> dict[str, Any]:
        return drafts.body_of(specs[code]) if code in specs else {}

    taken = ImportRow.objects.filter(
        imported__pack=pack, imported__state="taken", outcome__in=["new", "changed"]
    ).exclude(draft__state=State.DISCARDED.value)
    last = dict(taken.exclude(draft=None).order_by("imported__taken_at", "pk").values_list("code", "digest"))
    levels = {code: level_of(org.region) for code, org in orgs.organisations(pack).items()}
    return Known(standings, body, last, levels, orgs.organisations(pack).keys())


def told(row: Import) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Return what was noticed of an import as a whole, and its columns that fill nothing (sheet, column, head)."""
    book = Book(
        tuple(Sheet(s["name"], s["kind"], s["head_line"], tuple(s["heads"]), ()) for s in row.sheets), tuple(row.notes)
    )
    return [*book.notes, *planning.unused(book, row.mapping)], planning.ignored(book, row.mapping)


def samples(row: Import, most: int = 3) -> dict[tuple[int, int], list[str]]:
    """Return the first different values of each column, by sheet and column."""
    found: dict[tuple[int, int], list[str]] = {}
    for sheet, cells in row.rows.order_by("sheet", "line").values_list("sheet", "cells")[:400]:
        for n, text in enumerate(cells):
            held = found.setdefault((sheet, n), [])
            if text.strip() and len(held) < most and text.strip()[:40] not in held:
                held.append(text.strip()[:40])
    return found


def plan(book: Book, mapping: Mapping[str, list[str]], *, pack: str, by: Actor) -> Plan:
    """Return what importing a book with these columns would do. Nothing is written."""
    return planning.plan(book, mapping, lookup(pack), known(pack), writes_for(by))


def filled(pack: str, *, by: Actor) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the items in force that the actor may write as lines of the template, and their materials."""
    own, units = writes_for(by), orgs.organisations(pack)
    kinds, by_name = vocabulary.words(pack).materials, lookup(pack).materials
    items, materials = [], []
    for code, spec in sorted(catalogue.items(pack).items()):
        if own is not None and spec.org not in own:
            continue
        body = drafts.body_of(spec)
        said = {each.key: laying.shown(each.key, body) for each in columns.ITEMS if each.is_in_template}
        org = units.get(spec.org)
        said |= {
            "org": org.full_name if org else spec.org,
            "@org_code": org.uscc if org else "",
            "code": code,
            "@mark": "",
        }
        said["@task_code"] = exchange.task_code(spec, org) if org else ""
        items.append(said)
        for use in body.get("materials", []):
            name = kinds[use["type"]].name if use["type"] in kinds else use["type"]
            name = name if by_name.get(lines.named(name)) == use["type"] else use["type"]  # two kinds may have one name
            materials.append(_material(use, code, spec.name, name))
    return items, materials


def _material(use: Mapping[str, Any], code: str, item: str, name: str) -> dict[str, str]:
    said = {"@mark": "", "m.item": code, "m.item_name": item, "m.org": "", "m.type": name}
    for column in columns.MATERIALS:
        held = laying.inner(use, column.key.removeprefix("m."))
        if column.key in said or held is None:
            continue
        said[column.key] = column.options.get(str(held), "是" if held is True else "否" if held is False else str(held))
    return {**{column.key: "" for column in columns.MATERIALS}, **said}
