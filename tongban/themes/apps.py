"""The app `themes`."""

from django.apps import AppConfig


class Themes(AppConfig):
    name = "tongban.themes"
    label = "themes"

    def ready(self) -> None:
        """Register the handlers of events and the hourly tasks."""
        import tongban.themes.handlers
        import tongban.themes.tasks  # noqa: F401  # models must be loaded first
