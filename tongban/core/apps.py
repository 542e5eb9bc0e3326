"""The app `core`."""

import logging
import sys

import structlog
from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate

from tongban.core import keeping, time


class Core(AppConfig):
    name = "tongban.core"
    label = "core"

    def ready(self) -> None:
        """Let logs be one JSON line an event, on stderr: stdout belongs to the answers of commands. Set the clock.

        Migrations leave rows that are kept under the guard of the database.
        """
        post_migrate.connect(keeping.keep, dispatch_uid="core.keep")
        time.keep_pace(settings.CLOCK)
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )
