"""Find, check and render licences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from tongban.core import db, specs, time
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.identity import queries as identity
from tongban.licences import rules
from tongban.licences.models import Component, Licence, LicenceTypeVersion
from tongban.licences.rules import LicenceType, Verdict
from tongban.rules import masking
from tongban.rules.errors import NotFound


def licence_types(pack: str) -> dict[str, LicenceType]:
    """Return the licence types in force by code."""
    return {code: row.spec for code, row in specs.published(LicenceTypeVersion, LicenceType, pack).items()}


def licence_type(pack: str, code: str) -> LicenceType:
    """Return a licence type in force. Raises NotFound."""
    try:
        return licence_types(pack)[code]
    except KeyError as problem:
        raise NotFound("licences.no_type", f"没有编码为“{code}”的证照类型") from problem


def visible_to(by: Actor) -> QuerySet[Licence]:
    """Return the licences of the parties for whom the actor may act."""
    return Licence.objects.filter(holder_id__in=identity.parties(by=by))


def held(*, by: Actor) -> list[Licence]:
    """Return the actor's licences, newest first."""
    return list(visible_to(by).select_related("holder").order_by("-issued_on", "name"))


def licence(licence_id: UUID, *, by: Actor) -> Licence:
    """Return a licence that the actor may see. Raises NotFound."""
    row = visible_to(by).select_related("holder").filter(pk=licence_id).first()
    if row is None:
        raise NotFound("licences.none", "没有找到这份证照")
    return row


def usable(party_id: UUID, *, on: date) -> dict[str, Licence]:
    """Return a party's licences that can stand for a material on a day, the newest of each type. At most two queries.

    A permit of which a licence cannot be used any more stands for nothing.
    """
    rows = db.select(Licence, holder_id=party_id, state=rules.State.VALID.value)
    rows.sort(key=lambda row: (row.issued_on, row.pk))
    gone = ~Q(licence__state=rules.State.VALID.value) | Q(licence__valid_until__lt=on)
    parts = Component.objects.filter(permit__holder_id=party_id).filter(gone)
    broken = set(parts.values_list("permit_id", flat=True)) if rows else set()
    return {
        row.type_code: row
        for row in rows
        if row.pk not in broken and rules.verdict(rules.State(row.state), row.valid_until, on=on) == Verdict.VALID
    }


def by_ids(ids: list[UUID]) -> dict[UUID, Licence]:
    """Return licences for services of other apps."""
    return {row.pk: row for row in Licence.objects.filter(pk__in=ids)}


def issued_since(pack: str, on: date) -> list[Licence]:
    """Return the valid licences of a place issued in some case on a day or later, for who watches procedure. One query."""
    rows = Licence.objects.filter(pack=pack, issued_on__gte=on, state=rules.State.VALID.value, case_id__isnull=False)
    return list(rows.defer("face").order_by("issued_on", "number"))


def of_cases(case_ids: list[UUID]) -> dict[UUID, Licence]:
    """Return the licences issued in some cases, by case: the valid one, else the last that was."""
    found = (
        db.select(Licence, case_id=case_ids[0]) if len(case_ids) == 1 else Licence.objects.filter(case_id__in=case_ids)
    )
    rows = sorted(found, key=lambda row: (row.state == rules.State.VALID, row.number))
    return {row.case_id: row for row in rows if row.case_id}


@dataclass(frozen=True)
class Part:
    """A licence of a permit with its state today."""

    licence: Licence
    verdict: Verdict
    words: str


@dataclass(frozen=True)
class Standing:
    """Whether a licence can be used today, the short word for it, and the licences that it puts together, if any."""

    licence: Licence
    verdict: Verdict
    words: str
    components: tuple[Part, ...]


def standings(licences: Iterable[Licence]) -> list[Standing]:
    """Return where some licences stand today, in their order. One query whatever their number."""
    rows, on = list(licences), time.today()
    parts: dict[UUID, list[Part]] = {row.pk: [] for row in rows}
    found = Component.objects.filter(permit__in=list(parts)).select_related("licence").order_by("position")
    for component in found:
        parts[component.permit_id].append(_part(component.licence, on))
    return [_standing(row, tuple(parts[row.pk]), on) for row in rows]


def _part(row: Licence, on: date) -> Part:
    verdict = rules.verdict(rules.State(row.state), row.valid_until, on=on)
    words = rules.SHORT_WORDS[verdict] if verdict != Verdict.REVOKED else rules.STATE_WORDS[rules.State(row.state)]
    return Part(row, verdict, words)


def _standing(row: Licence, parts: tuple[Part, ...], on: date) -> Standing:
    own = rules.verdict(rules.State(row.state), row.valid_until, on=on)
    verdict = rules.combined(own, (part.verdict for part in parts))
    return Standing(row, verdict, rules.SHORT_WORDS[verdict], parts)


def permit(joint_case_id: UUID) -> Standing | None:
    """Return the permit (行业综合许可证) issued for a joint case, with its licences, for pages of that case."""
    row = of_cases([joint_case_id]).get(joint_case_id)
    return standings([row])[0] if row else None


@dataclass(frozen=True)
class Check:
    """What the public check page says: a verdict, and face data with persons masked."""

    verdict: Verdict
    words: str
    name: str = ""
    issuer: str = ""
    holder: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    identifier: str = ""
    reason: str = ""
    checked_at: datetime | None = None
    components: tuple[Part, ...] = ()


def check(code: str) -> Check:
    """Return the verdict on a check code. Unknown codes get an answer of the same shape."""
    row = Licence.objects.select_related("holder").filter(check_code=code).first() if code else None
    if row is None:
        return Check(Verdict.UNKNOWN, rules.VERDICT_WORDS[Verdict.UNKNOWN], checked_at=time.now())
    (standing,) = standings([row])
    holder = (
        masking.name(row.holder_name)
        if row.holder.kind == "person" and row.holder_name == row.holder.name
        else row.holder_name
    )
    return Check(
        standing.verdict, rules.VERDICT_WORDS[standing.verdict], row.name, row.issuer_name, holder, row.issued_on,
        row.valid_until, row.identifier, row.state_reason, time.now(), standing.components,
    )  # fmt: skip


def pdf(row: Licence, *, site: str) -> bytes:
    """Return the PDF of a licence with its QR, rendered from its row."""
    face = [*row.face, {"label": "有效期", "value": f"{row.issued_on:%Y年%-m月%-d日} 至 {_until(row)}"}]
    content: dict[str, object] = {
        "name": row.name,
        "number": row.number,
        "identifier": row.identifier,
        "face": [line for line in face if line["value"]],
        "issuer": row.issuer_name,
        "issued_on": f"{row.issued_on:%Y年%-m月%-d日}",
        "check_code": row.check_code,
        "components": [[part.name, part.number, part.issuer_name, _until(part)] for part in _of_permit(row)],
        "demo": settings.DEMONSTRATION,
    }
    return documents.render(
        "licence", content, qr=f"{site}/check/{row.check_code}", at=time.at_china(row.issued_on, 12)
    )


def _until(row: Licence) -> str:
    return f"{row.valid_until:%Y年%-m月%-d日}" if row.valid_until else "长期"


def _of_permit(row: Licence) -> list[Licence]:
    """Return the licences of a permit as it was issued: paper cannot know their states, its QR does."""
    return [component.licence for component in row.components.select_related("licence").order_by("position")]
