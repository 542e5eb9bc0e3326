"""Read stored files. Who may open one is answered by the app that owns it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tongban.attachments.models import File


def path_of(file_id: UUID) -> Path:
    """Return where the bytes of a file lie."""
    return Path(settings.FILES_DIR) / file_id.hex[:2] / file_id.hex


def files(ids: Iterable[str | UUID]) -> dict[str, File]:
    """Return files by the text of their id."""
    return {str(row.pk): row for row in File.objects.filter(pk__in=list(ids))}


def content(file_id: UUID) -> tuple[File, bytes]:
    """Return a file and its bytes."""
    return File.objects.get(pk=file_id), path_of(file_id).read_bytes()


def belongs_to(ids: Iterable[str], *, account_id: UUID) -> bool:
    """Return whether every file was uploaded by the account."""
    wanted = set(ids)
    return File.objects.filter(pk__in=wanted, owner_id=account_id).count() == len(wanted)
