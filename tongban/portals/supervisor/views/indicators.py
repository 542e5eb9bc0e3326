"""指标体系: every indicator with its value, formula, target and source, of the place or a part of it; its rows; reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from tongban.attachments import services as attachments
from tongban.cases.rules.life import WORDS as STATE_WORDS
from tongban.cases.rules.life import State
from tongban.core import books
from tongban.core.actor import Actor
from tongban.indicators.queries import frozen, reported, rollups, splitting, values
from tongban.indicators.queries.values import Value
from tongban.indicators.rules import figures
from tongban.indicators.rules.measures import WORDS
from tongban.indicators.rules.scopes import WAYS, Within
from tongban.indicators.rules.spec import BASIS_WORDS, WAY_WORDS
from tongban.indicators.services import publishing, reporting
from tongban.orgs import queries as orgs
from tongban.portals.supervisor.views import months, parts, shell
from tongban.rules.errors import DomainError, TooLarge, Unsupported

PAGE = 50
MOST_PARTS = 200  # on the page; the export has all
ROWS_ARE = {"items": "事项", "themes": "一件事", "units": "单位", "cases": "办件", "licence types": "证照种类"}
STATES = {
    "met": "达到目标",
    "short": "没有达到",
    "no-data": "无数据",
    "unreported": "没有填报",
    "apart": values.NOT_SPLIT,
    "beyond": "目标是全域的",
}


def _unit(by: Actor) -> str:
    """Return the unit whose figures the actor sees; "" for who sees the place. Who leads several sees the first."""
    own = shell.own_units(by)
    return "" if own is None else min(own)


def _state(row: Value) -> str:
    if row.is_apart or row.is_beyond:
        return "apart" if row.is_apart else "beyond"
    if row.meets is not None:
        return "met" if row.meets else "short"
    return "unreported" if row.measured is None and row.reported is None else "no-data"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All indicators of a month, those of this place's own document first."""
    by, month, part = shell.staff(request), months.chosen(request), parts.chosen(request)
    unit = _unit(by)
    found = values.values(shell.PLACE, month=month, org=unit, within=(part,) if part else ())
    own = orgs.place(shell.PLACE).name
    documents = sorted({row.spec.jurisdiction for row in found}, key=lambda name: (name != own, name))
    chosen, way = request.GET.get("of", ""), request.GET.get("way", "")
    state = request.GET.get("state", "")
    rows = [
        row for row in found
        if chosen in ("", row.spec.jurisdiction) and way in ("", row.spec.way) and state in ("", _state(row))
    ]  # fmt: skip
    rows.sort(key=lambda row: (documents.index(row.spec.jurisdiction), row.spec.way != "computed"))
    if request.GET.get("file") == "xlsx":
        return books.response(_title("指标体系", parts.name(part), month), *_book(rows, f"{month:%Y年%m月}"))
    ways = [(code, words, sum(row.spec.way == code for row in found)) for code, words in WAY_WORDS.items()]
    return shell.show(
        request, "indicators", by=by, menu="indicators", month=month, months=months.offered(month), documents=documents,
        chosen=chosen, way=way, state=state, ways=ways, unit=_name(unit), states=STATES.items(), total=len(found),
        part=parts.said(part), part_name=parts.name(part), offered=[] if unit else parts.offered(),
        rows=[(row, _state(row), STATES[_state(row)]) for row in rows], way_words=WAY_WORDS, fresh_at=rollups.fresh_at(shell.PLACE),
    )  # fmt: skip


def _title(name: str, part: str, month: date) -> str:
    return "-".join(word for word in (name, part.replace("：", ""), f"{month:%Y-%m}") if word)


