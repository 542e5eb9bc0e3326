"""A line of a spreadsheet as elements of an item: every cell read, each oddity told at its cell, the words looked up in the place."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tongban.authoring.rules import cells, columns
from tongban.authoring.rules.cells import FAULT, NOTE, NOTHING, PARTIAL, Read
from tongban.authoring.rules.sheets import letter
from tongban.catalogue.rules.parts import SPECIAL_WORDS
from tongban.rules import numbers

Values = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """What is said of a cell: where it stands, what it holds, what is odd, how to mend it; level note, partial or fault."""

    sheet: str
    row: int
    column: str
    head: str
    value: str
    level: str
    message: str
    remedy: str

    def as_json(self) -> dict[str, Any]:
        """Return the finding as a plain mapping."""
        return asdict(self)


@dataclass(frozen=True)
class Lookup:
    """The words of a place: organisations, materials and licences by every name of theirs, organisations by credit code."""

    organisations: Mapping[str, str] = field(default_factory=dict)
    usccs: Mapping[str, str] = field(default_factory=dict)
    materials: Mapping[str, str] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    basic: frozenset[str] = frozenset()

    def organisation_of(self, credit_code: str) -> str:
        """Return the organisation with a credit code, also by its nine characters alone or where the check is wrong; "" none."""
        core = credit_code if len(credit_code) == 9 else credit_code[8:17]
        return self.usccs.get(credit_code) or self.usccs.get(core, "")


def named(text: str) -> str:
    """Return a name as names are compared: brackets of one kind, no blanks."""
    return re.sub(r"\s", "", cells.line(text)).translate(str.maketrans("()", "（）")).strip("，。；、").lower()


def read(
    texts: Sequence[str], keys: Sequence[str], place: tuple[str, int, Sequence[str]], around: Lookup
) -> tuple[Values, list[Finding]]:
    """Return what a line says, by key, and what is odd; `place` is the sheet, the line's number and the heads."""
    sheet, row, heads = place
    raw = {
        key: (n, text)
        for n, (key, text) in reversed(list(enumerate(zip(keys, texts, strict=False))))
        if key and key != columns.IGNORED
    }
    values: Values = {}
    found: list[Finding] = []

    def tell(key: str, level: str, message: str, remedy: str) -> None:
        n, text = raw.get(key, (0, ""))
        found.append(
            Finding(
                sheet,
                row,
                letter(n),
                heads[n] if n < len(heads) else "",
                cells.line(text)[:200],
                level,
                message,
                remedy,
            )
        )

    for key, (_, text) in raw.items():
        if not cells.line(text):
            continue
        one = _read(columns.BY_KEY[key], text, raw, around)
        if one.level:
            tell(key, one.level, one.said, one.remedy)
        if one.value is not None:
            values[key] = one.value
    odd = _settled(values)
    by_code = around.organisation_of(str(values.pop("@org_code", "")))
    if by_code and "org" not in values and "m.org" not in values:
        values["org"] = by_code
        lost = [each for each in found if each.head and "没有叫" in each.message and each.message.endswith("单位")]
        for each in lost:  # The code says which body it is.
            found.remove(each)
            tell("org", NOTE, each.message + "，照统一社会信用代码认", each.remedy)
    elif by_code and values.get("org") != by_code and "m.org" not in values:
        odd.append(("@org_code", NOTE, "统一社会信用代码是另一个单位的，照名称取", "核对单位名称和代码"))
    for key, level, message, remedy in odd:
        tell(key, level, message, remedy)
    values = {key: value for key, value in values.items() if value is not None}
    return values, sorted(found, key=lambda each: (len(each.column), each.column))


def reread(key: str, text: str) -> Any:
    """Return what a cell of a column would say with this text."""
    return _read(columns.BY_KEY[key], text, {}, Lookup()).value


def _read(column: columns.Column, text: str, raw: Mapping[str, tuple[int, str]], around: Lookup) -> Read:
    if column.kind in ("choice", "multi"):
        return _chosen(column, text)
    if column.kind in ("days", "number", "copies", "visits", "depth", "yes", "day", "yuan"):
        return _counted(column, text, raw)
    if column.kind in ("special", "papers", "paper", "org", "licence"):
        return _looked_up(column.kind, text, around)
    if column.kind in ("slug", "basic", "task", "old", "uscc", "code"):
        return _coded(column.kind, text, around)
    return _worded(column.kind, text)


