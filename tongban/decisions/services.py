"""Publish decision tables, decide by them, certify what they decided, and run them in the shadow of the clerks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import specs, time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.decisions import permissions, queries
from tongban.decisions.models import Certificate, ShadowRun, TableVersion
from tongban.decisions.rules import certificates, checks, evaluation
from tongban.decisions.rules.certificates import Statement
from tongban.decisions.rules.evaluation import Given, Plain, Result
from tongban.decisions.rules.table import Table
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid
from tongban.rules.specs import canonical, digest

FILE = "decisions.yaml"


# The pack


def differences(pack: str, tables: list[Placed[Table]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes of tables to create, to change and to retire."""
    return specs.differences(TableVersion, Table, pack, _wanted(pack, tables))


def apply(pack: str, tables: list[Placed[Table]], *, at: datetime) -> None:
    """Bring the tables of a pack into force; those edited on screen stay as long as the pack says what it said."""
    specs.apply(TableVersion, Table, pack, _wanted(pack, tables), at=at)


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list key, body) of each table in force."""
    return [(file, "decisions", body) for file, body in specs.exported(TableVersion, Table, pack)]


def _wanted(pack: str, tables: list[Placed[Table]]) -> list[Placed[Table]]:
    """Return what shall be in force: the pack, but for tables that were edited or made on screen since.

    A table that the pack never held is not retired by it, and one that the pack gives as it gave it last keeps
    the version of the screen, and its place.
    """
    given: dict[str, TableVersion] = {}
    for row in TableVersion.objects.filter(pack=pack, is_from_screen=False).order_by("version"):
        given[row.code] = row
    have = queries.tables(pack)
    wanted = []
    for placed in tables:
        last, now = given.get(placed.code), have.get(placed.code)
        is_as_given = last is not None and not last.is_retired and last.digest == digest(placed.spec)
        wanted.append(Placed(placed.code, now.spec, now.file, now.position) if now and is_as_given else placed)
    named = {placed.code for placed in tables}
    return wanted + [
        Placed(code, row.spec, row.file, row.position)
        for code, row in have.items()
        if code not in named and code not in given
    ]


# The screen


@transaction.atomic
def publish(pack: str, table: Table, *, seen: int, reason: str, by: Actor) -> TableVersion:
    """Publish a new version of a table, or a new table (`seen` 0), made on screen.

    `seen` is the version that the editor began from. Raises NotAllowed, Invalid (`fields` by cell), Conflict.
    """
    permissions.require_edit(table.org, by=by)
    rows = list(TableVersion.objects.select_for_update().filter(pack=pack, code=table.code).order_by("-version"))
    last = rows[0] if rows else None
    if last is not None:
        permissions.require_edit(Table.model_validate_json(last.body).org, by=by)
    reason = masking.normal(reason)
    _check(pack, table, reason)
    if (last.version if last else 0) != seen:
        raise _moved_on()
    if last is not None and last.digest == digest(table):
        raise Conflict("decisions.same", "和现行的一版完全一样，没有发布", remedy="改了再发布")
    row = TableVersion(
        pack=pack, code=table.code, version=seen + 1, file=last.file if last else FILE,
        position=last.position if last else len(queries.tables(pack)), body=canonical(table), digest=digest(table),
        effective_from=time.now(), is_from_screen=True, reason=reason, published_by_id=by.account_id,
        published_by_name=by.name,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:  # Somebody published the same number at this very moment.
        raise _moved_on() from problem
    audit.record("decisions.published", "decision-table", f"{table.code}@{row.version}", by=by, organisation=table.org)
    return row


def _moved_on() -> Conflict:
    return Conflict(
        "decisions.moved_on", "你打开以后，这张表又发布了新版，没有发布你的", remedy="打开新版，把你的改动再做一次"
    )


def _check(pack: str, table: Table, reason: str) -> None:
    fields = {".".join(map(str, flaw.path)): f"{flaw.message}；{flaw.remedy}" for flaw in errors(pack, table)}
    if not 5 <= len(reason) <= 200:
        fields["reason"] = "写明为什么改，5 至 200 个字"
    if fields:
        raise Invalid("decisions.flawed", f"有 {len(fields)} 处要改，没有发布", fields=fields)


def errors(pack: str, table: Table) -> list[checks.Flaw]:
    """Return what stops a table from being published in a place."""
    return checks.errors(table, queries.known_facts(pack, table.code))


# Deciding


@dataclass(frozen=True)
class Decided:
    """What a published table said about a subject (a case): enough to certify it, or to compare it later."""

    subject_id: UUID
    pack: str
    table_code: str
    table_name: str
    table_version: int
    table_digest: str
    inputs: dict[str, Plain]
    result: Result
    at: datetime


def decide(pack: str, table_code: str, inputs: Mapping[str, Given], *, subject_id: UUID, at: datetime) -> Decided:
    """Return what the table in force says. Writes nothing. Raises NotFound when there is no such table."""
    row = queries.table(pack, table_code)
    return Decided(
        subject_id, pack, table_code, row.spec.name, row.version, row.digest,
        evaluation.plain_inputs(row.spec, inputs), queries.ask(row, inputs), at,
    )  # fmt: skip


def certify(decided: Decided, *, by: Actor) -> Certificate:
    """Keep the certificate (秒批凭证) of an instant decision, inside the caller's transaction. One a subject.

    Raises Conflict when the subject has one, ValueError when the table gave no answer: nothing is certified then.
    """
    outcome = evaluation.plain_outcome(decided.result.outcome)
    if outcome is None:
        raise ValueError(f"table {decided.table_code} gave no answer: {decided.result.problem}")
    if queries.certificate(decided.subject_id) is not None:
        raise Conflict("decisions.certified", "这件已经有秒批凭证，不能再出一份")
    statement = Statement(
        decided.subject_id, decided.pack, decided.table_code, decided.table_version, decided.table_digest,
        decided.inputs, list(decided.result.rows), outcome, decided.at,
    )  # fmt: skip
    row = Certificate.objects.create(
        **vars(statement),
        reasons=[reason.words for reason in decided.result.reasons],
        digest=certificates.digest(statement),
    )
    audit.record("decisions.certified", "case", decided.subject_id, by=by)
    return row


@transaction.atomic
def record_shadow(decided: Decided, *, says: bool | None) -> ShadowRun:
    """Record what a table would have decided: grant, refuse, or nothing (None). A settled run is left as it is."""
    run = ShadowRun.objects.select_for_update().filter(subject_id=decided.subject_id).first()
    if run is not None and run.settled_at is not None:
        return run
    run = run or ShadowRun(subject_id=decided.subject_id)
    run.pack, run.table_code = decided.pack, decided.table_code
    run.table_version, run.table_digest = decided.table_version, decided.table_digest
    run.inputs, run.rows = decided.inputs, list(decided.result.rows)
    run.outcome, run.says, run.at = evaluation.plain_outcome(decided.result.outcome), says, decided.at
    run.save()
    return run


@transaction.atomic
def settle_shadow(subject_id: UUID, granted: bool, *, if_said: bool | None = None) -> ShadowRun | None:
    """Record what people decided. Nothing happens for a subject that no table looked at, or one settled before.

    With `if_said`, only a run is settled in which the table said that.
    """
    run = ShadowRun.objects.select_for_update().filter(subject_id=subject_id).first()
    if run is None or run.settled_at is not None or if_said not in (None, run.says):
        return run
    run.granted, run.settled_at = granted, time.now()
    run.save(update_fields=["granted", "settled_at"])
    return run
