"""Whether this process can serve. Source: assurance guide §11."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from tongban.rules.errors import Conflict


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


def require_ready() -> None:
    """Raise Conflict unless the database has the schema of this version; a database that is not there raises by itself."""
    executor = MigrationExecutor(connection)
    if set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes):
        raise Conflict(
            "database.newer", "这个数据库是更新的版本建的，这个版本不能用", remedy="换回更新的版本，或检查 --database"
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Conflict(
            "database.not_ready", "数据库还没有建好，或是旧版本建的", remedy="先运行 tongban setup，或检查 --database"
        )
