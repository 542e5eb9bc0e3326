"""智能秒批: a decision table that agreed with clerks often enough decides at once, from submission to the licence.

It only ever grants: what it would refuse, does not know, or cannot carry out is left to people. In shadow mode, and until
it has agreed on enough cases, it only writes down what it would have said; clerks do not see it before they decide.
Source: 行政许可法 art. 34, 38; 个人信息保护法 art. 24.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from tongban.cases.models import BrokenPromise, Case, JointCase, Material
from tongban.cases.rules import instant as rules
from tongban.cases.rules import plan as plans
from tongban.cases.rules.instant import Handed
from tongban.cases.rules.life import State
from tongban.cases.services import acceptance, decision, review, shadow
from tongban.cases.services.recording import finish_tasks, locked, record, require_free_case, tasks_of
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.parts import Instant
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.decisions import queries as tables
from tongban.decisions import services as decisions
from tongban.decisions.services import Decided
from tongban.rules.errors import DomainError

log = structlog.get_logger()
NAME = "智能审批"


def consider_all(joint: JointCase) -> list[Case]:
    """Let tables look at the members of a new joint case that can start, and at those that start thereby.

    Return those granted. For the transaction of the submission.
    """
    items = catalogue.items(joint.pack)
    codes = [i["code"] for i in joint.plan["items"] if (spec := items.get(i["code"])) and spec.instant]
    looked: set[UUID] = set()
    granted: list[Case] = []
    while codes:
        rows = Case.objects.filter(joint_case=joint, state=State.PRE_REVIEW.value, item_code__in=codes)
        found = list(rows.exclude(pk__in=looked).order_by("position").values_list("pk", flat=True))
        if not found:
            break
        looked.update(found)
        granted += [case for case_id in found if (case := consider(case_id)) is not None]
    return granted


@transaction.atomic
def consider(case_id: UUID) -> Case | None:
    """Let the table of a case's item look at a case that nobody has taken up; return it when it was granted.

    A table that is live and ready grants; else, and when something speaks against it, what it said is kept to be compared.
    """
    case = locked(case_id)
    use = shadow.use_of(case)
    if use is None or case.state != State.PRE_REVIEW or not _is_free(case):
        return None
    at = time.now()
    materials = _materials(case)
    try:
        decided = decisions.decide(case.joint_case.pack, use.table, _inputs(case, materials), subject_id=case.pk, at=at)
    except DomainError as refusal:  # The table was withdrawn: people decide, as ever.
        log.warning("instant_without_table", case_id=str(case.pk), table=use.table, code=refusal.code)
        return None
    said = rules.says(
        decided.result.outcome, output=use.output, grant=use.grant, refuse=use.refuse, materials=materials
    )
    if said and _is_live(case, use) and _granted(case, decided, at=at):
        return case
    decisions.record_shadow(decided, says=said)
    return None


def _is_free(case: Case) -> bool:
    try:
        require_free_case(case, "intake", by=Actor.system(NAME))
    except DomainError:  # A clerk has claimed it.
        return False
    return True


def _is_live(case: Case, use: Instant) -> bool:
    return use.mode == "live" and tables.is_ready(case.joint_case.pack, use.table, use.agreed_cases)


def _granted(case: Case, decided: Decided, *, at: datetime) -> bool:
    """Accept, pass each step, grant: all of it, or nothing. Return whether it was done."""
    try:
        with transaction.atomic():
            _grant(case, decided, at=at)
    except DomainError as refusal:
        log.warning("instant_left_to_people", case_id=str(case.pk), code=refusal.code)
        return False
    return True


def _grant(case: Case, decided: Decided, *, at: datetime) -> None:
    by = Actor.system(NAME)
    certificate = decisions.certify(decided, by=by)
    table = f"“{decided.table_name}”第 {decided.table_version} 版"
    facts = {"certificate": str(certificate.pk), "table": table}
    rows = "、".join(map(str, decided.result.rows))
    opinion = f"符合{table}第 {rows} 行"
    acceptance.accepted(case, "accept", by=by, at=at, facts=facts)
    while step := next((task for task in tasks_of(case) if task.kind == "step" and task.done_at is None), None):
        said = {"step": step.code, "name": step.name, "opinion": opinion, **facts}
        record(case, "pass_step", by=by, at=at, facts=said)
        finish_tasks(case, by=by, at=at, code=step.code, opinion=opinion)
        review.open_next(case, by=by, at=at)
    decision.granted(case, "grant", by=by, at=at, opinion=opinion, facts=facts)


def _inputs(case: Case, materials: list[Handed]) -> dict[str, str | bool]:
    """Return what a table may look at: answers, form values, and what the case knows of itself."""
    joint = case.joint_case
    barred = BrokenPromise.objects.filter(party_id=joint.applicant_id, until__gte=time.today()).exists()
    own = rules.computed(materials, is_barred=barred, applicant_kind=joint.applicant.kind)
    return {**joint.plan["answers"], **joint.values, **own}


def _materials(case: Case) -> list[Handed]:
    """Return how each material came that the item demands of this applicant."""
    joint, plan = case.joint_case, plans.read(case.joint_case.plan)
    known = plan.answers | joint.values
    kept = sorted(db.select(Material, joint_case_id=joint.pk), key=lambda row: row.version)
    rows = {row.type_code: row for row in kept}
    own = plan.item_of(case.item_code).materials
    found = []
    for planned in plan.materials:
        if planned.type in own and planned.applies(known):
            row = rows.get(planned.type)
            way = row.way if row else "check" if planned.by_check else "member" if planned.provided_by else ""
            found.append(Handed(way, planned.necessity == "optional", bool(row and row.licence_id)))
    return found