def _book(rows: Sequence[Value], name: str) -> list[books.Sheet]:
    heads = ("指标", "值", "目标", "是否达到", "来自", "分子", "分母", "出处", "原文")
    lines = [
        (row.spec.name, row.words, row.target.text, STATES[_state(row)], WAY_WORDS[row.spec.way],
         row.measured.figure.above if row.measured else "", row.measured.figure.below or "" if row.measured else "",
         f"{row.spec.source.document} {row.spec.source.place}", row.spec.source.quote)
        for row in rows
    ]  # fmt: skip
    how = [
        (row.spec.name, _formula(row), BASIS_WORDS[row.spec.basis], row.spec.reason or row.spec.note) for row in rows
    ]
    return [books.Sheet(name, heads, lines), books.Sheet(books.MEANINGS, ("指标", "怎么算", "公式来源", "说明"), how)]


def _formula(row: Value) -> str:
    if row.spec.formula:
        return row.spec.formula
    if row.spec.measure is None:
        return ""
    above, below = WORDS[row.spec.measure]
    return f"{above} ÷ {below}" if below else above


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: what it says, how it is computed, part by part, its rows and those that are missing; or what was reported."""
    by, month, part = shell.staff(request), months.chosen(request), parts.chosen(request)
    errors: dict[str, str] = {}
    remedy = ""
    if request.method == "POST":
        try:
            return _act(request, code, by)
        except (TooLarge, Unsupported) as refusal:
            errors, remedy = {"files": str(refusal)}, refusal.remedy
        except DomainError as refusal:
            errors, remedy = getattr(refusal, "fields", {}) or {"value": str(refusal)}, refusal.remedy
    unit = _unit(by)
    found = values.value(shell.PLACE, code, month=month, org=unit, within=(part,) if part else ())
    missing, ways = request.GET.get("rows") == "missing", _ways(found)
    if request.GET.get("file") == "xlsx":
        title = _title(found.spec.name, parts.name(part), month)
        return books.response(title, _rows_sheet(found, missing=missing), *[_parts_sheet(found, way) for way in ways])
    return shell.show(
        request, "indicator", by=by, menu="indicators", status=422 if errors else 200, month=month, unit=_name(unit),
        months=months.offered(month), value=found, state=_state(found), state_words=STATES[_state(found)],
        way_words=WAY_WORDS[found.spec.way], basis_words=BASIS_WORDS[found.spec.basis], formula=_formula(found),
        above_words=WORDS[found.spec.measure][0] if found.spec.measure else "",
        below_words=WORDS[found.spec.measure][1] if found.spec.measure else "", missing=missing,
        rows_are=ROWS_ARE[found.measured.rows_are] if found.measured else "", history=_history(code, part),
        reports=reported.reports(shell.PLACE, code, units=shell.own_units(by)), may_report=_may_report(by),
        errors=list(errors.items()), wrong=errors, remedy=remedy, sent=request.POST, part=parts.said(part),
        part_name=parts.name(part), keep=[("in", parts.said(part))] if part else [],
        frozen=frozen.snapshots(shell.PLACE, month=month, part=part).get(code),
        **_apart(found, ways, request.GET.get("by", "")), **_behind(request, found, missing=missing),
    )  # fmt: skip


def _apart(found: Value, ways: list[str], asked: str) -> dict[str, object]:
    """Return a value part by part, one way."""
    way = asked if asked in ways else next(iter(ways), "")
    groups = values.groups(shell.PLACE, found, way) if way else []
    return {
        "ways": [(each, WAYS[each]) for each in ways], "by_way": way, "by_words": WAYS.get(way, ""), "groups": groups[:MOST_PARTS],
        "more": max(0, len(groups) - MOST_PARTS), "no_target": _no_target(found),
    }  # fmt: skip


def _no_target(found: Value) -> str:
    """Return why a part that has data is not judged."""
    figure, target = found.measured.figure if found.measured else None, found.target
    is_of_whole = figure is not None and figures.is_of_whole(figure, target.comparator, target.value)
    return STATES["beyond"] if is_of_whole else "没有目标"


def _ways(found: Value) -> list[str]:
    """Return the ways in which a value can be told apart further."""
    if found.measured is None:
        return []
    taken = {part.way for part in found.within}
    return [way for way in WAYS if way in splitting.SPLITS[found.measured.rows_are] and way not in taken]


def _parts_sheet(found: Value, way: str) -> books.Sheet:
    lines = [
        (row.name, row.figure.words, row.figure.above, "" if row.figure.below is None else row.figure.below,
         "" if row.meets is None else STATES["met" if row.meets else "short"], "" if row.missing is None else row.missing)
        for row in values.groups(shell.PLACE, found, way)
    ]  # fmt: skip
    return books.Sheet(f"按{WAYS[way]}", (WAYS[way], "值", "分子", "分母", "是否达到", "到目标还差"), lines)


def _behind(request: HttpRequest, found: Value, *, missing: bool) -> dict[str, object]:
    """Return one page of the rows behind a figure: cases, or the parts."""
    rows = values.cases_behind(shell.PLACE, found, missing=missing)
    if rows is not None:
        page = Paginator(rows, PAGE).get_page(request.GET.get("page", "1"))
        return {
            "page": page,
            "cases": [(row, STATE_WORDS[State(row.state)]) for row in page],
            "total": page.paginator.count,
        }
    made_of = found.measured.parts if found.measured else ()
    chosen = [row for row in made_of if row.above < row.below] if missing else list(made_of)
    page_ = Paginator(chosen, PAGE).get_page(request.GET.get("page", "1"))
    return {"page": page_, "parts": list(page_), "total": len(chosen)}


def _rows_sheet(found: Value, *, missing: bool) -> books.Sheet:
    rows = values.cases_behind(shell.PLACE, found, missing=missing)
    if rows is not None:
        lines = ((row.number, row.name, row.organisation_name, f"{row.due_on or ''}") for row in rows.iterator())
        return books.Sheet("办件", ("编号", "事项", "办理单位", "承诺到期"), lines)
    made_of = found.measured.parts if found.measured else ()
    chosen = [row for row in made_of if not missing or row.above < row.below]
    return books.Sheet("明细", ("名称", "分子", "分母"), [(row.label, row.above, row.below) for row in chosen])


def _name(unit: str) -> str:
    return orgs.organisations(shell.PLACE)[unit].name if unit else ""


def _history(code: str, part: Within | None) -> list[tuple[str, str]]:
    """Return the frozen values of an indicator, the last first."""
    found = []
    for each in frozen.months(shell.PLACE)[:12]:
        row = frozen.snapshots(shell.PLACE, month=each, part=part).get(code)
        if row is not None:
            found.append((f"{each.year} 年 {each.month} 月", frozen.words(row, values.spec(shell.PLACE, code))))
    return found


def _may_report(by: Actor) -> list[tuple[str, str]]:
    own = shell.own_units(by)
    names = {code: org.name for code, org in orgs.organisations(shell.PLACE).items()}
    return [(code, name) for code, name in names.items() if own is None or code in own]


def _act(request: HttpRequest, code: str, by: Actor) -> HttpResponse:
    given = request.POST
    if given.get("act") == "target":
        publishing.choose_target(
            shell.PLACE, code, int(given["target"]) if given.get("target", "").isdigit() else -1,
            reason=given.get("reason", ""), by=by,
        )  # fmt: skip
        shell.tell(request, "已选定目标")
    else:
        _report(request, code, by)
        shell.tell(request, "已填报")
    return HttpResponseRedirect(request.get_full_path())


def _report(request: HttpRequest, code: str, by: Actor) -> None:
    files = shell.stored(request, by=by, most=reporting.MOST_FILES)
    given = request.POST
    try:
        reporting.report(
            shell.PLACE, code, month=months.chosen(request), organisation=given.get("organisation", ""),
            text=given.get("value", ""), words=given.get("words", ""), files=[str(file) for file in files], by=by,
        )  # fmt: skip
    except DomainError:
        attachments.discard(files, by=by)
        raise


@require_safe
def file(request: HttpRequest, code: str, file_id: UUID) -> FileResponse:
    """A file that proves a report."""
    units = shell.own_units(shell.staff(request))
    name, kind, path = reported.file(shell.PLACE, code, str(file_id), units=units)
    return FileResponse(path.open("rb"), content_type=kind, filename=name, as_attachment=True)
