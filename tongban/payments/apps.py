"""The app `payments`."""

from django.apps import AppConfig


class Payments(AppConfig):
    name = "tongban.payments"
    label = "payments"

    def ready(self) -> None:
        """Register the handlers of events and the hourly tasks."""
        import tongban.payments.handlers
        import tongban.payments.tasks  # noqa: F401  # models must be loaded first
