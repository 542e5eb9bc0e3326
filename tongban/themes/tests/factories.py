"""Make applications: values that fit every field, materials brought to the counter, whole submissions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from tongban.cases.models import JointCase
from tongban.cases.rules.plan import Plan, PlannedField
from tongban.core.actor import Actor
from tongban.rules.numbers import demo_id, demo_uscc
from tongban.themes.queries import composing
from tongban.themes.rules import guidance
from tongban.themes.rules.materials import Given
from tongban.themes.services import submission

HOTEL = "honghu-12"
HOTEL_ANSWERS = {
    "firm-form": "company", "food-supply": "cook", "lodging-scale": "medium", "premises-tenure": "rent", "signboard": "yes",
}  # fmt: skip


def value(field: PlannedField) -> str:
    """Return a value that fits a field."""
    if field.choices:
        return field.choices[0].value
    if field.kind in ("integer", "decimal", "money"):
        least = 1.0 if field.min is None else field.min + 1
        return str(int(least if field.max is None else min(least, field.max)))
    return {
        "idcard": demo_id(7, date(1980, 5, 5)), "uscc": demo_uscc("91", "421083", 70), "phone": "13900009999",
        "date": "2026-12-01", "email": "name@example.cn",
    }.get(field.kind, "示例内容")  # fmt: skip


def values(plan: Plan) -> dict[str, str]:
    """Return values for every field that is not answered and not known from the person."""
    return {f.element: value(f) for f in plan.fields if f.answered is None and not f.prefill.startswith("person")}


def given(plan: Plan) -> dict[str, Given]:
    """Return that each material that must be handed in is brought to the counter."""
    return {m.type: Given("counter") for m in plan.materials if not m.is_free}


def first_answers(pack: str, theme_code: str) -> dict[str, str]:
    """Return a complete set of answers: the first choice of each question that comes."""
    theme, answers = composing.theme(pack, theme_code), {}
    while (question := guidance.next_question(theme, answers)) is not None:
        answers[question.code] = question.choices[0].value
    return answers


def submit(
    theme_code: str, by: Actor, answers: Mapping[str, str] | None = None, *, changed: Mapping[str, str] | None = None,
    materials: Mapping[str, Given] | None = None, key: str = "", party_id: uuid.UUID | None = None, pack: str = "honghu",
) -> JointCase:  # fmt: skip
    """Submit a theme with fitting values (some of them `changed`) and materials (some given in another way)."""
    answers = dict(answers) if answers is not None else first_answers(pack, theme_code)
    plan = composing.compose_theme(pack, theme_code, answers)
    body: dict[str, Any] = {
        "theme": theme_code, "item": "", "answers": answers, "values": values(plan) | dict(changed or {}),
        "given": given(plan) | dict(materials or {}),
    }  # fmt: skip
    key = key or str(uuid.uuid4())
    return JointCase.objects.get(pk=submission.submit_whole(pack, **body, key=key, party_id=party_id, by=by))


def submit_hotel(by: Actor, answers: Mapping[str, str] | None = None, **more: Any) -> JointCase:
    """Submit “开酒店”: by default a company with a kitchen, a rented house and a signboard, all seven members."""
    return submit(HOTEL, by, HOTEL_ANSWERS | dict(answers or {}), **more)


def submit_item(
    item_code: str, by: Actor, *, key: str = "", pack: str = "honghu", party_id: uuid.UUID | None = None,
    changed: Mapping[str, str] | None = None, materials: Mapping[str, Given] | None = None,
) -> JointCase:  # fmt: skip
    """Submit a single item with fitting values (some of them `changed`) and materials (some given in another way)."""
    plan = composing.compose_item(pack, item_code)
    joint_id = submission.submit_whole(
        pack, theme="", item=item_code, answers={}, values=values(plan) | dict(changed or {}),
        given=given(plan) | dict(materials or {}), key=key or str(uuid.uuid4()), party_id=party_id, by=by,
    )  # fmt: skip
    return JointCase.objects.get(pk=joint_id)
