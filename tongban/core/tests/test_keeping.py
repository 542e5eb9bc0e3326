"""Rows that are never changed or deleted: the database refuses it for every model that says so, also after a migration."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from tongban.core import keeping

pytestmark = pytest.mark.django_db
KEPT = [model for model in apps.get_models() if getattr(model, "kept", False)]


def triggers() -> set[str]:
    table = "pg_trigger" if connection.vendor == "postgresql" else "sqlite_master"
    column, where = (
        ("tgname", "NOT tgisinternal") if connection.vendor == "postgresql" else ("name", "type = 'trigger'")
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {where}")
        return {row[0] for row in cursor.fetchall()}


def test_each_kept_model_has_its_triggers() -> None:
    assert len(KEPT) >= 11
    assert {f"{model._meta.db_table}_{verb}" for model in KEPT for verb in ("update", "delete")} <= triggers()


def test_triggers_that_a_migration_lost_are_set_again() -> None:
    table = KEPT[0]._meta.db_table
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_delete{on}")
    assert f"{table}_delete" not in triggers()
    keeping.keep(KEPT[0]._meta.app_config, using="default")
    assert f"{table}_delete" in triggers()
