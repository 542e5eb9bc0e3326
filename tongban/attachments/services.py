"""Check and store uploaded files."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings

from tongban.attachments import queries, rules
from tongban.attachments.models import File
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.db import new_id
from tongban.rules.errors import Invalid, TooLarge, Unsupported


class Upload(Protocol):
    """What a request hands over: a name, a size and pieces of bytes."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def chunks(self) -> Iterable[bytes]: ...


def store(upload: Upload, *, by: Actor, kinds: Collection[str] = rules.PAPERS) -> File:
    """Check a file (size, name against content, a real parse in a limited child process) and keep it.

    `kinds` are the extensions taken here.

    The file and its folder are synced before the row is written. Raises TooLarge, Unsupported, Invalid.
    """
    name = rules.label(upload.name or "")
    limit = settings.UPLOAD_LIMIT_BYTES
    if (upload.size or 0) > limit:
        raise TooLarge("attachments.too_large", f"“{name}”超过 {limit // 2**20} MB", remedy="请压缩，或分两次上传")
    if not upload.size:
        raise Invalid("attachments.empty", f"“{name}”是空的", remedy="请重新选择文件")
    file_id = new_id()
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="incoming-")
    try:
        sha256 = _write(handle, upload)
        pages = _inspect(name, temporary, kinds)
        path = queries.path_of(file_id)
        path.parent.mkdir(exist_ok=True)
        os.replace(temporary, path)
        _sync(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return File.objects.create(
        id=file_id, name=name, media_type=rules.MEDIA[rules.extension(name)], size_bytes=upload.size, pages=pages,
        sha256=sha256, owner_id=by.account, created_at=time.now(),
    )  # fmt: skip


def discard(ids: Iterable[UUID], *, by: Actor) -> None:
    """Forget files that the actor has just stored and that nothing uses; the bytes go last."""
    rows = list(File.objects.filter(pk__in=list(ids), owner_id=by.account))
    File.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        queries.path_of(row.pk).unlink(missing_ok=True)


def _write(handle: int, upload: Upload) -> str:
    sha256 = hashlib.sha256()
    with os.fdopen(handle, "wb") as file:
        for piece in upload.chunks():
            sha256.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return sha256.hexdigest()


def _inspect(name: str, path: str, kinds: Collection[str]) -> int:
    with open(path, "rb") as file:
        head = file.read(16)
    problem = rules.kind_problem(name, head, kinds=kinds)
    if problem:
        raise Unsupported(
            "attachments.kind", f"“{name}”：{problem}", remedy=f"收 {'、'.join(kind.upper() for kind in kinds)}"
        )
    command = [sys.executable, "-m", "tongban.attachments.adapters.parser", rules.extension(name), path]
    try:
        run = subprocess.run(command, capture_output=True, timeout=15, check=False)  # noqa: S603  # fixed command
        found = json.loads(run.stdout or b"{}")
    except (subprocess.TimeoutExpired, ValueError):
        found = {}
    if "pages" not in found:
        said = found.get("problem", "文件太复杂，读不出来，请重新导出或打印成 PDF 再上传")
        raise Unsupported(
            "attachments.unreadable", f"“{name}”：{said}", remedy=f"收 {'、'.join(kind.upper() for kind in kinds)}"
        )
    return int(found["pages"])


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