def _worded(kind: str, text: str) -> Read:
    match kind:
        case "text":
            return _text(cells.line(text))
        case "area":
            return _text(cells.block(text), most=4000)
        case "names":
            return Read(cells.many(text) or None)
        case "sentences":
            return Read([row for row in cells.sentences(text) if len(row) > 1] or None)
        case "laws":
            return cells.laws(text)
        case "questions":
            return cells.questions(text)
        case "steps":
            return Read([row for row in cells.many(text) if not re.search(r"[a-z]{6}", row)] or None)
        case _:  # a unit, the kind of case: they help to read the others
            return Read(cells.line(text))


def _text(said: str, most: int = 400) -> Read:
    if cells.is_nothing(said):
        return NOTHING
    if len(said) > most:
        return Read(said[:most], PARTIAL, f"有 {len(said)} 个字，最多 {most} 个，后面的没有取", "缩短，或在稿子里改")
    return Read(said)


def _chosen(column: columns.Column, text: str) -> Read:
    if column.key == "type" and cells.line(text).removesuffix(".0") in columns.NOT_ON_APPLICATION:
        return Read(None, FAULT, f"“{cells.line(text)}”不是依申请的事项", "这里只编依申请的六类和公共服务，删去这一行")
    read = cells.choice if column.kind == "choice" else cells.several
    return read(text, column.options, column.aliases)


def _counted(column: columns.Column, text: str, raw: Mapping[str, tuple[int, str]]) -> Read:
    match column.kind:
        case "days":
            unit = {"statutory_days": "@statutory_unit", "promised_days": "@promised_unit"}.get(column.key, "")
            return cells.days(text, raw.get(unit, (0, ""))[1])
        case "visits":
            return cells.whole(text, most=5, words=cells.VISITS)
        case "copies":
            return cells.whole(text, most=5)
        case "number":
            return cells.whole(text, most=365)
        case "depth":
            one = cells.choice(text, column.options, column.aliases)
            return Read(None if one.value is None else int(one.value), one.level, one.said, one.remedy)
        case "yes":
            return cells.yes(text)
        case "yuan":
            return cells.yuan(text)
        case _:
            return cells.day(text)


def _looked_up(kind: str, text: str, around: Lookup) -> Read:
    said = cells.line(text)
    if cells.is_nothing(said):
        return NOTHING
    if kind == "org":
        code = around.organisations.get(named(said), "") or around.organisation_of(cells.code(text))
        return (
            Read(code)
            if code
            else Read(None, PARTIAL, f"没有叫“{said}”的单位", "写单位的全称或简称；新单位先在机构里加上")
        )
    if kind == "licence":
        code = around.licences.get(named(said), "")
        return Read(code) if code else Read(None, PARTIAL, f"没有叫“{said}”的证照类型", "照证照目录写名称")
    if kind == "special":
        return cells.several(text, SPECIAL_WORDS, {})
    names = cells.many(text) if kind == "papers" else [said]
    odd = [name for name in names if named(name) not in around.materials]
    value = [around.materials.get(named(name), name) for name in names]
    said = f"材料字典里没有“{'、'.join(odd)[:120]}”，照原文放进稿子" if odd else ""
    return Read(
        value if kind == "papers" else value[0],
        PARTIAL if odd else "",
        said,
        "在稿子里选字典里的材料，或先在字典里加上" if odd else "",
    )


def _coded(kind: str, text: str, around: Lookup) -> Read:
    said = cells.code(text)
    if cells.is_spoilt(text):
        return cells.SPOILT
    if cells.is_nothing(text) and kind != "code":
        return NOTHING
    match kind:
        case "uscc":
            return cells.credit_code(text)
        case "slug":
            slug = cells.line(text).lower()
            fits = re.fullmatch(r"[a-z0-9][a-z0-9-]{1,62}", slug)
            return (
                Read(slug)
                if fits
                else Read(None, PARTIAL, f"“{slug}”不能作内部代码", "用小写字母、数字和 -，或空着由系统编")
            )
        case "old":
            return _old(text)
        case "task":
            return _task(said)
        case "basic":
            return _basic(said, around)
        case _:
            return Read(cells.line(text))


def _old(text: str) -> Read:
    rows = [cells.code(row) for row in cells.many(text)]
    good = [row for row in rows if re.fullmatch(r"[0-9A-Z]{10}|[0-9A-Z]{24}", row)]
    odd = [row for row in rows if row not in good]
    return Read(
        good or None,
        PARTIAL if odd else "",
        f"不是 10 位或 24 位：{'、'.join(odd)}" if odd else "",
        "核对旧编码" if odd else "",
    )


