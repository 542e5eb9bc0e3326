"""All routes: the portals, the API, health."""

from __future__ import annotations

from django.urls import include, path

handler404 = "tongban.core.http.not_found"
handler500 = "tongban.core.http.broken"
urlpatterns = [
    path("work/", include("tongban.portals.office.urls")),
    path("", include("tongban.portals.citizen.urls")),
]
