"""Issue and revoke licences, and permits that put several together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.core import specs, time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.identity import queries as identity
from tongban.jobs import services as jobs
from tongban.licences import queries, rules
from tongban.licences.models import Component, Licence, LicenceTypeVersion
from tongban.licences.rules import LicenceType
from tongban.notices import services as notices
from tongban.rules import numbers
from tongban.rules.errors import Conflict, NotFound


def differences(pack: str, types: list[Placed[LicenceType]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes of licence types to create, to change and to retire."""
    return specs.differences(LicenceTypeVersion, LicenceType, pack, types)


def apply(pack: str, types: list[Placed[LicenceType]], *, at: datetime) -> None:
    """Bring licence types into force."""
    specs.apply(LicenceTypeVersion, LicenceType, pack, types, at=at)


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list key, body) of each licence type in force."""
    return [(file, "licences", body) for file, body in specs.exported(LicenceTypeVersion, LicenceType, pack)]


@dataclass(frozen=True)
class Issuer:
    """Who issues: the organisation, and the body that defined the licence types of the place."""

    code: str
    name: str
    uscc: str
    definer_uscc: str


@dataclass(frozen=True)
class Ground:
    """On what a licence is issued: holder, case (of a permit the joint case), issuer, form values that fill its face."""

    pack: str
    holder_id: UUID
    case_id: UUID
    case_number: str
    issuer: Issuer
    values: Mapping[str, str]


def issue(type_code: str, ground: Ground, *, by: Actor) -> Licence:
    """Issue a licence with its GB/T 36904 identifier, inside the caller's transaction. One a case."""
    kind = queries.licence_type(ground.pack, type_code)
    holder = identity.party(ground.holder_id)
    on = time.today()
    type_full = f"{ground.issuer.definer_uscc}{kind.serial}"
    serial = f"{on.year}{jobs.next_serial(f'licence:{type_full}:{ground.issuer.uscc}:{on.year}'):08d}"
    values = {**ground.values, "holder.name": holder.name, "holder.code": holder.code}
    licence = Licence.objects.create(
        identifier=numbers.licence_identifier(type_full, ground.issuer.uscc, serial),
        pack=ground.pack,
        type_code=type_code,
        name=kind.name,
        number=serial,
        holder=holder,
        holder_name=_value(kind.face[0].source, values) or holder.name,
        issuer=ground.issuer.code,
        issuer_name=ground.issuer.name,
        issued_on=on,
        valid_until=rules.expiry(on, kind.valid_months),
        face=[{"key": line.key, "label": line.label, "value": _value(line.source, values)} for line in kind.face],
        case_id=ground.case_id,
        case_number=ground.case_number,
    )
    audit.record("licences.issued", "licence", licence.pk, by=by, organisation=ground.issuer.code)
    return licence


@transaction.atomic
def issue_permit(type_code: str, ground: Ground, *, components: Sequence[UUID], by: Actor) -> Licence | None:
    """Issue a permit (行业综合许可证) that puts the licences of a joint case together; return it when it is new.

    One that puts the same licences together stays; after a licence was issued anew, the permit is too (已变更).
    Raises Conflict when a licence is not valid or not the holder's.
    """
    rows = {row.pk: row for row in Licence.objects.select_for_update(of=("self",)).filter(pk__in=components)}
    if len(rows) != len(components) or any(
        row.holder_id != ground.holder_id or row.state != rules.State.VALID for row in rows.values()
    ):
        raise Conflict("licences.not_valid", "有的证照已经失效，不能发综合许可证", remedy="等它重新颁发后再发")
    before = (
        Licence.objects.select_for_update(of=("self",))
        .filter(case_id=ground.case_id, state=rules.State.VALID.value)
        .first()
    )
    if before is not None:
        if set(before.components.values_list("licence_id", flat=True)) == set(components):
            return None
        before.state, before.state_reason, before.state_at = rules.State.SUPERSEDED.value, "已换发新证", time.now()
        before.save(update_fields=["state", "state_reason", "state_at"])
        audit.record("licences.superseded", "licence", before.pk, by=by, organisation=before.issuer)
    permit = issue(type_code, ground, by=by)
    Component.objects.bulk_create(
        Component(permit=permit, licence=rows[pk], position=n) for n, pk in enumerate(components)
    )
    notices.notify(
        [ground.holder_id], title=f"已发：{permit.name}", text=f"一张证管 {len(components)} 张证，扫它的二维码能看到每一张现在的状态。",
        link=f"/me/licences/{permit.pk}",
    )  # fmt: skip
    return permit


def _value(source: str, values: Mapping[str, str]) -> str:
    kind, _, rest = source.partition(":")
    return {"element": values.get(rest, ""), "text": rest}.get(kind, values.get(source, ""))


@transaction.atomic
def revoke(licence_id: UUID, *, reason: str, by: Actor) -> Licence:
    """Revoke a licence (撤销) with its reason. Only a head of the issuer. Raises NotFound, Conflict."""
    licence = Licence.objects.select_for_update(of=("self",)).filter(pk=licence_id).first()
    if licence is None or not by.has_role(licence.issuer, "head"):
        raise NotFound("licences.none", "没有找到这份证照")
    if licence.state != rules.State.VALID:
        raise Conflict("licences.not_valid", "这份证照已经失效，不用再撤销")
    licence.state, licence.state_reason, licence.state_at = rules.State.REVOKED.value, reason[:200], time.now()
    licence.save(update_fields=["state", "state_reason", "state_at"])
    audit.record("licences.revoked", "licence", licence.pk, by=by, organisation=licence.issuer)
    notices.notify(
        [licence.holder_id], title=f"{licence.name}已被撤销", text=f"原因：{reason}", link=f"/me/licences/{licence.pk}"
    )
    return licence
