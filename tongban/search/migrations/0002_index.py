"""The full-text index: FTS5 on SQLite, a stored tsvector with a GIN index on PostgreSQL."""

from django.db import migrations

FORWARD = {
    "sqlite": "CREATE VIRTUAL TABLE search_fts USING fts5(terms, tokenize='unicode61')",
    "postgresql": (
        "ALTER TABLE search_entry ADD COLUMN vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', terms)) STORED;"
        "CREATE INDEX search_entry_vector ON search_entry USING gin (vector)"
    ),
}
BACKWARD = {"sqlite": "DROP TABLE search_fts", "postgresql": "ALTER TABLE search_entry DROP COLUMN vector"}


def forward(apps, editor):
    editor.execute(FORWARD[editor.connection.vendor])


def backward(apps, editor):
    editor.execute(BACKWARD[editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
