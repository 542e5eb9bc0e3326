"""Keeping items: once each, two hundred at most, and what changed since is marked."""

from __future__ import annotations

import pytest

from tongban.audit.models import Entry
from tongban.catalogue.tests.factories import publish
from tongban.core.actor import ANONYMOUS, Actor
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Conflict, NotAllowed, NotFound
from tongban.themes.queries import favourites as kept
from tongban.themes.services import favourites

ITEM, OTHER = "career-guidance", "business-licence"
pytestmark = pytest.mark.usefixtures("own_caches", "honghu")


@pytest.fixture
def by() -> Actor:
    return as_person(citizen())


def rows(by: Actor) -> list[tuple[str, bool, bool]]:
    return [(row.code, row.is_changed, row.is_gone) for row in kept.favourites("honghu", by=by)]


def test_what_is_kept_twice_is_kept_once_and_can_be_dropped_twice(by: Actor) -> None:
    favourites.keep("honghu", ITEM, by=by)
    favourites.keep("honghu", ITEM, by=by)
    favourites.keep("honghu", OTHER, by=by)
    assert rows(by) == [(OTHER, False, False), (ITEM, False, False)]
    assert kept.is_kept("honghu", ITEM, by=by)
    favourites.drop("honghu", ITEM, by=by)
    favourites.drop("honghu", ITEM, by=by)
    assert rows(by) == [(OTHER, False, False)]
    assert list(Entry.objects.filter(action__startswith="themes.favourite").order_by("pk").values_list("action", flat=True)) == [
        "themes.favourite_kept", "themes.favourite_seen", "themes.favourite_kept", "themes.favourite_dropped"
    ]  # fmt: skip


def test_nobody_sees_or_drops_what_another_keeps(by: Actor) -> None:
    favourites.keep("honghu", ITEM, by=by)
    other = as_person(citizen("李示例", 2))
    favourites.drop("honghu", ITEM, by=other)
    assert rows(other) == []
    assert not kept.is_kept("honghu", ITEM, by=other)
    assert not kept.is_kept("honghu", ITEM, by=ANONYMOUS)
    assert rows(by) == [(ITEM, False, False)]


def test_what_changed_since_is_marked_until_it_is_seen(by: Actor) -> None:
    favourites.keep("honghu", ITEM, by=by)
    favourites.keep("honghu", OTHER, by=by)
    publish(ITEM, promised_days=1)
    assert rows(by) == [(ITEM, True, False), (OTHER, False, False)]
    favourites.keep("honghu", ITEM, by=by)
    assert rows(by) == [(OTHER, False, False), (ITEM, False, False)], "seen, and in its old place"


def test_what_is_out_of_use_keeps_its_name(by: Actor) -> None:
    favourites.keep("honghu", ITEM, by=by)
    publish(ITEM, is_retired=True)
    assert rows(by) == [(ITEM, False, True)]
    assert kept.favourites("honghu", by=by)[0].name == "职业指导"


def test_staff_keep_nothing_and_what_is_not_offered_is_not_kept(by: Actor) -> None:
    for act in (favourites.keep, favourites.drop):
        with pytest.raises(NotAllowed):
            act("honghu", ITEM, by=at_desk("market"))
    with pytest.raises(NotFound):
        favourites.keep("honghu", "no-such", by=by)


def test_two_hundred_are_the_most(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert favourites.MOST == 200
    monkeypatch.setattr(favourites, "MOST", 1)
    favourites.keep("honghu", ITEM, by=by)
    favourites.keep("honghu", ITEM, by=by)
    with pytest.raises(Conflict, match="最多收藏 1 项"):
        favourites.keep("honghu", OTHER, by=by)
