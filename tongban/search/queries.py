"""Find things in people's own words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.db.models import Max

from tongban.search import rules
from tongban.search.models import Synonym

SQLITE = """
    SELECT e.kind, e.code, e.title, e.summary, -bm25(search_fts) * e.weight AS score
    FROM search_fts JOIN search_entry e ON e.id = search_fts.rowid
    WHERE search_fts MATCH %s AND e.pack = %s ORDER BY score DESC, e.id LIMIT %s
"""
POSTGRESQL = """
    SELECT e.kind, e.code, e.title, e.summary, ts_rank(e.vector, q, 1) * e.weight AS score
    FROM search_entry e, to_tsquery('simple', %s) q
    WHERE e.vector @@ q AND e.pack = %s ORDER BY score DESC, e.id LIMIT %s
"""


@dataclass(frozen=True)
class Hit:
    """A thing found, best first."""

    kind: str
    code: str
    title: str
    summary: str
    score: float


def find(query: str, *, pack: str, most: int = 40) -> list[Hit]:
    """Return what fits the query best. An empty query finds nothing."""
    wanted = rules.query_terms(query, synonyms(pack))
    if not wanted:
        return []
    if connection.vendor == "sqlite":
        sql, text = SQLITE, " OR ".join(f'"{term}"' for term in wanted)
    else:
        sql, text = POSTGRESQL, " | ".join(f"'{term}'" for term in wanted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [text, pack, most])
        return [Hit(*row) for row in cursor.fetchall()]


def synonyms(pack: str) -> tuple[frozenset[str], ...]:
    """Return the synonym groups of a pack."""
    latest = Synonym.objects.filter(pack=pack).aggregate(n=Max("pk"))["n"] or 0
    return _synonyms(pack, latest, Synonym.objects.db)


@lru_cache(maxsize=8)
def _synonyms(pack: str, latest: int, database: str) -> tuple[frozenset[str], ...]:
    rows = Synonym.objects.filter(pack=pack).order_by("pk").values_list("words", flat=True)
    return tuple(frozenset(words.split("|")) for words in rows)
