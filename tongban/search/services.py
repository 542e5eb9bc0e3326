"""Keep the index and its words. Owners of things call `replace` when what they hold has changed.

Synonyms come from two hands. `pack plan` and `pack apply` compare and replace the pack's own rows alone, so that what editors
add on screen survives and never shows up as a difference; `pack export` writes the groups that count, those of the desk too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import QuerySet

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Invalid, NotFound
from tongban.search import permissions, queries
from tongban.search.models import Entry, Missed, Synonym
from tongban.search.rules import synonyms, words
from tongban.search.rules.narrowing import Facts
from tongban.search.rules.synonyms import Origin

_NUMBERS = re.compile(r"\d{5,}")


@dataclass(frozen=True)
class Findable:
    """A thing to be found: its title, the other words people use for it, how much it weighs, what it can be filtered by."""

    code: str
    title: str
    summary: str = ""
    words: tuple[str, ...] = field(default=())
    weight: float = 1.0
    facts: Facts = field(default_factory=Facts)


@transaction.atomic
def replace(kind: str, pack: str, things: Iterable[Findable]) -> None:
    """Make `things` all that can be found of a kind in a pack."""
    _forget(kind, pack)
    Entry.objects.bulk_create([_entry(kind, pack, thing) for thing in things], batch_size=500)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO search_fts (rowid, terms) SELECT id, terms FROM search_entry WHERE kind = %s AND pack = %s",
                [kind, pack],
            )


def _entry(kind: str, pack: str, thing: Findable) -> Entry:
    facts = thing.facts
    return Entry(
        kind=kind, pack=pack, code=thing.code, title=thing.title[:200], summary=thing.summary[:400], weight=thing.weight,
        terms=words.index_terms(thing.title, (*thing.words, thing.summary)), words="\n".join(thing.words), audience=",".join(facts.audience),
        org=facts.org, org_name=facts.org_name, visits=facts.visits, is_online=facts.is_online,
    )  # fmt: skip


def _forget(kind: str, pack: str) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM search_fts WHERE rowid IN (SELECT id FROM search_entry WHERE kind = %s AND pack = %s)",
                [kind, pack],
            )
    Entry.objects.filter(kind=kind, pack=pack).delete()


def differences(pack: str, groups: Iterable[Iterable[str]]) -> tuple[list[str], list[str], list[str]]:
    """Return whether the pack's synonyms change, in the form of the other apps. Words of the desk are no difference."""
    have = [row.words for row in queries.rows(pack) if row.origin == Origin.PACK]
    return [], ([] if have == [tuple(group) for group in groups] else ["synonyms"]), []


def exported(pack: str) -> list[list[str]]:
    """Return the synonym groups in force, those of the pack with what was added on screen and those of the screen alone."""
    return [list(group.pack + group.desk) for group in queries.groups(pack) if not group.is_off]


@transaction.atomic
def set_synonyms(pack: str, groups: Iterable[Sequence[str]]) -> None:
    """Replace the synonym groups of a pack; what the desk added stays, unless the pack now says it too."""
    groups = [tuple(group) for group in groups]
    Synonym.objects.filter(pack=pack, origin=Origin.PACK.value).delete()
    kept = Synonym.objects.filter(pack=pack)
    done = [row.pk for row in kept if synonyms.is_in_pack(_row(row), groups)]
    kept.filter(pk__in=done).delete()
    Synonym.objects.bulk_create(Synonym(pack=pack, words="|".join(group)) for group in groups)


def _row(row: Synonym) -> synonyms.Row:
    return synonyms.Row(row.origin, tuple(row.words.split("|")), row.joins)


@transaction.atomic
def add_words(pack: str, text: str, *, to: str, keeper: str, by: Actor) -> tuple[str, ...]:
    """Add words to the group that holds the word `to`, or begin a group of their own; return them. They count at once.

    What was missed and is found now is forgotten. Raises NotAllowed, Invalid, NotFound.
    """
    permissions.require_edit(keeper, by=by)
    fresh = synonyms.read(text)
    if to:
        fresh = _added(pack, fresh, to)
    elif len(fresh) < 2:
        raise Invalid("search.one_word", "一组至少两个词", fields={"words": "再写一个意思相同的词，或选一个已有的组"})
    else:
        Synonym.objects.create(pack=pack, origin=Origin.DESK.value, words="|".join(fresh))
    audit.record(
        "search.words_added", "synonyms", pack, by=by, organisation=keeper, reason="、".join((*fresh, to))[:200]
    )
    _forget_found(pack, fresh)
    return fresh


