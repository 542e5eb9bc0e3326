"""What importing a book would do: the item of each line found, twins in the file, what changes, which drafts come of it.

A code is matched before a name, an item in force or on its way before a new one; a line that cannot be told apart is not taken.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tongban.authoring.rules import cells, columns, laying, lines, sheets
from tongban.authoring.rules.cells import FAULT, NOTE, PARTIAL
from tongban.authoring.rules.lines import Finding, Lookup, Values, named
from tongban.authoring.rules.sheets import Book, Line, Sheet, letter

NEW, CHANGED, SAME, FAULTY = "new", "changed", "same", "faulty"
OUTCOME_WORDS = {NEW: "新增", CHANGED: "改变", SAME: "没有变化", FAULTY: "要改"}


@dataclass(frozen=True)
class Standing:
    """An item that is there: in force, or on its way as a draft (then `body` is the draft's)."""

    code: str
    body: Mapping[str, Any]
    version: int
    file: str
    spec_org: str
    name: str
    catalog_code: str
    old_codes: tuple[str, ...] = ()
    draft: str = ""
    is_locked: bool = False  # waits for review or for its hour


@dataclass(frozen=True)
class Known:
    """The items of a place; `body` gives one in force, `last` the digest last taken of a line, `levels` those of the bodies."""

    items: Mapping[str, Standing]
    body: Callable[[str], dict[str, Any]]
    last: Mapping[str, str]
    levels: Mapping[str, str]
    organisations: Collection[str]


@dataclass(frozen=True)
class Row:
    """What a line would do."""

    sheet: int
    line: Line
    outcome: str
    code: str = ""
    name: str = ""
    digest: str = ""
    findings: tuple[Finding, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_partial(self) -> bool:
        """Whether something of the line is not taken."""
        return any(each.level == PARTIAL for each in self.findings)


@dataclass(frozen=True)
class Intended:
    """A draft that would be begun (`draft` is "") or written."""

    code: str
    body: dict[str, Any]
    base: dict[str, Any]
    version: int
    file: str
    draft: str


@dataclass(frozen=True)
class Plan:
    """What an import would do, line by line; the drafts; the columns that nothing knows as (sheet, column, head)."""

    rows: tuple[Row, ...]
    drafts: tuple[Intended, ...]
    ignored: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Return how many lines come out how; the four outcomes add up to the rows."""
        found = Counter(row.outcome for row in self.rows)
        return {
            "rows": len(self.rows), **{key: found[key] for key in OUTCOME_WORDS},
            "partial": sum(1 for row in self.rows if row.is_partial and row.outcome != FAULTY), "drafts": len(self.drafts),
        }  # fmt: skip


def plan(
    book: Book, mapping: Mapping[str, Sequence[str]], around: Lookup, known: Known, own: frozenset[str] | None
) -> Plan:
    """Return what importing a book would do for who may write for the bodies `own` (None: all)."""
    work = _Work(around, known, own)
    used = [(n, sheet, list(mapping.get(sheet.name, ()))) for n, sheet in enumerate(book.sheets)]
    for n, sheet, keys in used:
        if sheets.use_of(keys) == columns.ITEM:
            work.rows += [work.item(n, sheet, keys, line) for line in sheet.lines]
    for n, sheet, keys in used:
        if sheets.use_of(keys) == columns.MATERIAL:
            work.rows += [work.material(n, sheet, keys, line) for line in sheet.lines]
    made = [each for each in work.intended.values() if each.body != work.start(each.code)]
    rows = tuple(sorted(work.rows, key=lambda row: (row.sheet, row.line.number)))
    return Plan(rows, tuple(made), tuple(ignored(book, mapping)), (*book.notes, *unused(book, mapping)))


def ignored(book: Book, mapping: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str]]:
    """Return the columns that fill nothing, as sheet, column and head; those that only number the lines are left out."""
    return [
        (sheet.name, letter(at), sheet.heads[at]) for sheet in book.sheets if sheets.use_of(mapping.get(sheet.name, ()))
        for at, key in enumerate(mapping[sheet.name])
        if not key or (key == columns.IGNORED and not columns.is_serial(sheet.heads[at]))
    ]  # fmt: skip


def unused(book: Book, mapping: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is said of the sheets that are not taken: no column of theirs names an item."""
    return [
        f"工作表“{sheet.name}”没有选出事项名称或编码的列，没有取"
        for sheet in book.sheets if not sheets.use_of(mapping.get(sheet.name, ()))
    ]  # fmt: skip


class _Work:
    """The reading of one book: the drafts so far, what each identity was seen in."""

    def __init__(self, around: Lookup, known: Known, own: frozenset[str] | None) -> None:
        self.around, self.known, self.own = around, known, own
        self.rows: list[Row] = []
        self.intended: dict[str, Intended] = {}
        self.seen: dict[str, tuple[str, str]] = {}  # code of a line -> its digest, where it stands
        self.names: dict[tuple[str, str], str] = {}
        self.bad: dict[str, str] = {}  # names and codes of lines not taken -> where they stand
        self.by_basic: dict[tuple[str, str], list[str]] = {}
        self.by_name: dict[tuple[str, str], list[str]] = {}
        self.by_old: dict[str, list[str]] = {}
        for row in known.items.values():
            self._index(row.code, row.catalog_code, row.name, row.spec_org, row.old_codes)

    def _index(self, code: str, basic: str, name: str, org: str, old: Sequence[str] = ()) -> None:
        pairs: list[tuple[dict[Any, list[str]], Any]] = [(self.by_old, each) for each in old]
        pairs += [(self.by_basic, key) for key in ((basic, org), (basic, "")) if basic]
        pairs += [(self.by_name, key) for key in ((named(name), org), (named(name), "")) if name]
        for index, key in pairs:
            rows = index.setdefault(key, [])
            if code not in rows:
                rows.append(code)

    def start(self, code: str) -> dict[str, Any]:
        """Return the body from which a line begins: the open draft's, else what is in force."""
        standing = self.known.items.get(code)
        if standing is None:
            return {}
        return dict(standing.body) if standing.draft else self.known.body(code)

    def item(self, n: int, sheet: Sheet, keys: Sequence[str], line: Line) -> Row:
        """Return what a line of an item would do."""
        values, found = lines.read(line.cells, keys, (sheet.name, line.number, sheet.heads), self.around)
        row = Row(
            n,
            line,
            FAULTY,
            "",
            str(values.get("name", ""))[:200],
            lines.digest(values),
            tuple(found),
            _unknown(sheet, keys, line),
        )
        where = f"“{sheet.name}”第 {line.number} 行"
        at = _Teller(sheet, keys, line)
        if any(each.level == FAULT for each in found):
            return self._bad(row, values, where)
        if not any(values.get(key) for key in ("name", "code", "catalog_code", "old_codes")):
            return self._bad(
                row,
                values,
                where,
                at("name", FAULT, "没有事项名称，也没有编码，认不出是哪一项", "补上事项名称和基本编码"),
            )
        org, said = self._organisation(values, at)
        row = replace(row, findings=(*row.findings, *said))
        if any(each.level == FAULT for each in said):
            return self._bad(row, values, where)
        code = self._code(values, org)
        if not code:
            key = "catalog_code" if values.get("catalog_code") else "name"
            return self._bad(
                row,
                values,
                where,
                at(key, FAULT, "有几个事项是这个编码或名称，认不出是哪一个", "写上内部代码或基本编码"),
            )
        row = replace(row, code=code)
        refused = self._refused(code, org, at) or self._twin(row, values, where, at)
        if refused is not None:
            if refused.level == FAULT:
                return self._bad(row, values, where, refused)
            return replace(row, outcome=SAME, findings=(*row.findings, refused))
        self.seen[code] = (row.digest, where)
        row = replace(row, findings=(*row.findings, *self._same_name(values, org, where, at)))
        self._index(code, str(values.get("catalog_code", "")), row.name, org, values.get("old_codes", ()))
        return self._laid(row, code, {**values, **({"org": org} if org else {})}, code)

    def _bad(self, row: Row, values: Values, where: str, *more: Finding) -> Row:
        for key in ("name", "code", "catalog_code"):
            if values.get(key):
                self.bad.setdefault(named(str(values[key])), where)
        return replace(row, outcome=FAULTY, findings=(*row.findings, *more))

    def _organisation(self, values: Values, at: _Teller) -> tuple[str, list[Finding]]:
        org = str(values.get("org", ""))
        if not org:
            known = self.known.items.get(str(values.get("code", ""))) or self._only(values)
            org = (
                known.spec_org
                if known
                else next(iter(self.own))
                if self.own and len(self.own) == 1 and not at.text("org")
                else ""
            )
            if not org and self.own is not None:
                return "", [at("org", FAULT, "认不出是哪个单位的事项", "写上你编制的单位的全称")]
            if not org:
                return "", [at("org", PARTIAL, "没有实施主体，稿子里先空着", "在稿子里选实施主体")]
        if self.own is not None and org not in self.own:
            return org, [at("org", FAULT, "这个单位的事项不归你编制", "请这个单位的管理员或政务服务管理机构导入")]
        return org, []

    def _only(self, values: Values) -> Standing | None:
        basic = self.by_basic.get((str(values.get("catalog_code", "")), ""), [])
        found = basic or self.by_name.get((named(str(values.get("name", ""))), ""), [])
        return self.known.items.get(found[0]) if len(found) == 1 else None

    def _code(self, values: Values, org: str) -> str:
        """Return the code of the item that a line means: its own, a known one, one made of its identity; "" where several fit."""
        basic, name = str(values.get("catalog_code", "")), named(str(values.get("name", "")))
        if values.get("code"):
            return str(values["code"])
        said = basic if re.fullmatch(r"\d{12}", basic) else f"{basic}{name}{values.get('old_codes', '')}"
        made = f"{org[:48] or 'unit'}-{said if said == basic else hashlib.sha256(said.encode()).hexdigest()[:12]}"
        if made in self.known.items:  # It was brought before.
            return made
        found = self.by_basic.get((basic, org), []) if basic else self.by_name.get((name, org), [])
        if basic and len(found) > 1:
            found = [code for code in found if code in self.by_name.get((name, org), [])] or found
        if not found and not basic:  # An old code names what is there; within a file it may stand at several items.
            old = (code for each in values.get("old_codes", ()) for code in self.by_old.get(each, []))
            found = [code for code in old if code in self.known.items]
        return "" if len(found) > 1 else found[0] if found else made

    def _refused(self, code: str, org: str, at: _Teller) -> Finding | None:
        known = self.known.items.get(code)
        if known is None:
            return None
        if self.own is not None and known.spec_org not in self.own:
            return at("code", FAULT, f"{code} 是别的单位的事项", "换一个内部代码")
        if known.is_locked:
            return at("name", FAULT, "这一项的稿子正在审核或等待生效", "先撤回送审，再导入")
        return None

    def _twin(self, row: Row, values: Values, where: str, at: _Teller) -> Finding | None:
        if row.code not in self.seen:
            return None
        digest, first = self.seen[row.code]
        if digest == row.digest:
            return at("name", NOTE, f"和{first}一模一样，只取一次", "")
        key = "code" if values.get("code") else "catalog_code" if values.get("catalog_code") else "name"
        return at(key, FAULT, f"和{first}是同一事项，内容不同", "只留一行，或改编码")

    def _same_name(self, values: Values, org: str, where: str, at: _Teller) -> list[Finding]:
        key = (named(str(values.get("name", ""))), org)
        first = self.names.setdefault(key, where) if key[0] else where
        return [at("name", NOTE, f"和{first}同名，编码不同，两行都取", "真是两项就改名区别")] if first != where else []

    def _laid(self, row: Row, code: str, values: Values, key: str) -> Row:
        before = self.intended[code].body if code in self.intended else self.start(code)
        if code in self.known.items and self.known.last.get(key) == row.digest:
            return replace(row, outcome=SAME)
        if "m.type" in values:
            body = laying.with_material(before, values)
        else:
            body = laying.laid(before, values, usual={"level": self.known.levels.get(str(values.get("org", "")), "")})
        if body == before:
            return replace(row, outcome=SAME)
        known = self.known.items.get(code)
        in_force = self.known.body(code)
        self.intended[code] = Intended(
            code, {**body, "code": code}, in_force, known.version if known else 0, known.file if known else f"items/{code}.yaml",
            known.draft if known else "",
        )  # fmt: skip
        return replace(row, outcome=CHANGED if before else NEW)

    def material(self, n: int, sheet: Sheet, keys: Sequence[str], line: Line) -> Row:
        """Return what a line of a material would do."""
        values, found = lines.read(line.cells, keys, (sheet.name, line.number, sheet.heads), self.around)
        at, where = _Teller(sheet, keys, line), f"“{sheet.name}”第 {line.number} 行"
        row = Row(
            n,
            line,
            FAULTY,
            "",
            str(values.get("m.type", ""))[:200],
            lines.digest(values),
            tuple(found),
            _unknown(sheet, keys, line),
        )
        if not values.get("m.type"):
            return replace(row, findings=(*found, at("m.type", FAULT, "没有材料名称", "补上材料名称，或删去这一行")))
        code, refusal = self._item_of(values, at)
        if refusal is None and code in self.known.items:
            refusal = self._refused(code, "", at)
        if refusal is not None:
            return replace(row, findings=(*found, refusal))
        key = f"{code}/{hashlib.sha256(str(values['m.type']).encode()).hexdigest()[:16]}"
        row = replace(row, code=key, name=f"{row.name}（{self._name(code)}）"[:200])
        if key in self.seen:
            digest, first = self.seen[key]
            if digest == row.digest:
                return replace(
                    row, outcome=SAME, findings=(*found, at("m.type", NOTE, f"和{first}一模一样，只取一次", ""))
                )
            return replace(row, findings=(*found, at("m.type", FAULT, f"{first}已有这份材料，内容不同", "只留一行")))
        self.seen[key] = (row.digest, where)
        done = self._laid(row, code, values, key)
        is_there = any(
            each.get("type") == values["m.type"]
            for each in self.start(code).get("materials", ())
            if isinstance(each, dict)
        )
        return replace(done, outcome=NEW) if done.outcome == CHANGED and not is_there else done

    def _name(self, code: str) -> str:
        if code in self.intended:
            return str(self.intended[code].body.get("name", ""))
        return self.known.items[code].name if code in self.known.items else code

    def _item_of(self, values: Values, at: _Teller) -> tuple[str, Finding | None]:
        text, name, org = (
            str(values.get("m.item", "")),
            named(str(values.get("m.item_name", ""))),
            str(values.get("m.org", "")),
        )
        said = cells.code(text)
        basic = said[19:31] if len(said) in (31, 33) else said
        org = org or (self.around.organisation_of(said[:18]) if len(said) in (31, 33) else "")
        found: list[str] = []
        if text:
            slug = cells.line(text).lower()
            found = (
                [slug]
                if slug in self.known.items or slug in self.intended
                else self.by_basic.get((basic, org)) or self.by_old.get(said, [])
            )
        if name and (not found or len(found) > 1):
            by_name = self.by_name.get((name, org), [])
            found = [code for code in found if code in by_name] or found or by_name
        key = "m.item" if text else "m.item_name"
        if len(found) == 1:
            return found[0], None
        if len(found) > 1:
            return "", at(key, FAULT, f"有 {len(found)} 个事项是这个编码或名称", "写内部代码，或写上实施主体")
        bad = self.bad.get(named(text)) or self.bad.get(name)
        if bad:
            return "", at(key, FAULT, f"它的事项（{bad}）要改", "先改好那一行")
        return "", at(key, FAULT, "没有找到这份材料的事项", "核对事项编码和名称")


class _Teller:
    """Say something of a cell of one line, by the key that its column fills."""

    def __init__(self, sheet: Sheet, keys: Sequence[str], line: Line) -> None:
        self.sheet, self.keys, self.line = sheet, keys, line

    def text(self, key: str) -> str:
        """Return what stands in the cell of a key."""
        n = self.keys.index(key) if key in self.keys else -1
        return cells.line(self.line.cells[n]) if n >= 0 else ""

    def __call__(self, key: str, level: str, message: str, remedy: str) -> Finding:
        n = self.keys.index(key) if key in self.keys else -1
        column, head = (letter(n), self.sheet.heads[n]) if n >= 0 else ("", columns.BY_KEY[key].label)
        return Finding(self.sheet.name, self.line.number, column, head, self.text(key)[:200], level, message, remedy)


def _unknown(sheet: Sheet, keys: Sequence[str], line: Line) -> dict[str, str]:
    """Return what stands in the columns that no element knows: it is kept with the line."""
    return {
        f"{letter(n)} {sheet.heads[n]}": text for n, (key, text) in enumerate(zip(keys, line.cells, strict=False))
        if (not key or key == columns.IGNORED) and text.strip()
    }  # fmt: skip
