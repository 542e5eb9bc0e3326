"""The full-text index: FTS5 on SQLite, a GIN index on PostgreSQL."""

from django.db import migrations

FORWARD = {
    "sqlite": "CREATE VIRTUAL TABLE search_fts USING fts5(terms, tokenize='unicode61')",
    "postgresql": "CREATE INDEX search_entry_terms ON search_entry USING gin (to_tsvector('simple', terms))",
}
BACKWARD = {"sqlite": "DROP TABLE search_fts", "postgresql": "DROP INDEX search_entry_terms"}


def forward(apps, editor):
    editor.execute(FORWARD[editor.connection.vendor])


def backward(apps, editor):
    editor.execute(BACKWARD[editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
