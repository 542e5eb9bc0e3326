"""The app `evaluation` (好差评)."""

from __future__ import annotations

from django.apps import AppConfig


class Evaluation(AppConfig):
    name = "tongban.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        """Register what it does with news and at its hours."""
        from tongban.evaluation import handlers, tasks  # noqa: F401
