"""Let the database itself refuse to change or delete a version of what a campaign goes by (规则的版本只增不改)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLE = "taskforce_schemeversion"
WORDS = "what a campaign went by is never changed or deleted"


def keep(apps: Any, schema_editor: Any) -> None:
    """Put a trigger on the table for changes and one for deletions."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:
        schema_editor.execute(
            f"CREATE FUNCTION taskforce_keep() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{WORDS}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$ LANGUAGE plpgsql"
        )
    for verb in ("update", "delete"):
        action = "EXECUTE FUNCTION taskforce_keep()" if is_postgresql else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        schema_editor.execute(f"CREATE TRIGGER {TABLE}_{verb} BEFORE {verb.upper()} ON {TABLE} FOR EACH ROW {action}")


def release(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away again."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{verb}" + (f" ON {TABLE}" if is_postgresql else ""))
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION taskforce_keep()")


class Migration(migrations.Migration):
    dependencies = [("taskforce", "0003_scheme_versions")]
    operations = [migrations.RunPython(keep, release)]
