"""The app `disclosure`."""

from django.apps import AppConfig


class Disclosure(AppConfig):
    name = "tongban.disclosure"
    label = "disclosure"

    def ready(self) -> None:
        """Register what the worker does."""
        import tongban.disclosure.tasks  # noqa: F401  # models must be loaded first
