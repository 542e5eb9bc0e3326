"""Routes of the wall."""

from __future__ import annotations

from django.urls import path

from tongban.portals.screen import views

app_name = "screen"
urlpatterns = [
    path("", views.wall, name="wall"),
    path("panels", views.panels, name="panels"),
]
