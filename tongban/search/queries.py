"""Find things in people's own words, and say why they were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache

from django.db import connection
from django.db.models import Count, Max, QuerySet

from tongban.core import db
from tongban.core.actor import Actor
from tongban.rules.errors import NotFound
from tongban.search import permissions
from tongban.search.models import Entry, Missed, Synonym
from tongban.search.rules import mistakes, narrowing, synonyms, weighing, words
from tongban.search.rules.mistakes import Mended
from tongban.search.rules.narrowing import Candidate, Choice, Facts, Filters
from tongban.search.rules.weighing import Why

SQLITE = """
    SELECT e.id, e.kind, e.code, e.title, e.summary, e.words, e.weight, e.audience, e.org, e.org_name, e.visits, e.is_online
    FROM search_fts JOIN search_entry e ON e.id = search_fts.rowid
    WHERE search_fts MATCH %s AND e.pack = %s ORDER BY bm25(search_fts), e.id LIMIT %s
"""
POSTGRESQL = """
    SELECT e.id, e.kind, e.code, e.title, e.summary, e.words, e.weight, e.audience, e.org, e.org_name, e.visits, e.is_online
    FROM search_entry e, to_tsquery('simple', %s) q
    WHERE e.vector @@ q AND e.pack = %s ORDER BY ts_rank(e.vector, q, 1) DESC, e.id LIMIT %s
"""
FIELDS = (
    "id",
    "kind",
    "code",
    "title",
    "summary",
    "words",
    "weight",
    "audience",
    "org",
    "org_name",
    "visits",
    "is_online",
)
WEIGHED = 100  # entries that the database hands over to be weighed
BUDGET = 1500  # entries that the rarest terms may stand in together: what is common costs much and says little
WORDS, NO_FACTS = Why("words"), Facts()
NOISE = 0.12  # of the best score: what is below it only shares a common word


@dataclass(frozen=True)
class Hit:
    """A thing found: how well it fits, why, and what it can be filtered by."""

    kind: str
    code: str
    title: str
    summary: str
    score: float
    why: Why = WORDS
    is_good: bool = True
    names: tuple[str, ...] = ()
    facts: Facts = NO_FACTS
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a search found: hits that pass the filters, all that was found before them, what was taken for a slip, ways on."""

    hits: tuple[Hit, ...]
    all_hits: tuple[Hit, ...]
    mended: tuple[Mended, ...]
    choices: tuple[Choice, ...]


def find(query: str, *, pack: str, most: int = 40) -> list[Hit]:
    """Return what fits the query best. An empty query finds nothing."""
    return list(search(query, pack=pack).hits[:most])


def search(query: str, *, pack: str, filters: Filters = Filters()) -> Found:  # noqa: B008  # a frozen value
    """Return what fits the query, what was probably meant, and ways to narrow it.

    Slips of the hand are looked for only where the words as typed find nothing good.
    """
    known = _known(pack)
    exact = _weighed(query, known, pack)
    mended: tuple[Mended, ...] = ()
    if words.terms(query) and not any(hit.is_good for hit in exact):
        mended, better = _mended(query, known, pack)
        codes = {(hit.kind, hit.code) for hit in better}
        exact = [*better, *(hit for hit in exact if (hit.kind, hit.code) not in codes)]
    hits = tuple(hit for hit in exact if narrowing.fits(hit.kind, hit.facts, filters))
    seen = [Candidate(hit.names if hit.kind != "question" else (), hit.facts, hit.score) for hit in hits if hit.is_good]
    vague = filters.is_empty and not mended and narrowing.is_vague(query, seen)
    return Found(hits, tuple(exact), mended, tuple(narrowing.choices(query, seen)) if vague else ())


def _mended(query: str, known: Known, pack: str) -> tuple[tuple[Mended, ...], list[Hit]]:
    """Return the slips whose mending finds something good, and what it finds."""
    taken: list[Mended] = []
    better: dict[tuple[str, str], Hit] = {}
    for slip in mistakes.mend(query, known.book, lambda term: term in known.entries_of):
        if taken and taken[0].typed != slip.typed:
            break  # The surest stretch is mended; the others were as meant.
        for hit in _weighed(words.normal(query).replace(slip.typed, slip.meant), known, pack):
            if hit.is_good:
                why = Why("mistake", slip.typed, slip.meant)
                better.setdefault((hit.kind, hit.code), replace(hit, why=why))
                taken += [slip] if slip not in taken else []
    return tuple(taken), sorted(better.values(), key=lambda hit: -hit.score)


