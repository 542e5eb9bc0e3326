"""Keep windows as the pack says, and who may sit there."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.identity.queries import Account, account_named
from tongban.orgs import queries
from tongban.orgs.models import Organisation, Post, Window, WindowSeat
from tongban.orgs.rules import WINDOW_POST, Role, WindowSpec
from tongban.rules import masking, specs
from tongban.rules.errors import Conflict, Invalid, NotFound

# What an existing window takes over from the pack; its id stays.
KEPT = ["body", "number", "name", "place", "region", "organisation", "level", "items", "file", "position", "is_closed"]


def differences(pack: str, windows: list[Placed[WindowSpec]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes to create, to change and to close."""
    rows = Window.objects.filter(pack=pack, is_closed=False)
    have = {row.code: (row.body, row.file, row.position) for row in rows}
    want = {w.code: (specs.canonical(w.spec), w.file, w.position) for w in windows}
    create = [code for code in want if code not in have]
    change = [code for code in want if code in have and have[code] != want[code]]
    return create, change, [code for code in have if code not in want]


def apply(pack: str, windows: list[Placed[WindowSpec]]) -> None:
    """Bring windows into force, inside the caller's transaction; their organisation gets the post that serves them."""
    known = {row.code: row for row in Organisation.objects.filter(pack=pack)}
    create, change, _ = differences(pack, windows)
    fresh = {*create, *change}
    Window.objects.bulk_create(
        [_row(pack, placed, known[placed.spec.org]) for placed in windows if placed.code in fresh],
        update_conflicts=True, unique_fields=["pack", "code"], update_fields=KEPT,
    )  # fmt: skip
    for code in dict.fromkeys(placed.spec.org for placed in windows):
        Post.objects.get_or_create(organisation=known[code], name=WINDOW_POST, defaults={"roles": [Role.WINDOW.value]})
    gone = set(Window.objects.filter(pack=pack, is_closed=False).values_list("code", flat=True))
    gone -= {placed.code for placed in windows}
    Window.objects.filter(pack=pack, code__in=gone).update(is_closed=True)


def _row(pack: str, placed: Placed[WindowSpec], organisation: Organisation) -> Window:
    spec = placed.spec
    return Window(
        pack=pack, code=placed.code, body=specs.canonical(spec), number=spec.number, name=spec.name, place=spec.place,
        region=spec.region, organisation=organisation, level=spec.level, items=list(spec.items), file=placed.file,
        position=placed.position, is_closed=False,
    )  # fmt: skip


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list key, body) of the windows in force."""
    rows = Window.objects.filter(pack=pack, is_closed=False).order_by("file", "position")
    return [(row.file, "windows", json.loads(row.body)) for row in rows]


@transaction.atomic
def seat(window_id: UUID, *, username: str, by: Actor) -> WindowSeat:
    """Let a colleague on the window post sit at a window of the actor's organisation. Raises Invalid, Conflict, NotFound."""
    window = _own_window(window_id, by)
    account = account_named(masking.normal(username).lower())
    on_post = account is not None and any(
        Role.WINDOW.value in post.roles
        for post in queries.posts(window.organisation_id)
        for held in post.seats.all()
        if held.account_id == account.pk and held.ended_at is None
    )
    if account is None or not on_post:
        fields = {"username": f"请先在“人员与岗位”里把这个账号安排到有综合窗口收件职责的岗位（{WINDOW_POST}）"}
        raise Invalid("orgs.window_seat", "有 1 处要改", fields=fields)
    if WindowSeat.objects.filter(window=window, account=account, ended_at=None).exists():
        raise Conflict("orgs.window_seated", f"{account.name}已经在 {window.number} 号窗口")
    row = give_seat(window, account)
    audit.record("orgs.window_seated", "account", account.pk, by=by, organisation=window.organisation.code)
    return row


def give_seat(window: Window, account: Account) -> WindowSeat:
    """Let an account sit at a window, inside the caller's transaction."""
    return WindowSeat.objects.create(window=window, account=account, since=time.now())


@transaction.atomic
def unseat(seat_id: UUID, *, by: Actor) -> None:
    """End a seat at a window. Raises NotFound."""
    row = WindowSeat.objects.select_for_update(of=("self",)).filter(pk=seat_id, ended_at=None).first()
    if row is None:
        raise NotFound("orgs.no_window_seat", "没有找到这条安排，可能已经结束")
    window = _own_window(row.window_id, by)
    row.ended_at = time.now()
    row.save(update_fields=["ended_at"])
    audit.record("orgs.window_unseated", "account", row.account_id, by=by, organisation=window.organisation.code)


def _own_window(window_id: UUID, by: Actor) -> Window:
    own = by.organisations_as(Role.ADMIN.value)
    row = Window.objects.select_related("organisation").filter(pk=window_id, organisation__code__in=own).first()
    if row is None:
        raise NotFound("orgs.no_window", "没有找到这个窗口，或它不归本单位管理", remedy="请联系主管大厅的单位")
    return row
