"""清单之外无审批: what is not open can be read and cannot be filed, in no channel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall.queries import desk
from tongban.identity.tests import factories as identity
from tongban.orgs.tests.factories import actor, window_of
from tongban.packs import services as packs
from tongban.rules.errors import Conflict
from tongban.themes.services import drafting, submission

ITEM = "career-guidance"
pytestmark = pytest.mark.usefixtures("own_caches")


def change(**elements: object) -> None:
    """Bring the item into force with some elements changed."""
    name = f"items/{ITEM}.yaml"
    body = packs.exported("honghu")[name]
    assert isinstance(body, dict)
    packs.apply_changed("honghu", {name: {**body, **elements}}, by=Actor.system("测试"))


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ({"prepared": False}, "还在编制"),
        ({"suspended": {"since": "2020-01-01", "words": "系统升级，请到大厅办"}}, "系统升级，请到大厅办"),
        ({"until_on": "2020-01-01"}, "已于 2020-01-01 取消"),
    ],
)
def test_what_is_closed_is_read_and_not_filed(honghu: str, elements: dict[str, object], words: str) -> None:
    by = actor(identity.citizen())
    begun = drafting.start("honghu", by=by, item=ITEM)
    assert ITEM in desk.allowed_items(window_of())
    change(**elements)
    page = Client().get(f"/items/{ITEM}").content.decode()
    assert words in page
    assert "在线办理</a>" not in page
    with pytest.raises(Conflict, match=words[:4]):
        drafting.start("honghu", by=by, item=ITEM)
    with pytest.raises(Conflict, match=words[:4]):
        submission.submit_whole(
            "honghu",
            theme="",
            item=ITEM,
            answers={},
            values={"applicant-name": "示例"},
            given={},
            key="k" * 12,
            party_id=None,
            by=by,
        )
    assert begun.pk
    assert ITEM not in desk.allowed_items(window_of())


def test_what_is_still_prepared_is_listed_apart(honghu: str) -> None:
    name = catalogue.items("honghu")[ITEM].name
    assert name in Client().get("/items").content.decode()
    assert f'/items/{ITEM}"' in Client().get(f"/search?q={name}").content.decode()
    change(prepared=False)
    page = Client().get("/items").content.decode()
    assert name not in page
    assert "另有 1 项还在编制" in page
    assert f'/items/{ITEM}"' not in Client().get(f"/search?q={name}").content.decode()
    assert name in Client().get("/items?unprepared=1").content.decode()


def test_what_begins_later_opens_on_its_day(honghu: str) -> None:
    on = time.today() + timedelta(days=3)
    change(from_on=str(on))
    assert "起才能办理" in Client().get(f"/items/{ITEM}").content.decode()
    with time.moved(time.now() + timedelta(days=3)):
        assert "在线办理" in Client().get(f"/items/{ITEM}").content.decode()
