"""Versions of specs (规格版本) in the database: immutable once published, the latest one counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Generic, TypeVar

from django.db import connection, models
from django.db.models import Max

from tongban.core import db
from tongban.rules import specs

S = TypeVar("S", bound=specs.Spec)


class SpecVersion(models.Model):
    """A published version of a spec. Rows are only ever added; retirement is a version of its own."""

    pack = models.CharField(max_length=40)
    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    file = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    is_retired = models.BooleanField(default=False)
    effective_from = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["pack", "code", "version"], name="%(app_label)s_%(class)s_once"),
        ]


@dataclass(frozen=True)
class Published(Generic[S]):
    """A spec in force with its version number and where its file lies in the pack."""

    spec: S
    version: int
    file: str
    position: int
    digest: str
    effective_from: datetime


def published(model: type[SpecVersion], kind: type[S], pack: str) -> dict[str, Published[S]]:
    """Return the specs in force by code, in the order of their files. One small query; parsed once a change."""
    return _parsed(model, kind, pack, stamp(model, pack), connection.alias + str(connection.settings_dict["NAME"]))


def stamp(model: type[SpecVersion], pack: str) -> int:
    """Return a number that grows with every version published: what was read under it is true while it stands."""
    return int(db.stamp(f"SELECT MAX(id) FROM {model._meta.db_table} WHERE pack = %s", [pack]) or 0)  # noqa: S608


@lru_cache(maxsize=64)
def _parsed(model: type[SpecVersion], kind: type[S], pack: str, latest: int, database: str) -> dict[str, Published[S]]:
    rows: dict[str, SpecVersion] = {}
    for row in model._default_manager.filter(pack=pack).order_by("version"):
        rows[row.code] = row
    kept = sorted((row for row in rows.values() if not row.is_retired), key=lambda row: (row.file, row.position))
    return {row.code: _read(kind, row) for row in kept}


def _read(kind: type[S], row: SpecVersion) -> Published[S]:
    spec = kind.model_validate_json(row.body)
    return Published(spec, row.version, row.file, row.position, row.digest, row.effective_from)


def version(model: type[SpecVersion], kind: type[S], pack: str, code: str, number: int) -> S:
    """Return one version of a spec, in force or not: a running case stays with the version it began with."""
    row = model._default_manager.get(pack=pack, code=code, version=number)
    return kind.model_validate_json(row.body)


@dataclass(frozen=True)
class Placed(Generic[S]):
    """A spec of a pack with its code, its file and its place in the file."""

    code: str
    spec: S
    file: str
    position: int


def differences(
    model: type[SpecVersion], kind: type[S], pack: str, wanted: list[Placed[S]]
) -> tuple[list[str], list[str], list[str]]:
    """Return the codes to create, to change and to retire, so that `wanted` comes into force."""
    have = published(model, kind, pack)
    codes = {placed.code for placed in wanted}
    create = [placed.code for placed in wanted if placed.code not in have]
    change = [placed.code for placed in wanted if placed.code in have and _differs(have[placed.code], placed)]
    return create, change, [code for code in have if code not in codes]


def _differs(have: Published[S], placed: Placed[S]) -> bool:
    return (have.digest, have.file, have.position) != (specs.digest(placed.spec), placed.file, placed.position)


def apply(model: type[SpecVersion], kind: type[S], pack: str, wanted: list[Placed[S]], *, at: datetime) -> None:
    """Bring `wanted` into force by adding versions; what is no longer wanted is retired. Inside a transaction."""
    create, change, retire = differences(model, kind, pack, wanted)
    numbers = {
        row["code"]: row["n"]
        for row in model._default_manager.filter(pack=pack).values("code").annotate(n=Max("version"))
    }
    rows = [
        model(pack=pack, code=placed.code, version=numbers.get(placed.code, 0) + 1, file=placed.file,
              position=placed.position, body=specs.canonical(placed.spec), digest=specs.digest(placed.spec),
              effective_from=at)
        for placed in wanted if placed.code in {*create, *change}
    ]  # fmt: skip
    have = published(model, kind, pack)
    rows += [
        model(pack=pack, code=code, version=numbers[code] + 1, file=have[code].file, position=have[code].position,
              body=specs.canonical(have[code].spec), digest=have[code].digest, is_retired=True, effective_from=at)
        for code in retire
    ]  # fmt: skip
    model._default_manager.bulk_create(rows)


def exported(model: type[SpecVersion], kind: type[S], pack: str) -> list[tuple[str, dict[str, object]]]:
    """Return (file, body) of each spec in force, in the order in which they stand in their files."""
    return [(row.file, json.loads(specs.canonical(row.spec))) for row in published(model, kind, pack).values()]
