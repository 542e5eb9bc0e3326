"""All routes: the portals, the API, health."""

from __future__ import annotations

from django.urls import include, path

from tongban.config.api import api
from tongban.delivery import views as delivery
from tongban.payments import views as payments

handler400 = "tongban.core.http.unreadable"
handler404 = "tongban.core.http.not_found"
handler500 = "tongban.core.http.broken"
urlpatterns = [
    path("api/v1/", api.urls),
    path("callbacks/payments", payments.callback),
    path("callbacks/delivery", delivery.callback),
    path("work/", include("tongban.portals.office.urls")),
    path("supervise/", include("tongban.portals.supervisor.urls")),
    path("screen/", include("tongban.portals.screen.urls")),
    path("counter/", include("tongban.portals.counter.urls")),
    path("", include("tongban.portals.citizen.urls")),
]