def _weighed(query: str, known: Known, pack: str) -> list[Hit]:
    said = words.said(query, known.groups)
    hits = []
    for row in _candidates(said, known, pack):
        kind, code, title, summary, kept, weight = row[1:7]
        other = tuple(filter(None, kept.split("\n")))
        thing = weighing.Text(title, other, summary, weight)
        fit = weighing.weigh(thing, said, known.worth)
        if fit.score > 0:
            facts = Facts(tuple(filter(None, row[7].split(","))), row[8], row[9], row[10], bool(row[11]))
            hits.append(
                Hit(
                    kind, code, title, summary, fit.score, fit.why, fit.is_good, weighing.shape(thing).names, facts,
                    weighing.marked(said, fit.why),
                )
            )  # fmt: skip
    hits.sort(key=lambda hit: (-hit.score, hit.kind, hit.code))
    return [hit for hit in hits if hit.score >= hits[0].score * NOISE]


Row = tuple[int, str, str, str, str, str, float, str, str, str, int | None, bool]


def _candidates(said: words.Said, known: Known, pack: str) -> list[Row]:
    """Return the entries worth weighing: those that hold the rarest of what was said or meant."""
    wanted = [term for term in said.terms if term in known.entries_of]
    for other in (other for meant in said.meant for other in meant.others):
        parts = words.terms(other)
        if parts and all(part in known.entries_of for part in parts):
            wanted.append(min(parts, key=known.entries_of.__getitem__))
    chosen: list[str] = []
    total = 0
    for term in sorted(dict.fromkeys(wanted), key=known.entries_of.__getitem__)[:40]:
        total += known.entries_of[term]
        if chosen and total > BUDGET:
            break
        chosen.append(term)
    found = _matching(chosen, pack) if chosen else []
    named = _named(said, known)
    return (
        [*found, *(row for row in _entries(named, pack) if row[0] not in {one[0] for one in found})] if named else found
    )


def _named(said: words.Said, known: Known) -> list[int]:
    """Return the entries with a name that holds the one character that was said, or that begins with the letters typed.

    The index knows pairs of characters and whole names in letters only.
    """
    if said.character:
        return known.named(said.character)
    begun = [run for run in said.letters if len(run) > 2 and run not in known.entries_of]
    return [pk for run in begun for name in known.spelt(run) for pk in known.ids_by_name[name]]


def _matching(terms: Sequence[str], pack: str) -> list[Row]:
    if connection.vendor == "sqlite":
        sql, text = SQLITE, " OR ".join(f'"{term}"' for term in terms)
    else:
        sql, text = POSTGRESQL, " | ".join(f"'{term}'" for term in terms)
    with connection.cursor() as cursor:
        cursor.execute(sql, [text, pack, WEIGHED])
        found: list[Row] = cursor.fetchall()
    return found


def _entries(ids: Iterable[int], pack: str) -> list[Row]:
    chosen = list(dict.fromkeys(ids))[:WEIGHED]
    return list(Entry.objects.filter(pack=pack, pk__in=chosen).values_list(*FIELDS)) if chosen else []


