"""The app `delivery`."""

from django.apps import AppConfig


class Delivery(AppConfig):
    name = "tongban.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Register the handlers of events."""
        import tongban.delivery.handlers  # noqa: F401  # models must be loaded first
