"""The app `authoring`."""

from django.apps import AppConfig


class Authoring(AppConfig):
    name = "tongban.authoring"
    label = "authoring"

    def ready(self) -> None:
        """Register what happens when a publication takes effect."""
        from tongban.authoring import tasks  # noqa: F401
