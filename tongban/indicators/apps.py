"""The app `indicators` (指标)."""

from django.apps import AppConfig


class Indicators(AppConfig):
    name = "tongban.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Register the handlers of events and the tasks of the worker."""
        from tongban.indicators import handlers, tasks  # noqa: F401  # models must be loaded first
