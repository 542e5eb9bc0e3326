"""缴费和寄递: what a case costs and on what basis, the way to the cashier, the receipt, where the result is on its way."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongban.cases.queries import applicant as cases
from tongban.core import http
from tongban.delivery import queries as delivery
from tongban.identity import queries as identity
from tongban.orgs import queries as orgs
from tongban.payments import queries as payments
from tongban.payments.queries import OrderView
from tongban.payments.services import callbacks, orders
from tongban.portals.citizen.views.shell import page
from tongban.rules.errors import DomainError, NotFound

ASKED = {
    "opened": "已连上缴费平台，可以去缴费了。",
    "waiting": "缴费平台还没有收到这笔钱。刚付过的，过一会儿再查。",
    "paid": "缴费成功，电子票据已开好。",
}


@require_safe
def fees(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """All that is to be paid and sent for one application."""
    by = http.signed_in(request)
    joint = cases.joint_case(joint_id, by=by)
    names = {row.id: row.name for row in cases.progress(joint)}
    rows = [(view, names[view.order.subject_id]) for view in payments.of_subjects(names)]
    sent = delivery.of_subjects([*names, joint.pk])
    return page(request, "fees_page", nav="me", joint=joint, rows=rows, shipments=sent, units=_units())


def _units() -> dict[str, str]:
    return {code: row.name for code, row in orgs.organisations(settings.PLACE).items()}


def _order(request: HttpRequest, order_id: UUID) -> OrderView:
    by = http.signed_in(request)
    return payments.order(order_id, by=by, parties=identity.parties(by=by))


@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: what for, how much, on what basis, and how to pay it."""
    return _shown(request, _order(request, order_id), told=ASKED.get(request.GET.get("asked", ""), ""))


def _shown(
    request: HttpRequest, view: OrderView, *, told: str = "", refusal: DomainError | None = None
) -> HttpResponse:
    return page(
        request, "fees_order", nav="me", view=view, order=view.order, units=_units(), told=told, refusal=refusal,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def ask(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Ask the gateway now: open the order there, or look whether it was paid. No transaction around the network."""
    view = _order(request, order_id)
    try:
        asked = _ask(view)
    except DomainError as refusal:
        return _shown(request, view, refusal=refusal)
    return HttpResponseRedirect(f"{reverse('fees_order', args=[order_id])}?asked={asked}")


def _ask(view: OrderView) -> str:
    if view.order.sent_at is None:
        orders.send(view.order.pk)
        return "opened"
    return "waiting" if callbacks.check(view.order).paid_at is None else "paid"


@require_safe
def receipt(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The electronic receipt of an order, to look at and to print."""
    view = _order(request, order_id)
    if not view.receipt_number:
        raise NotFound("payments.no_receipt", "还没有电子票据", remedy="缴费成功后才有")
    return page(
        request, "fees_receipt", nav="me", view=view, order=view.order, unit=_units().get(view.order.organisation, "")
    )
