"""Items in JSON."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Schema

from tongban.catalogue import queries
from tongban.catalogue.rules.item import ItemSpec
from tongban.core.api import PUBLIC
from tongban.search import queries as search

router = Router(tags=["items"])


class ItemOut(Schema):
    """An item in a list. `promised_days` and `statutory_days` are working days; none set by law is null."""

    code: str
    name: str
    aliases: list[str]
    type: str
    organisation: str
    summary: str
    audience: list[str]
    promised_days: int
    statutory_days: int | None
    tracked_only: bool
    version: int
    note: str


class ItemPage(Schema):
    """A page of items; `next_cursor` is null on the last one."""

    items: list[ItemOut]
    next_cursor: str | None


@router.get("/items", response={200: ItemPage, **PUBLIC}, auth=None)
def items(
    request: HttpRequest, q: str = Query("", max_length=100), cursor: str = "", size: int = Query(100, ge=1, le=100)
) -> ItemPage:
    """List the items in force by code, or those that fit `q`, the best first."""
    rows = queries.published(settings.PLACE)
    found = (
        [hit.code for hit in search.find(q, pack=settings.PLACE, most=200) if hit.kind == "item"] if q else sorted(rows)
    )
    rest = [code for code in found if code in rows and (q or code > cursor)]
    page = [_out(rows[code].spec, rows[code].version) for code in rest[:size]]
    return ItemPage(items=page, next_cursor=rest[size - 1] if len(rest) > size and not q else None)


def _out(item: ItemSpec, version: int) -> ItemOut:
    return ItemOut(
        code=item.code, name=item.name, aliases=list(item.aliases), type=item.type, organisation=item.org, summary=item.summary,
        audience=list(item.audience), promised_days=item.promised_days, statutory_days=item.statutory_days,
        tracked_only=item.tracked_only, version=version, note=item.note,
    )  # fmt: skip
