"""Where the payment gateway tells us what happened: POST /callbacks/payments."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tongban.core import callbacks
from tongban.payments.services.callbacks import take_callback


@csrf_exempt
@require_POST
def callback(request: HttpRequest) -> HttpResponse:
    """Take a callback; the signature stands in the place of a session."""
    return callbacks.answer(request, take_callback)
