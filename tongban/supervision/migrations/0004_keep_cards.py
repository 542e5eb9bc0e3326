"""Let the database itself refuse to change or delete a card, what came after it, and what was found (监察记录不可修改、不可删除)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = ("supervision_card", "supervision_act", "supervision_pattern", "supervision_judgement", "supervision_thresholdversion")
WORDS = "what was issued is never changed or deleted"


def keep(apps: Any, schema_editor: Any) -> None:
    """Put a trigger on each table for changes and one for deletions."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:
        schema_editor.execute(
            f"CREATE FUNCTION supervision_keep() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{WORDS}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$ LANGUAGE plpgsql"
        )
    for table in TABLES:
        for verb in ("update", "delete"):
            action = "EXECUTE FUNCTION supervision_keep()" if is_postgresql else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
            schema_editor.execute(f"CREATE TRIGGER {table}_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW {action}")


def release(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away again."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_{verb}" + (f" ON {table}" if is_postgresql else ""))
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION supervision_keep()")


class Migration(migrations.Migration):
    dependencies = [("supervision", "0003_add_patterns")]
    operations = [migrations.RunPython(keep, release)]
