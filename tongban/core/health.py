"""Whether this process can serve. Source: assurance guide §11."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def findings() -> list[str]:
    """Return what stands in the way of serving: database, migrations, disk. Empty when ready."""
    found: list[str] = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            found.append("migrations")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        found.append("database")
    usage = shutil.disk_usage(settings.FILES_DIR.parent)
    if usage.free / usage.total < 0.05:
        found.append("disk")
    return found
