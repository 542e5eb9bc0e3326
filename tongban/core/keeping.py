"""Rows that are never changed or deleted: the database itself refuses it, whoever asks.

A model says so with `kept = True`. The triggers are set after each migration, so that one which makes a table of SQLite
anew does not lose them.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections

FUNCTION = "core_keep"


def keep(app_config: AppConfig, using: str, **about: Any) -> None:
    """Set the triggers of an app's models (`post_migrate`)."""
    known = connections[using]
    tables = [model._meta.db_table for model in app_config.get_models() if getattr(model, "kept", False)]
    there = set(known.introspection.table_names()) if tables else set()
    with known.cursor() as cursor:
        for sql in _statements([table for table in tables if table in there], known.vendor == "postgresql"):
            cursor.execute(sql)


def _statements(tables: list[str], is_postgresql: bool) -> list[str]:
    found = []
    if tables and is_postgresql:
        found.append(
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$ LANGUAGE plpgsql"
        )
    for table in tables:
        words = f"rows of {table} are never changed or deleted"
        for verb in ("update", "delete"):
            when = f"{table}_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW"
            found.append(
                f"CREATE OR REPLACE TRIGGER {when} EXECUTE FUNCTION {FUNCTION}()" if is_postgresql
                else f"CREATE TRIGGER IF NOT EXISTS {when} BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )  # fmt: skip
    return found