def _task(said: str) -> Read:
    if re.fullmatch(r"[0-9A-Z]{10}|[0-9A-Z]{24}|\d{12}", said):
        return Read(said)  # settled with the other codes
    if len(said) in (31, 33) and re.fullmatch(r"[0-9A-Z]{18}\d{13}(\d\d)?", said):
        if not numbers.is_uscc(said[:18]):
            return Read(
                said,
                NOTE,
                f"实施编码前 18 位的信用代码不对：{numbers.uscc_problem(said[:18])}",
                "核对实施编码；基本编码照后 12 位取",
            )
        return Read(said)
    return Read(None, PARTIAL, f"实施编码应为 31 位，现在是 {len(said)} 位", "核对实施编码，或只填基本编码")


def _basic(said: str, around: Lookup) -> Read:
    if re.fullmatch(r"\d{12}|[0-9A-Z]{10}|[0-9A-Z]{24}", said):
        return Read(said)
    if len(said) in (13, 14) and said[:12].isdigit() and (said[12:].strip("0") == "" or said[:12] in around.basic):
        return Read(said[:12], NOTE, f"基本编码是 {len(said)} 位，取前 12 位 {said[:12]}", "核对基本编码")
    if len(said) in (31, 33):
        return _task(said)
    return Read(
        said[:64], PARTIAL, f"基本编码应为 12 位数字，现在是 {len(said)} 位，照原样放进稿子", "照基本目录改成 12 位"
    )


Odd = list[tuple[str, str, str, str]]


def _settled(values: Values) -> Odd:
    """Bring what several cells say together: the codes, the limit and the kind of case, the fee."""
    odd: Odd = []
    _settle_codes(values, odd)
    kind = str(values.pop("@kind", ""))
    values.pop("@statutory_unit", None)
    values.pop("@promised_unit", None)
    if ("即办" in kind or kind == "1") and values.setdefault("promised_days", 0) != 0:
        words = f"办件类型是即办件，承诺却是 {values['promised_days']} 个工作日，照承诺取"
        odd.append(("@kind", PARTIAL, words, "两处改成一致"))
    is_fee = values.pop("@is_fee", None)
    fee = [key for key in values if key.startswith("fee.")]
    if is_fee is False and fee:
        odd.append(("@is_fee", PARTIAL, "写了不收费，又写了收费标准，收费没有取", "两处改成一致"))
        for key in fee:
            del values[key]
    elif is_fee and not fee:
        odd.append(("@is_fee", PARTIAL, "写了收费，没有写收费标准和依据", "补上收费标准和依据"))
    elif is_fee is False:
        values["fee"] = {}
    statutory, promised = values.get("statutory_days"), values.get("promised_days")
    if statutory is not None and promised is not None and promised > statutory:
        odd.append(
            ("promised_days", NOTE, f"承诺 {promised} 日比法定 {statutory} 日长", "取入后在稿子里改，改好才能送审")
        )
    return odd


def _settle_codes(values: Values, odd: Odd) -> None:
    task, basic = str(values.pop("@task_code", "")), str(values.get("catalog_code", ""))
    for key, code in (("@task_code", task), ("catalog_code", basic)):
        if len(code) in (10, 24):
            values["old_codes"] = list(dict.fromkeys([*values.get("old_codes", []), code]))
            odd.append((key, NOTE, f"{code} 是 {len(code)} 位的旧编码，放进“旧编码”", "基本编码另填 12 位的新编码"))
    basic = "" if len(basic) in (10, 24) else basic
    if len(basic) >= 31:
        task, basic = basic, ""
    inside = task if len(task) == 12 else task[19:31]
    if len(inside) == 12 and not basic:
        basic = inside
    elif len(inside) == 12 and len(basic) == 12 and basic != inside:
        odd.append(
            ("@task_code", PARTIAL, f"实施编码里的基本编码是 {inside}，和 {basic} 不一致，照基本编码取", "核对两个编码")
        )
    if len(task) in (31, 33):
        values.setdefault("@org_code", task[:18])
        values.setdefault("level", task[18])
    if len(task) == 33:
        odd.append(
            ("@task_code", PARTIAL, f"33 位是业务办理项编码，顺序码 {task[31:]} 没有取", "在稿子的“业务办理项”里补上")
        )
    values["catalog_code"] = basic or None
    kind = values.get("type")
    if basic and len(basic) == 12 and kind is None and basic[2:4] in columns.BY_KEY["type"].options:
        values["type"] = basic[2:4]
    elif basic and len(basic) == 12 and kind is not None and basic[2:4] != kind:
        odd.append(
            ("type", NOTE, f"事项类型是 {kind}，基本编码第 3、4 位是 {basic[2:4]}", "取入后在稿子里改，改好才能送审")
        )


def digest(values: Mapping[str, Any]) -> str:
    """Return what two lines that say the same have in common."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
