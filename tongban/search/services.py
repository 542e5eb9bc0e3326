"""Keep the index. Owners of things call `replace` when what they hold has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction

from tongban.core import time
from tongban.search import rules
from tongban.search.models import Entry, Missed, Synonym


@dataclass(frozen=True)
class Findable:
    """A thing to be found: its title, the other words people use for it, and how much it weighs."""

    code: str
    title: str
    summary: str = ""
    words: tuple[str, ...] = field(default=())
    weight: float = 1.0


@transaction.atomic
def replace(kind: str, pack: str, things: Iterable[Findable]) -> None:
    """Make `things` all that can be found of a kind in a pack."""
    _forget(kind, pack)
    Entry.objects.bulk_create(
        [
            Entry(kind=kind, pack=pack, code=thing.code, title=thing.title, summary=thing.summary, weight=thing.weight,
                  terms=rules.index_terms(thing.title, thing.words))
            for thing in things
        ],
        batch_size=500,
    )  # fmt: skip
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO search_fts (rowid, terms) SELECT id, terms FROM search_entry WHERE kind = %s AND pack = %s",
                [kind, pack],
            )


def _forget(kind: str, pack: str) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM search_fts WHERE rowid IN (SELECT id FROM search_entry WHERE kind = %s AND pack = %s)",
                [kind, pack],
            )
    Entry.objects.filter(kind=kind, pack=pack).delete()


def differences(pack: str, groups: Iterable[Iterable[str]]) -> tuple[list[str], list[str], list[str]]:
    """Return whether the synonyms change, in the form of the other apps."""
    return [], ([] if exported(pack) == [list(group) for group in groups] else ["synonyms"]), []


def exported(pack: str) -> list[list[str]]:
    """Return the synonym groups in force."""
    rows = Synonym.objects.filter(pack=pack).order_by("pk").values_list("words", flat=True)
    return [words.split("|") for words in rows]


@transaction.atomic
def set_synonyms(pack: str, groups: Iterable[Iterable[str]]) -> None:
    """Replace the synonym groups of a pack."""
    Synonym.objects.filter(pack=pack).delete()
    Synonym.objects.bulk_create(Synonym(pack=pack, words="|".join(group)) for group in groups)


def note_missed(pack: str, query: str) -> None:
    """Keep a search that found nothing."""
    Missed.objects.create(pack=pack, query=query[:100], at=time.now())
