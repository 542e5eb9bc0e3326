"""缴费与对账: the organisation's orders, refunds, and the daily reconciliation with what differs."""

from __future__ import annotations

import urllib.parse
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.core import time
from tongban.payments import queries, rules
from tongban.payments.queries import Wanted
from tongban.payments.services import reconciliation, refunds
from tongban.portals.office.views import shell
from tongban.rules import masking
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _wanted(sent: QueryDict) -> Wanted:
    state = sent.get("state", "")
    return Wanted(
        text=masking.normal(sent.get("text", ""))[:60], state=state if state in {s.value for s in rules.State} else "",
        since=_day(sent.get("since", "")), until=_day(sent.get("until", "")), cursor=sent.get("cursor", "")[:40],
    )  # fmt: skip


def _address(wanted: Wanted, **changes: str) -> str:
    kept = {
        "text": wanted.text, "state": wanted.state, "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    } | changes  # fmt: skip
    return f"?{urllib.parse.urlencode({name: value for name, value in kept.items() if value})}"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The orders of the actor's organisations; the filter stands in the address."""
    by, wanted = shell.staff(request), _wanted(request.GET)
    page, counts = queries.page(wanted, by=by), queries.counts(wanted, by=by)
    views = [("", "全部", sum(n for _, _, n in counts)), *counts]
    return shell.show(
        request, "fees_home", by=by, menu="fees", page=page, wanted=wanted, keeps=bool(by.organisations_as("head", "admin")),
        views=[(words, n, _address(wanted, state=state), state == wanted.state) for state, words, n in views],
        is_set=wanted != Wanted(), first_address=_address(wanted),
        next_address=_address(wanted, cursor=page.next_cursor) if page.next_cursor else "",
    )  # fmt: skip


@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order with its payment, receipt and refunds."""
    by = shell.staff(request)
    view = queries.order(order_id, by=by)
    may_refund = view.may_refund and by.has_role(view.order.organisation, "head")
    return shell.show(request, "fees_order", by=by, menu="fees", view=view, order=view.order, may_refund=may_refund)


@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Give the money back, with a reason."""
    by = shell.staff(request)
    view = queries.order(order_id, by=by)
    if not by.has_role(view.order.organisation, "head"):
        raise NotAllowed("payments.role", "退款由负责人办理，你没有这个权限", remedy="请负责人办理")
    reason, fields = request.POST.get("reason", "").strip(), {}
    if request.method == "POST":
        try:
            refunds.ask_refund(order_id, reason=reason, by=by)
            shell.tell(request, f"已申请退款 {view.amount} 元，等支付平台退回。")
            return HttpResponseRedirect(reverse("office:fees_order", args=[order_id]))
        except Invalid as refusal:
            fields = refusal.fields
    elif not view.may_refund:
        raise Conflict("payments.wrong_state", f"这张缴费单{view.words}，不能退款", remedy="回到缴费单看最新状态")
    return shell.show(
        request, "fees_refund", by=by, menu="fees", view=view, order=view.order, reason=reason, errors=list(fields.items()),
        status=422 if fields else 200,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def days(request: HttpRequest) -> HttpResponse:
    """The compared days; POST compares one. The network is asked outside any transaction."""
    by = shell.staff(request)
    yesterday, problem = time.today() - timedelta(days=1), None
    if request.method == "POST":
        try:
            on = _day(request.POST.get("on", ""))
            if on is None:
                raise Invalid(
                    "payments.day", "日期不对，请写成 2026-03-06", fields={"on": "日期不对，请写成 2026-03-06"}
                )
            reconciliation.reconcile(on, by=by)
            return HttpResponseRedirect(reverse("office:fees_day", args=[on]))
        except NotAllowed:
            raise
        except DomainError as refusal:
            problem = refusal
    return shell.show(
        request, "fees_days", by=by, menu="fees", rows=queries.days(by=by), on=request.POST.get("on", yesterday.isoformat()),
        yesterday=yesterday, errors=[("on", problem.message)] if problem else [], remedy=problem.remedy if problem else "",
        status=problem.status if problem else 200,
    )  # fmt: skip


@require_safe
def day(request: HttpRequest, on: str) -> HttpResponse:
    """One day: the sums of both sides and what differs."""
    return _day_page(request, _known_day(on))


def _known_day(on: str) -> date:
    found = _day(on)
    if found is None:
        raise NotFound("payments.no_day", "没有这一天", remedy="回到对账单选择")
    return found


def _day_page(
    request: HttpRequest, on: date, *, wrong: UUID | None = None, refusal: Invalid | None = None
) -> HttpResponse:
    by = shell.staff(request)
    view, found = queries.day(on, by=by)
    rows = [(d, request.POST.get("note", "") if d.row.pk == wrong else "", d.row.pk == wrong) for d in found]
    words = next(iter(refusal.fields.values()), refusal.message) if refusal else ""
    return shell.show(
        request, "fees_day", by=by, menu="fees", on=on, day=view, rows=rows, problem=words,
        errors=[(f"note-{wrong}", words)] if refusal else [], status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def settle(request: HttpRequest, on: str, difference_id: UUID) -> HttpResponse:
    """Settle a difference with a note."""
    by = shell.staff(request)
    try:
        row = reconciliation.settle(difference_id, note=request.POST.get("note", ""), by=by)
    except Invalid as refusal:
        return _day_page(request, _known_day(on), wrong=difference_id, refusal=refusal)
    shell.tell(request, f"已处理 {row.number} 的差异。")
    return HttpResponseRedirect(reverse("office:fees_day", args=[on]))
