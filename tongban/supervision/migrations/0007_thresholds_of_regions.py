"""Thresholds may be those of one region. SQLite makes the table anew for that, and its triggers (0004) are set again."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

TABLE = "supervision_thresholdversion"
WORDS = "what was issued is never changed or deleted"


def keep(apps: Any, schema_editor: Any) -> None:
    """Put the triggers on the table again where it was made anew."""
    if schema_editor.connection.vendor == "postgresql":
        return
    for verb in ("update", "delete"):
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_{verb} BEFORE {verb.upper()} ON {TABLE} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0006_find_cards_to_cure")]
    operations = [
        # Going back, the table is made anew once more: the triggers are set last then too.
        migrations.RunPython(migrations.RunPython.noop, keep),
        migrations.AddField("thresholdversion", "region", models.CharField(blank=True, default="", max_length=12)),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
