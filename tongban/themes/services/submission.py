"""Submit: the composed plan with its form and materials becomes a joint case, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tongban.attachments import queries as attachments
from tongban.calendars import queries as calendars
from tongban.cases.queries import applicant as cases
from tongban.cases.rules.plan import Plan
from tongban.cases.services import instant, intake
from tongban.cases.services.intake import HandedIn, Submission
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall.services import reception as hall
from tongban.identity import queries as identity
from tongban.jobs import services as jobs
from tongban.licences import queries as licences
from tongban.orgs import queries as orgs
from tongban.rules import clock
from tongban.rules.errors import Invalid, NotFound
from tongban.themes.models import Draft
from tongban.themes.queries import composing, drafts
from tongban.themes.rules import form, guidance, materials
from tongban.themes.rules.materials import Given, Standing


@transaction.atomic
def submit(draft_id: UUID, *, consented: bool, by: Actor) -> UUID:
    """Submit a draft; the same draft again gives the same joint case. Return its id. Raises NotFound, Invalid."""
    Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
    draft = drafts.draft(draft_id, by=by)
    if draft.joint_case_id is not None:
        return draft.joint_case_id
    orgs.require_presence(by)
    acting = identity.acting_for(draft.applicant_id, by=by)
    plan = drafts.plan_of(draft)
    problems = _open_parts(draft, plan, consented)
    values, faults = form.check(
        plan, draft.values, answered=drafts.answered(draft), on=time.today(), demonstration=settings.DEMONSTRATION
    )
    rows = drafts.standings(draft, plan, at_window=by.presence_id is not None)
    problems |= faults | {element: fault[1] for element, fault in draft.faults.items()}
    problems |= {f"material:{row.material.type}": row.problem for row in rows if row.problem}
    if problems:
        raise Invalid(
            "themes.incomplete",
            f"还有 {len(problems)} 处没有完成，申请没有提交",
            remedy="补好后再提交",
            fields=problems,
        )
    joint = intake.open(plan, Submission(draft.pack, values, handed_in(rows), draft.delivery), by=acting)
    if by.presence_id is not None:
        hall.receive(joint, by=by)
    instant.consider_all(joint)
    draft.joint_case, draft.consented_at, draft.updated_at = joint, time.now(), time.now()
    draft.save()
    return joint.pk


def _open_parts(draft: Draft, plan: Plan, consented: bool) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not drafts.is_guided(draft):
        problems["answers"] = "导办题还没有答完"
    if not plan.items:
        problems["answers"] = "照你的回答，没有要办的事项"
    if not draft.delivery:
        problems["delivery"] = "请选择结果怎么给你"
    if not consented:
        problems["consent"] = "请看完个人信息使用说明并勾选同意"
    return problems


def handed_in(rows: list[Standing]) -> tuple[HandedIn, ...]:
    """Return the materials as the joint case keeps them; those not handed in at all are left out."""
    calendar, today = calendars.calendar(), time.today()
    return tuple(
        HandedIn(
            type=row.material.type, way=row.way, files=row.files, licence_id=row.licence_id, text=row.text,
            due_on=clock.due(today, limit=materials.defer_until(row.material), unit="workday", calendar=calendar).due_on
            if row.way == "defer" else None,
        )
        for row in rows if row.way not in ("none", "missing")
    )  # fmt: skip


@transaction.atomic
def submit_whole(
    pack: str, *, theme: str, item: str, answers: Mapping[str, Any], values: Mapping[str, str],
    given: Mapping[str, Given], key: str, party_id: UUID | None, by: Actor, body: object = None,
) -> UUID:  # fmt: skip
    """Submit theme or item in one call (API, window), under an idempotency key. Return the joint case's id.

    The same key with the same body gives the same joint case; `body` is the request where it says more than the
    arguments (files sent along get a new id each time). Raises NotFound, Invalid with all that is missing.
    """
    body = body or [
        theme,
        item,
        dict(answers),
        dict(values),
        {c: [g.way, *g.files] for c, g in given.items()},
        str(party_id or ""),
    ]
    owner, route = str(by.account_id), "applications"
    before = jobs.answered(key, owner=owner, route=route, body=body)
    if before is not None:
        return UUID(before)
    if by.person_id is None:
        raise NotFound("themes.no_person", "这个账号不能申办", remedy="请用个人账号的令牌")
    orgs.require_presence(by)
    acting = identity.acting_for(party_id or by.party_id or by.person_id, by=by)
    plan, known = _composed(pack, theme, item, answers)
    intake.require_open(plan, pack, on=time.today())
    joint = intake.open(plan, _submission(pack, plan, known, values, given, acting), by=acting)
    if by.presence_id is not None:
        hall.receive(joint, by=by)
    instant.consider_all(joint)
    jobs.remember(key, owner=owner, route=route, body=body, result_id=str(joint.pk), at=time.now())
    return joint.pk


def _composed(pack: str, theme: str, item: str, answers: Mapping[str, Any]) -> tuple[Plan, dict[str, str]]:
    if bool(theme) == bool(item):
        raise Invalid("themes.which", "请写清办哪一件：theme 和 item 写且只写一个")
    if item:
        return composing.compose_item(pack, item), {}
    spec = composing.theme(pack, theme)
    checked = guidance.checked(spec, answers)
    question = guidance.next_question(spec, checked)
    if question is not None:
        options = "、".join(choice.value for choice in question.choices)
        raise Invalid("themes.unanswered", "导办题还没有答完", remedy="把这道题的答案放进 answers",
                      fields={question.code: f"{question.ask} 可选：{options}"})  # fmt: skip
    plan = composing.compose_theme(pack, theme, checked)
    if not plan.items:
        raise Invalid("themes.nothing", "照这些回答，没有要办的事项", remedy="检查导办回答")
    return plan, dict(guidance.facts_of_answers(spec, checked))


def _submission(
    pack: str, plan: Plan, known: dict[str, str], values: Mapping[str, str], given: Mapping[str, Given], acting: Actor
) -> Submission:
    assert acting.party_id is not None and acting.account_id is not None
    prefilled = {e: p.value for e, p in drafts.prefills(plan, applicant_id=acting.party_id, by=acting).items()}
    raw = {**prefilled, **values}
    clean, problems = form.check(plan, raw, answered=known, on=time.today(), demonstration=settings.DEMONSTRATION)
    problems |= {name: f"这次申请没有“{name}”这一项" for name in values if name not in {f.element for f in plan.fields}}
    types = {m.type for m in plan.materials}
    problems |= {f"material:{code}": f"这次申请不要“{code}”这份材料" for code in given if code not in types}
    held = {kind: str(row.pk) for kind, row in licences.usable(acting.party_id, on=time.today()).items()}
    rows = materials.standings(
        plan, given, licences=held, earlier=cases.earlier_files(acting.party_id), facts=form.facts(plan, clean, known),
        at_window=acting.presence_id is not None, may_promise=cases.may_promise(acting.party_id),
    )  # fmt: skip
    problems |= {f"material:{row.material.type}": row.problem for row in rows if row.problem}
    files = {file for row in rows if row.way == "upload" for file in row.files}
    if files and not attachments.belongs_to(files, account_id=acting.account_id):
        problems["files"] = "有的文件没有找到，或不是你上传的，请重新上传"
    if problems:
        raise Invalid("themes.incomplete", f"有 {len(problems)} 处要改，申请没有提交", remedy="按每一处的提示改好再提交",
                      fields=problems)  # fmt: skip
    return Submission(pack, clean, handed_in(rows), {"way": "electronic"})
