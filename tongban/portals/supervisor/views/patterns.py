"""反作弊线索: what looks like gaming, with its rows, for a person to judge."""

from __future__ import annotations

import urllib.parse
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.core import books
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.portals.supervisor.views import shell
from tongban.rules.errors import Invalid, NotAllowed
from tongban.supervision.queries import patterns as queries
from tongban.supervision.rules.patterns import PATTERNS, VERDICT_WORDS
from tongban.supervision.services import patterns


def _watcher(request: HttpRequest) -> Actor:
    by = shell.staff(request)
    if not (shell.supervises(by) or shell.decides_appeals(by)):
        raise NotAllowed("pattern.not_allowed", "反作弊线索只给监督部门看", remedy="请联系监督部门")
    return by


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The patterns found, newest first; the filter stands in the address."""
    by = _watcher(request)
    kind, unit, verdict = (request.GET.get(name, "") for name in ("kind", "unit", "verdict"))
    kind = kind if kind in PATTERNS else ""
    unit = unit if unit in orgs.organisations(shell.PLACE) else ""
    verdict = verdict if verdict in queries.VERDICTS else ""
    sent = request.GET.get("page", "1")
    number = max(1, int(sent)) if sent.isascii() and sent.isdigit() and len(sent) < 6 else 1
    rows, count = queries.page(shell.PLACE, kind=kind, unit=unit, verdict=verdict, number=number, by=by)
    counts = queries.counts(shell.PLACE, by=by)

    def address(**changes: str) -> str:
        kept = {"kind": kind, "unit": unit, "verdict": verdict} | changes
        return f"?{urllib.parse.urlencode({name: value for name, value in kept.items() if value})}"

    views = [
        ("", "全部", sum(counts.values())),
        *((code, words, counts.get(code, 0)) for code, words in queries.VERDICTS.items()),
    ]
    return shell.show(
        request, "patterns_list", by=by, menu="patterns", rows=rows, count=count, number=number, kind=kind, unit=unit, verdict=verdict,
        views=[(words, n, address(verdict=code), code == verdict) for code, words, n in views],
        kinds=[(code, row.name) for code, row in PATTERNS.items()], is_set=bool(kind or unit or verdict),
        units=[(code, org.name) for code, org in orgs.organisations(shell.PLACE).items() if not org.external],
        before_address=address(page=str(number - 1)) if number > 1 else "",
        next_address=address(page=str(number + 1)) if number * queries.PAGE < count else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pattern_id: UUID) -> HttpResponse:
    """One pattern with its rows; who supervises judges it."""
    by, fields = _watcher(request), dict[str, str]()
    view = queries.pattern(shell.PLACE, pattern_id, by=by)
    if request.method == "POST":
        try:
            patterns.judge(
                pattern_id, verdict=request.POST.get("verdict", ""), reason=request.POST.get("reason", ""), by=by
            )
            shell.tell(request, "已记下判断。")
            return HttpResponseRedirect(reverse("supervisor:pattern", args=[pattern_id]))
        except Invalid as refusal:
            fields = refusal.fields
    if request.GET.get("format") == "xlsx":
        return books.response(
            f"线索 {view.kind.name}",
            books.Sheet(view.kind.name, view.kind.columns, view.row.rows, view.row.words, [(view.kind.name, view.kind.means)]),
        )  # fmt: skip
    return shell.show(
        request, "patterns_page", by=by, menu="patterns", view=view, row=view.row,
        labelled=[list(zip(view.kind.columns, cells, strict=False)) for cells in view.row.rows], may_judge=queries.may_judge(view.row, by=by),
        verdicts=[(v.value, words) for v, words in VERDICT_WORDS.items()], chosen=request.POST.get("verdict", ""),
        reason=request.POST.get("reason", ""), fields=fields, errors=[(f"f-{name}", words) for name, words in fields.items()],
        status=422 if fields else 200,
    )  # fmt: skip
