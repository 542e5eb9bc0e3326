"""The app `taskforce` (督办)."""

from django.apps import AppConfig


class Taskforce(AppConfig):
    name = "tongban.taskforce"
    label = "taskforce"

    def ready(self) -> None:
        from tongban.taskforce import tasks  # noqa: F401  # models must be loaded first
