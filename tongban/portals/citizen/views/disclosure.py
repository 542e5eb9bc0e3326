"""What the place makes public about its catalogue: lists to read and to download, 四减 and the rates, each opened into its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.catalogue.rules.dictionaries import DEPTHS
from tongban.catalogue.rules.reductions import MEASURES, UNITS, Comparison, Figure
from tongban.core import time
from tongban.disclosure.queries import listing, measuring
from tongban.disclosure.rules import files, lists
from tongban.orgs import queries as orgs
from tongban.portals.citizen.views import shell
from tongban.portals.citizen.views.shell import page
from tongban.rules.errors import NotFound

PAGE = 100  # rows on a page
NO_DATA = "无数据"
HEADLINES = ("limit", "on-the-spot", "no-visit", "online")


@require_safe
def lists_page(request: HttpRequest) -> HttpResponse:
    """All public lists with their rows counted, dated and to download; the public and the 执行 rate."""
    rates = [figure_row(figure) for figure in measuring.rates(settings.PLACE)]
    return page(request, "open_lists", rows=listing.listings(settings.PLACE), rates=rates, forms=files.KINDS)


@require_safe
def list_page(request: HttpRequest, code: str) -> HttpResponse:
    """One list: search, pages, print, download."""
    found, query = listing.listing(settings.PLACE, code), request.GET.get("q", "")[:100]
    rows = lists.matching(found, query)
    pager = shell.pager(request, len(rows), PAGE)
    columns = [found.kind.columns[n] for n in found.kind.shown]
    shown = [
        (row.item, list(zip(columns, [row.cells[n] for n in found.kind.shown], strict=True)))
        for row in rows[pager.first : pager.last]
    ]
    return page(
        request, "open_list", listing=found, columns=columns, rows=shown, pager=pager, q=query, forms=files.KINDS
    )


@require_safe
def list_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """A list as a file."""
    if form not in files.KINDS:
        raise NotFound("disclosure.no_form", "没有这种文件", remedy=f"有 {'、'.join(files.KINDS)} 三种")
    stamp = files.Stamp(orgs.place(settings.PLACE).name, time.today())
    body = files.written(listing.listing(settings.PLACE, code), form, stamp)
    name = f"{settings.PLACE}-{code}-{stamp.made_on:%Y%m%d}.{form}"
    return HttpResponse(
        body, content_type=files.KINDS[form], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@dataclass(frozen=True)
class FigureRow:
    """A figure as the page says it: how much, of what, by which formula, and where its rows are."""

    name: str
    percent: str
    sums: str
    formula: str
    link: str


def figure_row(figure: Figure, *, way: str = "", code: str = "") -> FigureRow:
    """Return a figure in words; of a group where one is named."""
    unit = figure.unit
    sums = f"{amount(figure.numerator, unit)} ÷ {amount(figure.denominator, unit)} {unit}"
    if figure.is_mean:
        sums = f"{sum(part.denominator > 0 for part in figure.parts)} 项的平均"
    link = f"/open/figures/{figure.key}" + ("?" + urlencode({"by": way, "group": code}) if way else "")
    return FigureRow(figure.name, figure.percent or NO_DATA, sums, figure.formula, link)


def amount(number: int, unit: str) -> str:
    """Return a number of a measure; fees are kept in fen and shown in yuan."""
    if unit != "元":
        return str(number)
    return f"{number / 100:.2f}" if number % 100 else str(number // 100)


@dataclass(frozen=True)
class ComparisonRow:
    """A measure before and after, in words."""

    name: str
    before: str
    after: str
    percent: str
    items: int
    link: str


def comparison_row(row: Comparison) -> ComparisonRow:
    """Return a comparison in words."""
    unit = UNITS[row.measure]
    before, after = (f"{amount(number, unit)} {unit}" if row.items else NO_DATA for number in (row.before, row.after))
    link = f"/open/figures/less-{row.measure}"
    return ComparisonRow(MEASURES[row.measure], before, after, row.percent or NO_DATA, row.items, link)


@dataclass(frozen=True)
class GroupRow:
    """A group in the table of groups: the five measures before → after in one line, and four ratios with their addresses."""

    name: str
    items: int
    bare: int
    measures: str
    ratios: tuple[FigureRow, ...]


def group_row(group: measuring.Group, way: str) -> GroupRow:
    """Return a group in words; one without any baseline says so."""
    said = [f"{MEASURES[row.measure]} {_less(row)}" for row in group.comparisons if row.items]
    ratios = tuple(figure_row(group.figures[key], way=way, code=group.code) for key in HEADLINES)
    return GroupRow(group.name, group.items, group.bare, "，".join(said) or "没有基线", ratios)


def _less(row: Comparison) -> str:
    unit = UNITS[row.measure]
    return f"{amount(row.before, unit)}\u00a0→\u00a0{amount(row.after, unit)}"


@require_safe
def reductions_page(request: HttpRequest) -> HttpResponse:
    """四减 over the place and by department, theme, region or item: computed from the items in force."""
    whole = measuring.whole(settings.PLACE)
    way = request.GET.get("by", "department")
    found = measuring.members(settings.PLACE, way)
    pager = shell.pager(request, len(found), PAGE)
    shown = [measuring.group(each) for each in found[pager.first : pager.last]]
    figures = whole.group.figures
    plain: Sequence[Figure] = [figure for key, figure in figures.items() if not key.startswith("less-")]
    return page(
        request, "open_reductions", whole=whole, way=way, ways=measuring.WAYS, pager=pager,
        headlines=[figure_row(figures[key]) for key in HEADLINES], figures=[figure_row(figure) for figure in plain],
        names=[figures[key].name for key in HEADLINES], comparisons=[comparison_row(row) for row in whole.group.comparisons],
        rows=[group_row(group, way) for group in shown],
        grades=[(DEPTHS[grade], count) for grade, count in whole.group.grades.items()],
    )  # fmt: skip


@require_safe
def figure_page(request: HttpRequest, key: str) -> HttpResponse:
    """The rows of a figure: each item with what it adds above and below the line."""
    way, code = request.GET.get("by", ""), request.GET.get("group", "")
    opened = measuring.opened(settings.PLACE, key, way=way, code=code)
    pager = shell.pager(request, len(opened.rows), PAGE)
    unit, is_share = opened.figure.unit, opened.figure.unit == "项"
    rows = [
        (part.code, name, amount(part.numerator, unit), amount(part.denominator, unit), part.percent or NO_DATA)
        for part, name in opened.rows[pager.first : pager.last]
    ]
    back = "/open/lists" if key in ("public", "executed") else "/open/reductions"
    return page(request, "open_figure", opened=opened, row=figure_row(opened.figure), rows=rows, pager=pager, is_share=is_share,
                unit=unit, back=back)  # fmt: skip
