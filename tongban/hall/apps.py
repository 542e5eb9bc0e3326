"""The app `hall`."""

from django.apps import AppConfig


class Hall(AppConfig):
    name = "tongban.hall"
    label = "hall"

    def ready(self) -> None:
        """Register the handlers of events and the timers."""
        from tongban.hall import handlers, tasks  # noqa: F401  # models must be loaded first
