"""Small helpers around the database that every app shares."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.db import models

from tongban.rules.errors import Invalid

M = TypeVar("M", bound=models.Model)


def new_id() -> uuid.UUID:
    """Return a random id: URLs carry these, so that knowing one says nothing about another."""
    return uuid.uuid4()


def insert(model: type[M], rows: Sequence[M]) -> None:
    """Insert rows whose ids the application made."""
    model._default_manager.bulk_create(rows)


def cursor(on: date, row_id: object) -> str:
    """Return an opaque cursor of a keyset page: the sort day and the id of the last row."""
    return base64.urlsafe_b64encode(f"{on.isoformat()}|{row_id}".encode()).decode()


def read_cursor(text: str) -> tuple[date, uuid.UUID]:
    """Return what a cursor holds. Raises Invalid for anything this platform did not make."""
    try:
        day, _, row_id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        return date.fromisoformat(day), uuid.UUID(row_id)
    except (ValueError, binascii.Error, UnicodeError) as problem:
        raise Invalid("page.cursor", "翻页标记不对", remedy="去掉 cursor 参数，从第一页重新翻") from problem
