"""历史办件: what imported logs of permits say, the same figures as `tongban history report`."""

from __future__ import annotations

import urllib.parse

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.core import books
from tongban.core.books import Sheet
from tongban.portals.supervisor.views import shell
from tongban.rules.errors import NotAllowed
from tongban.supervision.queries import history as queries
from tongban.supervision.queries.history import FIGURES, NO_CHANNEL, Wanted

WORDS = {"cases": "办件", "closed": "办结", "open": "在办", "late": "超期"}
MEANS = {
    "cases": "导入的办件数", "closed": "有实际办结时间的", "open": "没有实际办结时间的", "late": "实际办结晚于计划办结的",
}  # fmt: skip


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The counts of imported history; each figure opens its rows."""
    by = shell.staff(request)
    if not (shell.supervises(by) or shell.decides_appeals(by)):
        raise NotAllowed("history.not_allowed", "历史办件只给监督部门看", remedy="请联系监督部门")
    report, wanted = queries.report(shell.PLACE), _wanted(request)
    if request.GET.get("format") == "xlsx":
        return _file(report)
    rows, count = queries.rows(shell.PLACE, wanted) if request.GET else ([], 0)
    return shell.show(
        request, "history_page", by=by, menu="history", report=report, files=queries.files(shell.PLACE), rows=rows, count=count,
        wanted=wanted, is_set=bool(request.GET), figures=[(WORDS[code], getattr(report, code), MEANS[code], f"?figure={code}") for code in FIGURES],
        months=[(month, n, f"?month={month}") for month, n in report.by_month.items()],
        channels=[(name, n, _address(channel="" if name == NO_CHANNEL else name)) for name, n in report.by_channel.items()],
        chosen=_chosen(wanted), before_address=_turned(wanted, -1) if wanted.page > 1 else "",
        next_address=_turned(wanted, 1) if wanted.page * queries.PAGE < count else "",
    )  # fmt: skip


def _wanted(request: HttpRequest) -> Wanted:
    figure, page = request.GET.get("figure", "cases"), request.GET.get("page", "1")
    return Wanted(
        figure if figure in FIGURES else "cases", request.GET.get("month", "")[:7], request.GET.get("channel"),
        max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )  # fmt: skip


def _address(**kept: str) -> str:
    return f"?{urllib.parse.urlencode(kept)}"


def _turned(wanted: Wanted, by: int) -> str:
    kept = {"figure": wanted.figure, "page": str(wanted.page + by)}
    kept |= {"month": wanted.month} if wanted.month else {}
    return _address(**kept, **({"channel": wanted.channel} if wanted.channel is not None else {}))


def _chosen(wanted: Wanted) -> str:
    parts = [WORDS[wanted.figure], wanted.month, "" if wanted.channel is None else wanted.channel or NO_CHANNEL]
    return "，".join(part for part in parts if part)


def _file(report: queries.Report) -> HttpResponse:
    def sheet(name: str, column: str, means: str, rows: list[tuple[str, int]]) -> Sheet:
        return Sheet(name, ((column, means), ("办件数", "导入的办件数")), rows, f"历史办件，{name}")

    return books.response(
        "历史办件",
        sheet("合计", "项目", "办件、办结、在办、超期", [(f"{WORDS[code]}（{MEANS[code]}）", getattr(report, code)) for code in FIGURES]),
        sheet("按月", "月份", "第一次活动的月份，按文件里写的时间", list(report.by_month.items())),
        sheet("按渠道", "渠道", "文件里写的渠道", list(report.by_channel.items())),
    )  # fmt: skip
