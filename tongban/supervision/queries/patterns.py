"""Read patterns with what people made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tongban.core.actor import Actor
from tongban.rules.errors import NotFound
from tongban.supervision import permissions
from tongban.supervision.models import Judgement, Pattern
from tongban.supervision.rules.patterns import PATTERNS, VERDICT_WORDS, Verdict
from tongban.supervision.rules.patterns import Pattern as Kind

PAGE = 50
# verdict -> words; "none": nobody judged it yet.
VERDICTS = {"none": "待判断", **{verdict.value: words for verdict, words in VERDICT_WORDS.items()}}


@dataclass(frozen=True)
class PatternView:
    """A pattern with its words and the last judgement."""

    row: Pattern
    kind: Kind
    verdict: str
    verdict_words: str
    judgements: tuple[tuple[Judgement, str], ...] = ()


def visible_to(pack: str, *, by: Actor) -> QuerySet[Pattern]:
    """Return the patterns an actor may see: who supervises or decides appeals sees all, nobody else any."""
    if permissions.supervises(pack, by=by) or permissions.decides_appeals(pack, by=by):
        return Pattern.objects.filter(pack=pack)
    return Pattern.objects.none()


def _judged(rows: QuerySet[Pattern]) -> QuerySet[Pattern]:
    last = Judgement.objects.filter(pattern=OuterRef("pk")).order_by("-seq").values("verdict")[:1]
    return rows.annotate(verdict=Coalesce(Subquery(last), Value("none")))


def page(
    pack: str, *, kind: str = "", unit: str = "", verdict: str = "", number: int = 1, by: Actor
) -> tuple[list[PatternView], int]:
    """Return a page of patterns, newest first, and how many there are. Two queries."""
    rows = _judged(visible_to(pack, by=by))
    wanted = {"kind": kind, "organisation": unit, "verdict": verdict}
    rows = rows.filter(Q(**{name: value for name, value in wanted.items() if value}))
    found = rows.order_by("-found_at", "kind", "organisation")[(number - 1) * PAGE : number * PAGE]
    return [_view(row) for row in found.defer("rows")], rows.count()


def counts(pack: str, *, by: Actor) -> Mapping[str, int]:
    """Return how many patterns have which verdict. One query."""
    rows = _judged(visible_to(pack, by=by))
    found: dict[str, int] = rows.aggregate(**{code: Count("pk", filter=Q(verdict=code)) for code in VERDICTS})
    return {code: n for code, n in found.items() if n}


def pattern(pack: str, pattern_id: UUID, *, by: Actor) -> PatternView:
    """Return a pattern with all judgements. Raises NotFound."""
    row = _judged(visible_to(pack, by=by)).filter(pk=pattern_id).first()
    if row is None:
        raise NotFound("pattern.none", "没有找到这条线索", remedy="回到列表重新选择")
    said = tuple((each, VERDICT_WORDS[Verdict(each.verdict)]) for each in row.judgements.order_by("seq"))
    return _view(row, said)


def may_judge(row: Pattern, *, by: Actor) -> bool:
    """Return whether the actor may judge a pattern."""
    return permissions.may_judge(row, by=by)


def _view(row: Pattern, judgements: tuple[tuple[Judgement, str], ...] = ()) -> PatternView:
    verdict = str(row.verdict)  # type: ignore[attr-defined]  # annotated
    return PatternView(row, PATTERNS[row.kind], verdict, VERDICTS[verdict], judgements)