def _added(pack: str, fresh: tuple[str, ...], to: str) -> tuple[str, ...]:
    group = next((group for group in queries.groups(pack) if to in group.words), None)
    if group is None:
        raise NotFound("search.no_group", f"没有含“{to}”的词组", remedy="从列表里选一组，或新建一组")
    more = tuple(word for word in fresh if word not in group.words)
    if not more:
        raise Invalid("search.known_words", "这一组已经有这些词", fields={"words": "写这一组里还没有的词"})
    if group.pack:
        Synonym.objects.create(pack=pack, origin=Origin.DESK.value, words="|".join(more), joins=_anchor(pack, group))
    else:
        _desk_rows(pack, group.words).delete()
        Synonym.objects.create(pack=pack, origin=Origin.DESK.value, words="|".join((*more, *group.words)))
    return more


def _anchor(pack: str, group: synonyms.Group) -> str:
    return synonyms.anchor(group.pack, [row.words for row in queries.rows(pack) if row.origin == Origin.PACK])


def _desk_rows(pack: str, group: Sequence[str]) -> QuerySet[Synonym]:
    """Return the rows of the desk that make up a group without a part in the pack."""
    rows = Synonym.objects.filter(pack=pack, origin=Origin.DESK.value)
    wanted = tuple(group)
    found = [row.pk for row in rows if (*row.words.split("|"), *([row.joins] if row.joins else [])) == wanted]
    return rows.filter(pk__in=found)


@transaction.atomic
def change_group(pack: str, key: str, text: str, *, keeper: str, by: Actor) -> tuple[str, ...]:
    """Replace the words that the desk added to a group, or a whole group of the desk; no words at all removes them.

    Raises NotAllowed, Invalid; NotFound when somebody else has changed the group.
    """
    permissions.require_edit(keeper, by=by)
    group = queries.group(pack, key)
    fresh = synonyms.read(text) if text.strip() else ()
    if not group.pack and len(fresh) == 1:
        raise Invalid(
            "search.one_word", "一组至少两个词", fields={"words": "再写一个意思相同的词；全部删掉就是删除这一组"}
        )
    if group.pack:
        home = [
            row
            for row in Synonym.objects.filter(pack=pack, origin=Origin.DESK.value)
            if row.joins in group.pack and row.joins
        ]
        Synonym.objects.filter(pk__in=[row.pk for row in home]).delete()
        fresh = tuple(word for word in fresh if word not in group.pack)
    else:
        _desk_rows(pack, group.words).delete()
    if fresh:
        joins = _anchor(pack, group) if group.pack else ""
        Synonym.objects.create(pack=pack, origin=Origin.DESK.value, words="|".join(fresh), joins=joins)
    audit.record(
        "search.words_changed",
        "synonyms",
        pack,
        by=by,
        organisation=keeper,
        reason="、".join(fresh or group.desk)[:200],
    )
    return fresh


@transaction.atomic
def switch_group(pack: str, key: str, *, on: bool, keeper: str, by: Actor) -> None:
    """Switch a group of the pack off, or on again. The pack's file stays as it is. Raises NotAllowed, NotFound."""
    permissions.require_edit(keeper, by=by)
    group = queries.group(pack, key)
    text = "|".join(group.pack)
    Synonym.objects.filter(pack=pack, origin=Origin.OFF.value, words=text).delete()
    if group.pack and not on:
        Synonym.objects.create(pack=pack, origin=Origin.OFF.value, words=text)
    audit.record(
        "search.group_on" if on else "search.group_off", "synonyms", pack, by=by, organisation=keeper, reason=text[:200]
    )


@transaction.atomic
def note_missed(pack: str, query: str) -> None:
    """Keep a search that found nothing; long numbers, which may be somebody's, are not kept."""
    Missed.objects.create(pack=pack, query=_NUMBERS.sub("…", query)[:100], at=time.now())


@transaction.atomic
def dismiss(pack: str, query: str, *, keeper: str, by: Actor) -> int:
    """Forget a missed search that needs no words; return how often it was kept. Raises NotAllowed."""
    count, _ = queries.visible_to(pack, keeper=keeper, by=by).filter(query=query).delete()
    audit.record("search.dismissed", "missed", pack, by=by, organisation=keeper, reason=query[:100])
    return count


def _forget_found(pack: str, fresh: Sequence[str]) -> None:
    """Forget the missed searches that one of these words now answers, in the caller's transaction."""
    queries_missed = Missed.objects.filter(pack=pack).values_list("query", flat=True).distinct()
    now_found = [
        query for query in queries_missed if words.said(query, [fresh]).meant and queries.find(query, pack=pack, most=1)
    ]
    Missed.objects.filter(pack=pack, query__in=now_found).delete()