class Known:
    """What is kept in memory of a pack: in how many entries each term stands, its names, its synonyms."""

    def __init__(self, pack: str, groups: tuple[tuple[str, ...], ...]) -> None:
        self.groups = groups
        self.entries_of: Counter[str] = Counter()
        self.ids_by_name: dict[str, list[int]] = {}
        self.among = 0
        for pk, terms, title, kept in Entry.objects.filter(pack=pack).values_list("pk", "terms", "title", "words"):
            self.among += 1
            self.entries_of.update(set(terms.split()))
            for name in words.names(title, filter(None, kept.split("\n"))):
                self.ids_by_name.setdefault(words.normal(name), []).append(pk)

    def worth(self, term: str) -> float:
        """Return the rarity of a term; 0 for one that stands nowhere."""
        return weighing.rarity(self.entries_of[term], self.among) if term in self.entries_of else 0.0

    def named(self, part: str) -> list[int]:
        """Return the entries with a name that holds a text."""
        return [pk for name, ids in self.ids_by_name.items() if part in name for pk in ids]

    @cached_property
    def book(self) -> mistakes.Book:
        """The words by their sound; made when the first slip is looked for."""
        spoken = (word for group in self.groups for word in group if " " not in word)
        return mistakes.Book([*self.ids_by_name, *spoken])

    @cached_property
    def letters(self) -> dict[str, list[tuple[str, str, str]]]:
        """The names with their pinyin and their initials, by the letter that both begin with."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for name in self.ids_by_name:
            found.setdefault(words.initials(name)[:1], []).append((name, words.full_pinyin(name), words.initials(name)))
        return found

    def spelt(self, run: str) -> list[str]:
        """Return the names whose pinyin or initials begin with a run of letters."""
        rows = self.letters.get(run[:1], [])
        return [name for name, full, first in rows if full.startswith(run) or first.startswith(run)]


def suggest(text: str, *, pack: str, most: int = 8) -> list[Hit]:
    """Return what somebody who has typed so much may want: names that begin with it, names that hold it, what it finds."""
    typed = "".join(words.runs(text))[:40]
    if not typed:
        return []
    known = _known(pack)
    names = _begun(typed, known)
    order = {pk: n for n, pk in reversed(list(enumerate(pk for name in names for pk in known.ids_by_name[name])))}
    rows = sorted(_entries(order, pack), key=lambda row: (order[row[0]] // 4, -row[6], order[row[0]]))
    begun = [Hit(row[1], row[2], row[3], row[4], row[6]) for row in rows]
    codes = {(hit.kind, hit.code) for hit in begun}
    more = [] if len(begun) >= most else find(text, pack=pack, most=most)
    return [*begun, *(hit for hit in more if hit.is_good and (hit.kind, hit.code) not in codes)][:most]


def _begun(typed: str, known: Known) -> list[str]:
    if words.is_latin(typed):
        return sorted(known.spelt(typed), key=len)[:40]
    starts = [name for name in known.ids_by_name if name.startswith(typed)]
    inside = [name for name in known.ids_by_name if typed in name and not name.startswith(typed)]
    return [*sorted(starts, key=len), *sorted(inside, key=len)][:40] if len(typed) > 1 else sorted(starts, key=len)[:40]


# What editors keep


@dataclass(frozen=True)
class MissedRow:
    """A search that found nothing: what was looked for, how often, when last."""

    query: str
    count: int
    last_at: datetime


def may_edit(keeper: str, *, by: Actor) -> bool:
    """Return whether the actor may keep synonyms and see what was not found."""
    return permissions.may_edit(keeper, by=by)


def missed(pack: str, *, keeper: str, by: Actor, most: int = 100) -> list[MissedRow]:
    """Return what was looked for and not found, the most frequent first. Raises NotAllowed."""
    rows = visible_to(pack, keeper=keeper, by=by).values("query").annotate(count=Count("pk"), last=Max("at"))
    return [MissedRow(row["query"], row["count"], row["last"]) for row in rows.order_by("-count", "-last")[:most]]


def visible_to(pack: str, *, keeper: str, by: Actor) -> QuerySet[Missed]:
    """Return the missed searches that an editor of the keeping organisation sees. Raises NotAllowed."""
    permissions.require_edit(keeper, by=by)
    return Missed.objects.filter(pack=pack)


def groups(pack: str) -> list[synonyms.Group]:
    """Return the groups of a pack, those switched off too."""
    return synonyms.groups(rows(pack))


def group(pack: str, key: str) -> synonyms.Group:
    """Return a group by its key. Raises NotFound when it is gone, or no longer what it was."""
    found = next((each for each in groups(pack) if each.key == key), None)
    if found is None:
        raise NotFound("search.no_group", "没有这一组词，或者刚被别人改过", remedy="回到搜索用词，从列表里再选")
    return found


def rows(pack: str) -> list[synonyms.Row]:
    """Return the rows of synonyms as they are kept."""
    kept = Synonym.objects.filter(pack=pack).order_by("pk").values_list("origin", "words", "joins")
    return [synonyms.Row(origin, tuple(text.split("|")), joins) for origin, text, joins in kept]


STAMP = """
    SELECT (SELECT COALESCE(MAX(id), 0) * 100000 + COUNT(*) FROM search_synonym WHERE pack = %s) || '-' ||
           (SELECT COALESCE(MAX(id), 0) FROM search_entry WHERE pack = %s)
"""


def _known(pack: str) -> Known:
    """Return what is kept of a pack, read again when its entries or synonyms changed: rows are made and deleted, never changed.

    Entries that are only deleted need no new reading: what is kept of them finds nothing.
    """
    return _synonyms(pack, str(db.stamp(STAMP, [pack, pack])), str(connection.settings_dict["NAME"]))


@lru_cache(maxsize=8)
def _synonyms(pack: str, stamp: str, database: str) -> Known:
    return Known(pack, tuple(synonyms.in_force(rows(pack))))
