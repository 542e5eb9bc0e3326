"""The app `supervision` (电子监察): watches clocks and procedure; what waits for events and hours is registered when it is ready."""

from __future__ import annotations

from django.apps import AppConfig


class Supervision(AppConfig):
    name = "tongban.supervision"
    label = "supervision"

    def ready(self) -> None:
        from tongban.supervision import handlers, tasks  # noqa: F401  # registers what waits for events and hours
