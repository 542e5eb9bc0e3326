"""Begin, save and give up drafts. Nothing that somebody typed is lost: a save that comes too late is refused, not mixed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.authoring import permissions
from tongban.authoring.models import Draft, Step
from tongban.authoring.queries import drafts
from tongban.authoring.rules import life, merging
from tongban.authoring.rules.life import State
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import alike
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Conflict, Invalid, NotFound


@transaction.atomic
def start(pack: str, kind: str, code: str, *, by: Actor) -> Draft:
    """Begin a draft of what is in force; an open one of the same spec is given back. Raises NotFound, NotAllowed."""
    known = drafts.open_of(pack, kind, code)
    if known is not None:
        permissions.require_see(known, by=by)
        return known
    found = drafts.in_force(pack, kind, code)
    if not found.version:
        raise NotFound("authoring.no_spec", f"没有编码为“{code}”的{drafts.KIND_WORDS[kind]}", remedy="从列表里选择")
    return _begin(pack, kind, code, found.body, found, by=by)


@transaction.atomic
def start_new(pack: str, kind: str, code: str, body: dict[str, Any], *, by: Actor) -> Draft:
    """Begin a draft of something new. Raises Invalid for a code that is taken, NotAllowed."""
    found = drafts.in_force(pack, kind, code)
    if found.version or drafts.open_of(pack, kind, code) is not None:
        raise Invalid(
            "authoring.taken", "有 1 处要改", fields={"code": f"内部代码“{code}”已经有了，换一个，或去改原来的"}
        )
    return _begin(pack, kind, code, {**body, "code": code}, found, by=by)


def _begin(pack: str, kind: str, code: str, body: dict[str, Any], found: drafts.InForce, *, by: Actor) -> Draft:
    organisation = str(body.get("org" if kind == "item" else "lead", ""))
    permissions.require_write(organisation, by=by)
    row = Draft(
        pack=pack, kind=kind, code=code, organisation=organisation, name=str(body.get("name", "")), file=found.file, body=body,
        base=found.body, based_on=found.version, updated_at=time.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:  # Somebody began it at the same moment.
        raise Conflict("authoring.open", "这一项刚刚有人开始编制", remedy="从稿子列表里打开它") from problem
    note(row, "start", by=by)
    return row


def note(row: Draft, verb: str, *, by: Actor, words: str = "", at: datetime | None = None) -> None:
    """Write down what was done with a draft, and audit it."""
    Step.objects.create(
        draft=row, verb=verb, revision=row.revision, words=words, account_id=by.account_id, by_name=by.name or "系统",
        at=at or time.now(),
    )  # fmt: skip
    audit.record(f"authoring.{verb}", "draft", row.pk, by=by, organisation=row.organisation, reason=words[:200])


def locked(draft_id: UUID) -> Draft:
    """Return a draft, locked. Raises NotFound."""
    row = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if row is None:
        raise NotFound("authoring.none", "没有找到这份稿子")
    return row


def require_seen(row: Draft, seen: int) -> None:
    """Raise Conflict, saying who and what, when the draft was saved since the page was opened."""
    if seen == row.revision:
        return
    last = row.steps.order_by("-pk").first()
    said = (
        f"{last.by_name}在 {last.at.astimezone(time.CHINA):%H:%M} {life.VERB_WORDS.get(last.verb, last.verb)}了这份稿子"
        if last
        else "稿子变了"
    )
    raise Conflict(
        "authoring.stale", f"你打开以后，{said}，你刚才填的没有存", remedy="看下面两份的不同，再决定存哪一份"
    )


@transaction.atomic
def write(draft_id: UUID, body: dict[str, Any], *, seen: int, by: Actor, words: str = "") -> Draft:
    """Keep what was typed, whole or not. Raises NotFound, NotAllowed, Conflict when somebody else saved meanwhile."""
    row = locked(draft_id)
    permissions.require_see(row, by=by)
    permissions.require_write(row.organisation, by=by)
    require_seen(row, seen)
    state = life.after("save", State(row.state))
    body = {**body, "code": row.code}
    organisation = str(body.get("org" if row.kind == "item" else "lead", ""))
    permissions.require_write(organisation, by=by)
    if body == row.body and state == row.state:
        return row
    row.organisation, row.name, row.body, row.state = organisation, str(body.get("name", ""))[:200], body, state.value
    row.editors = sorted({*row.editors, str(by.account_id)})
    row.revision += 1
    row.updated_at = time.now()
    row.save()
    note(row, "save", by=by, words=words)
    return row


@transaction.atomic
def bring_up(draft_id: UUID, *, by: Actor) -> list[str]:
    """Lay a draft over the version that came into force meanwhile; return the elements that both changed (the draft's stand)."""
    row = locked(draft_id)
    permissions.require_write(row.organisation, by=by)
    life.after("save", State(row.state))
    found = drafts.in_force(row.pack, row.kind, row.code)
    row.body, both = merging.merged(row.base, found.body, row.body)
    row.base, row.based_on, row.file = found.body, found.version, found.file
    row.revision += 1
    row.updated_at = time.now()
    row.save()
    note(row, "save", by=by, words=f"并入第 {found.version} 版")
    return both


@transaction.atomic
def adopt(draft_id: UUID, element: str, *, seen: int, by: Actor) -> Draft:
    """Take one element of an item over from the basic list (一键采纳, N同). Raises NotFound, NotAllowed, Conflict, Invalid."""
    row = locked(draft_id)
    permissions.require_see(row, by=by)
    basic = catalogue.basic_items(row.pack).get(str(row.body.get("catalog_code", "")))
    if basic is None or element not in alike.ELEMENTS:
        raise NotFound("authoring.no_basic", "基本目录里没有这一项，没有可以采纳的", remedy="先改基本编码")
    words = f"照基本目录：{alike.ELEMENTS[element]}"
    return write(draft_id, alike.adopted(row.body, element, basic), seen=seen, by=by, words=words)


@transaction.atomic
def discard(draft_id: UUID, *, by: Actor) -> None:
    """Give a draft up; its text is kept. Raises NotFound, NotAllowed, Conflict."""
    row = locked(draft_id)
    permissions.require_see(row, by=by)
    permissions.require_write(row.organisation, by=by)
    row.state = life.after("discard", State(row.state)).value
    row.updated_at = time.now()
    row.save()
    note(row, "discard", by=by)
