"""A citizen reads a guide, keeps it, prints it, and reads what changed."""

from __future__ import annotations

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.journey
ITEM = "/items/food-business-licence"
PHONE = {"viewport": {"width": 375, "height": 720}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("visitor", [{}, PHONE], indirect=True, ids=["desk", "phone"])
def test_a_citizen_reads_keeps_and_prints_a_guide(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("citizen06")
    for look in ("size=std&contrast=std", "size=lg&contrast=high"):
        visitor.go(f"/view?{look}&next=/me/favourites")
        for path in (
            ITEM,
            f"{ITEM}/print",
            f"{ITEM}/short",
            "/open/changes",
            f"/open/changes?item={ITEM[7:]}",
            "/me/favourites",
        ):
            visitor.go(path)
            steps.assert_accessible(page)
    visitor.go(ITEM)
    page.click(".toc a:has-text('救济渠道')")
    assert page.url.endswith("#remedies")
    page.click("main button:has-text('收藏')")
    visitor.go("/me/")
    page.click("text=我的收藏")
    steps.assert_accessible(page)
    page.click("text=食品经营许可新办")
    page.click("text=打印版")
    page.emulate_media(media="print")
    assert page.locator(".sheet-head svg").is_visible()
    assert not page.locator(".modebar").is_visible()
    page.emulate_media(media="screen")
    page.click(".back")
    page.click("text=取消收藏")
    visitor.go("/me/favourites")
    assert "还没有收藏" in page.locator("main").inner_text()
