"""The open catalogue in JSON: items with all their elements, versions, changes, bulk. Nobody has to sign in.

Every answer carries an ETag made from what was published; `If-None-Match` with it gets 304.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Literal

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition
from ninja import Path, Query, Router, Schema
from ninja.decorators import decorate_view

from tongban.catalogue import queries
from tongban.catalogue.rules import exchange
from tongban.catalogue.rules.exchange import Elements
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import time
from tongban.core.api import PUBLIC
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound
from tongban.search import queries as search
from tongban.vocabulary import queries as vocabulary

router = Router(tags=["items"])
REPRESENTATION = 1  # grows when the same catalogue is written out differently
LARGEST_CURSOR = 2**63 - 1


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


class VersionOut(Schema):
    """A version of an item: its number, since when, whether it is the latest, whether it took the item out of use."""

    number: int
    effective_from: datetime
    is_latest: bool
    is_retired: bool
    digest: str


class VersionList(Schema):
    """The versions of an item, the newest first."""

    code: str
    versions: list[VersionOut]


class ChangeOut(Schema):
    """A change: created (also again after a retirement), changed or retired. The same digest means the same content."""

    cursor: str
    code: str
    kind: Literal["created", "changed", "retired"]
    version: int
    at: datetime
    digest: str


class ChangePage(Schema):
    """Changes, the oldest first. Ask again with `next_cursor`, also later; `has_more` tells whether there is more now."""

    changes: list[ChangeOut]
    next_cursor: str
    has_more: bool


Etag = Callable[..., str | None]


def conditional(etag: Etag) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer 304 to whoever has it already; others may keep the answer, but must ask whether it still holds."""
    return decorate_view(cache_control(public=True, no_cache=True), condition(etag_func=etag))


def catalogue_etag(request: HttpRequest, **path: object) -> str | None:
    """Return the ETag of an answer that follows from the whole catalogue, its bodies and the day; none for a search."""
    if request.GET.get("q"):
        return None
    place = settings.PLACE
    stamps = (
        REPRESENTATION,
        queries.stamp(place),
        orgs.stamp(place),
        vocabulary.stamp(place),
        f"{time.today():%Y%m%d}",
    )
    return '"{}-{}-{}-{}-{}"'.format(*stamps)


def _item_etag(request: HttpRequest, *, code: str, **path: object) -> str | None:
    return catalogue_etag(request) if code in queries.published(settings.PLACE) else None


@router.get("/items", response={200: ItemPage, **PUBLIC}, auth=None)
@conditional(catalogue_etag)
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


@router.get("/items/{code}", response={200: Elements, **PUBLIC}, auth=None)
@conditional(_item_etag)
def item(request: HttpRequest, code: str) -> Elements:
    """Give one item in force with all elements of its implementation list (实施清单), under the names of the exchange tables."""
    row = queries.item(settings.PLACE, code)
    return _writer()(row.spec, row.version, row.effective_from)


@router.get("/items/{code}/versions", response={200: VersionList, **PUBLIC}, auth=None)
@conditional(_item_etag)
def versions(request: HttpRequest, code: str) -> VersionList:
    """List the versions of an item, the newest first, also of one that was taken out of use."""
    rows = queries.versions(settings.PLACE, code)
    return VersionList(code=code, versions=[VersionOut(**vars(row)) for row in rows])


@router.get("/items/{code}/versions/{number}", response={200: Elements, **PUBLIC}, auth=None)
@conditional(_item_etag)
def version(request: HttpRequest, code: str, number: int = Path(..., ge=1, le=2**31 - 1)) -> Elements:
    """Give one version of an item with all its elements, in force or not."""
    row = queries.version_row(settings.PLACE, code, number)
    spec = queries.version(settings.PLACE, code, number)
    return _writer()(spec, number, row.effective_from, row.is_retired)


@router.get("/catalogue/changes", response={200: ChangePage, **PUBLIC}, auth=None)
@conditional(catalogue_etag)
def changes(
    request: HttpRequest,
    since: int = Query(0, ge=0, le=LARGEST_CURSOR),
    size: int = Query(100, ge=1, le=1000),
) -> ChangePage:
    """List what was created, changed and retired after a cursor, the oldest first; without one from the beginning."""
    rows = queries.changes(settings.PLACE, since=since, most=size + 1)
    page = [
        ChangeOut(cursor=str(row.cursor), code=row.code, kind=row.kind, version=row.version, at=row.at, digest=row.digest)
        for row in rows[:size]
    ]  # fmt: skip
    return ChangePage(changes=page, next_cursor=page[-1].cursor if page else str(since), has_more=len(rows) > size)


JSON_LINES = {"responses": {200: {"description": "JSON Lines", "content": {"application/x-ndjson": {}}}}}


@router.get("/catalogue/items.jsonl", response=PUBLIC, auth=None, openapi_extra=JSON_LINES)
@conditional(catalogue_etag)
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Give all items in force with all their elements, one JSON document a line, by code."""
    rows = queries.published(settings.PLACE)
    write = _writer()

    def lines() -> Iterator[bytes]:
        for code in sorted(rows):
            row = rows[code]
            yield orjson.dumps(write(row.spec, row.version, row.effective_from).model_dump()) + b"\n"

    return StreamingHttpResponse(lines(), content_type="application/x-ndjson; charset=utf-8")


def _writer() -> Callable[..., Elements]:
    """Return what writes out an item, with what it is written out with read once."""
    organisations, place = orgs.organisations(settings.PLACE), orgs.place(settings.PLACE)
    materials, on = vocabulary.words(settings.PLACE).materials, time.today()

    def write(spec: ItemSpec, number: int, published_at: datetime, is_retired: bool = False) -> Elements:
        if spec.org not in organisations:
            raise NotFound("catalogue.no_body", f"“{spec.name}”的实施主体已经撤销", remedy="看这一项较新的版本")
        around = exchange.Around(organisations[spec.org], place, materials, on)
        return exchange.elements(spec, around, version=number, published_at=published_at, is_retired=is_retired)

    return write
