"""寄递登记: send a result by hand under its waybill, enter a waybill, write down who signed; see the way of the parcel."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.cases.queries import fees, mailing
from tongban.cases.queries.mailing import Case
from tongban.cases.services import mailing as sending
from tongban.core import time
from tongban.core.actor import Actor
from tongban.delivery.queries import ShipmentView
from tongban.delivery.rules import ENDED, Addressee, State
from tongban.delivery.services import shipping, tracking
from tongban.portals.office.views import shell
from tongban.rules import masking
from tongban.rules.errors import Conflict, DomainError, Invalid

LABELS = {
    "name": "收件人",
    "phone": "电话",
    "address": "地址",
    "waybill": "运单号",
    "signed_by": "签收人",
    "at": "签收时间",
}


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show what was sent of a case and what can be done about it now; do it."""
    by = shell.staff(request)
    case = mailing.for_desk(case_id, by=by)
    if request.method == "GET":
        return _shown(request, case, by=by)
    try:
        words = _do(request.POST, case, by)
    except (Invalid, Conflict) as refusal:
        return _shown(request, case, by=by, refusal=refusal)
    shell.tell(request, words)
    return HttpResponseRedirect(reverse("office:mail", args=[case_id]))


def _do(sent: QueryDict, case: Case, by: Actor) -> str:
    words = {name: masking.normal(sent.get(name, "")) for name in LABELS}
    running = _running(case)
    if sent.get("do") == "send":
        to = Addressee(words["name"], words["phone"], words["address"])
        sending.send_by_hand(case.pk, to=to, waybill=words["waybill"], by=by)
        return f"已登记寄出，运单号 {words['waybill'].upper()}。"
    if running is None:
        raise Conflict("delivery.none", "没有正在寄的", remedy="刷新看最新状态")
    if sent.get("do") == "waybill":
        row = shipping.enter_waybill(running.shipment.pk, words["waybill"], by=by)
        return f"已登记运单号 {row.waybill}。"
    at = _moment(words["at"], since=running.shipment.created_at)
    tracking.sign_for(running.shipment.pk, signed_by=words["signed_by"], at=at, by=by)
    return f"已登记 {words['signed_by']} 签收。"


def _moment(text: str, *, since: datetime) -> datetime:
    """Return what was typed; the field knows no seconds, so the minute of `since` counts as that moment."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=time.CHINA)
        return max(at, since) if timedelta(0) < since - at < timedelta(minutes=1) else at
    except ValueError as problem:
        raise Invalid("delivery.signed_at", "有 1 处要改", fields={"at": "写成 2026-03-06T09:30"}) from problem


def _running(case: Case) -> ShipmentView | None:
    """Return the parcel that has not come to an end."""
    return next((view for view in mailing.shipments([case.pk]) if State(view.shipment.state) not in ENDED), None)


def _shown(request: HttpRequest, case: Case, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    rows, running, to = mailing.shipments([case.pk]), _running(case), mailing.addressee(case)
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    typed = {name: request.POST.get(name, value) for name, value in vars(to).items()}
    typed |= {name: request.POST.get(name, "") for name in ("waybill", "signed_by")}
    typed["at"] = request.POST.get("at", f"{time.now().astimezone(time.CHINA):%Y-%m-%dT%H:%M}")
    delivered = any(view.shipment.state == State.DELIVERED for view in rows)
    return shell.show(
        request, "mail_page", by=by, menu="home", case=case, rows=rows, running=running, refusal=refusal,
        labels=LABELS, typed=typed, fields=fields, errors=[(name, words) for name, words in fields.items()],
        may_send=mailing.has_result(case) and running is None and not delivered,
        is_settled=fees.is_settled(case), wants_mail=mailing.is_to_be_sent(case),
        status=refusal.status if refusal else 200,
    )  # fmt: skip
