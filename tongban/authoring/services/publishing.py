"""Send to review, review by a second person, publish now or at a set time, take back before that."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.authoring import permissions
from tongban.authoring.models import Draft
from tongban.authoring.queries import drafts
from tongban.authoring.rules import life
from tongban.authoring.rules.life import State
from tongban.authoring.services.drafting import locked, note, require_seen
from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.packs import services as packs
from tongban.rules.errors import Conflict, Invalid
from tongban.rules.specs import SpecError

TAKE_EFFECT = "authoring.take_effect"


@transaction.atomic
def send(draft_id: UUID, *, seen: int, words: str, by: Actor) -> Draft:
    """Send a draft to review, saying why it changes. Raises Invalid while something blocks, NotAllowed, Conflict."""
    row = locked(draft_id)
    permissions.require_see(row, by=by)
    permissions.require_write(row.organisation, by=by)
    require_seen(row, seen)
    state = life.after("send", State(row.state))
    if len(words.strip()) < 4:
        raise Invalid(
            "authoring.why", "请写明这次改了什么、为什么", fields={"words": "写一句改动说明，公开的变更记录里会显示"}
        )
    if row.body == row.base:
        raise Conflict("authoring.same", "这份稿子和现行版本一样，没有要审核的", remedy="先改再送审，或作废这份稿子")
    _require_clean(row)
    row.state, row.words = state.value, words.strip()[:300]
    row.editors = sorted({*row.editors, str(by.account_id)})
    return _moved(row, "send", words=row.words, by=by)


def _require_clean(row: Draft) -> None:
    if row.based_on != drafts.in_force(row.pack, row.kind, row.code).version:
        raise Conflict(
            "authoring.outdated",
            "你编制的时候，这一项已经发布了新版本",
            remedy="先并入新版本，看两边都改了的地方，再送审",
        )
    blocking = [fault for fault in drafts.faults(row) if fault.blocks]
    if blocking:
        raise Invalid(
            "authoring.faults", f"有 {len(blocking)} 处不符合标准，还不能送审", remedy="照检查结果逐处改正",
            fields={".".join(map(str, fault.path)) or fault.rule: fault.message for fault in blocking},
        )  # fmt: skip


def _moved(row: Draft, verb: str, *, by: Actor, words: str = "") -> Draft:
    row.revision += 1
    row.updated_at = time.now()
    row.save()
    note(row, verb, by=by, words=words)
    return row


@transaction.atomic
def take_back(draft_id: UUID, *, by: Actor) -> Draft:
    """Take a draft back from review. Raises NotFound, NotAllowed, Conflict."""
    row = locked(draft_id)
    permissions.require_see(row, by=by)
    permissions.require_write(row.organisation, by=by)
    row.state = life.after("take_back", State(row.state)).value
    return _moved(row, "take_back", by=by)


@transaction.atomic
def give_back(draft_id: UUID, *, words: str, by: Actor) -> Draft:
    """Give a draft back to its writers with what to mend. Raises Invalid, NotAllowed, Conflict."""
    row = locked(draft_id)
    permissions.require_see(row, by=by)
    permissions.require_review(row, by=by)
    if len(words.strip()) < 4:
        raise Invalid("authoring.opinion", "请写明哪里要改", fields={"words": "写明要改的地方"})
    row.state = life.after("give_back", State(row.state)).value
    return _moved(row, "give_back", by=by, words=words.strip()[:500])


@transaction.atomic
def approve(draft_id: UUID, *, seen: int, by: Actor, at: datetime | None = None) -> Draft:
    """Publish a reviewed draft now, or have it take effect at a moment. Raises NotAllowed, Conflict, Invalid.

    Published versions never change; running cases stay with theirs.
    """
    row = locked(draft_id)
    permissions.require_see(row, by=by)
    permissions.require_review(row, by=by)
    require_seen(row, seen)
    if at is not None:
        if at <= time.now():
            raise Invalid("authoring.past", "有 1 处要改", fields={"at": "生效时间要晚于现在；马上生效的不用填时间"})
        row.state = life.after("schedule", State(row.state)).value
        _require_clean(row)
        row.effective_at = at
        jobs.keep(row.pk, {(TAKE_EFFECT, str(row.revision)): at})
        return _moved(row, "schedule", by=by)
    row.state = life.after("publish", State(row.state)).value
    _require_clean(row)
    return _bring_in(row, "publish", at=time.now(), by=by)


def _bring_in(row: Draft, verb: str, *, at: datetime, by: Actor) -> Draft:
    packs.apply_changed(row.pack, {row.file: row.body}, by=by, at=at)
    row.effective_at = at
    row.version = drafts.in_force(row.pack, row.kind, row.code).version
    return _moved(row, verb, by=by)


@transaction.atomic
def undo(draft_id: UUID, *, by: Actor) -> Draft:
    """Take a scheduled publication back before it takes effect. Raises NotAllowed, Conflict."""
    row = locked(draft_id)
    permissions.require_see(row, by=by)
    if not permissions.is_reviewer(by):
        permissions.require_write(row.organisation, by=by)
    row.state = life.after("undo", State(row.state)).value
    row.effective_at = None
    jobs.keep(row.pk, {})
    return _moved(row, "undo", by=by)


@transaction.atomic
def take_effect(draft_id: UUID, *, at: datetime) -> None:
    """Bring a scheduled draft into force at its moment; where the catalogue has changed so that it cannot, give it back."""
    row = locked(draft_id)
    if row.state != State.SCHEDULED.value:
        return
    try:
        with transaction.atomic():
            row.state = life.after("take_effect", State(row.state)).value
            _require_clean(row)
            _bring_in(row, "take_effect", at=at, by=Actor.system())
    except (Conflict, Invalid, SpecError) as problem:
        row = locked(draft_id)
        row.state, row.effective_at = life.after("fail", State(row.state)).value, None
        _moved(row, "fail", by=Actor.system(), words=str(problem)[:500])
