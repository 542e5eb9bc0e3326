"""一业一证: issue the 行业综合许可证 of a theme when all its licences are there."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from tongban.cases.queries import counter as cases
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.services import handing
from tongban.core.actor import Actor
from tongban.licences import queries as held
from tongban.licences import services as licences
from tongban.orgs import queries as orgs
from tongban.themes.queries import composing
from tongban.themes.rules import permits


@transaction.atomic
def settle(joint_id: UUID) -> licences.Licence | None:
    """Issue the permit of a joint case when it is due; return it when it is new. Idempotent.

    A theme without one, a licence not granted or already revoked: nothing happens.
    """
    joint = handing.lock(joint_id)
    theme = composing.published(joint.pack).get(joint.theme_code)
    if theme is None or theme.spec.permit is None:
        return None
    spec, plan = theme.spec.permit, plans.read(joint.plan)
    granted = {case.pk: case.item_code for case in cases.cases_of(joint_id) if case.state == State.GRANTED}
    found = {granted[pk]: row for pk, row in held.of_cases(list(granted)).items() if row.state == "valid"}
    members = permits.due(plan.items, found)
    if not members:
        return None
    code = spec.issuer or joint.lead
    org = orgs.organisations(joint.pack)[code]
    ground = licences.Ground(
        pack=joint.pack, holder_id=joint.applicant_id, case_id=joint.pk, case_number=joint.number,
        issuer=licences.Issuer(code, org.full_name, org.uscc, orgs.place(joint.pack).definer),
        values={f.element: f.words(joint.values.get(f.element, "")) for f in plan.fields},
    )  # fmt: skip
    return licences.issue_permit(
        spec.licence_type, ground, components=[found[member].pk for member in members], by=Actor.system()
    )
