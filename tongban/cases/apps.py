"""The app of cases; its timers are registered when it is ready."""

from __future__ import annotations

from django.apps import AppConfig


class Cases(AppConfig):
    name = "tongban.cases"
    label = "cases"

    def ready(self) -> None:
        from tongban.cases import handlers, tasks  # noqa: F401  # registers what waits for events and hours
