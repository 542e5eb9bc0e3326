"""Tables in force and before, certificates, and how shadow mode stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, F, Q

from tongban.core import specs
from tongban.core.actor import Actor
from tongban.core.specs import Published
from tongban.decisions import permissions
from tongban.decisions.adapters import dmn, dmn_reading
from tongban.decisions.models import Certificate, ShadowRun, TableVersion
from tongban.decisions.rules import certificates, evaluation, facts
from tongban.decisions.rules import standing as agreement
from tongban.decisions.rules.checks import Fact
from tongban.decisions.rules.evaluation import Compiled, Given, Result
from tongban.decisions.rules.reading import Reading
from tongban.decisions.rules.standing import Standing
from tongban.decisions.rules.table import Table
from tongban.rules.errors import NotFound
from tongban.vocabulary import queries as vocabulary


def tables(pack: str) -> dict[str, Published[Table]]:
    """Return the tables in force by code."""
    return specs.published(TableVersion, Table, pack)


def table(pack: str, code: str) -> Published[Table]:
    """Return a table in force. Raises NotFound."""
    try:
        return tables(pack)[code]
    except KeyError as problem:
        raise NotFound("decisions.no_table", f"没有编码为“{code}”的决策表") from problem


def visible_to(pack: str, *, by: Actor) -> dict[str, Published[Table]]:
    """Return the tables in force of the organisations that the actor administers."""
    return {code: row for code, row in tables(pack).items() if permissions.may_edit(row.spec.org, by=by)}


def own_table(pack: str, code: str, *, by: Actor) -> Published[Table]:
    """Return a table in force that the actor may edit. Raises NotFound."""
    row = visible_to(pack, by=by).get(code)
    if row is None:
        raise NotFound("decisions.no_table", f"没有编码为“{code}”的决策表", remedy="看看本单位的决策表清单")
    return row


def versions(pack: str, code: str, *, by: Actor) -> list[TableVersion]:
    """Return all versions of a table, newest first. Raises NotFound for who may not edit it."""
    own_table(pack, code, by=by)
    return list(TableVersion.objects.filter(pack=pack, code=code).order_by("-version"))


def version(pack: str, code: str, number: int, *, by: Actor) -> tuple[TableVersion, Table]:
    """Return a version of a table, in force or not. Raises NotFound."""
    row = next((row for row in versions(pack, code, by=by) if row.version == number), None)
    if row is None:
        raise NotFound("decisions.no_version", f"这张表没有第 {number} 版")
    return row, Table.model_validate_json(row.body)


def known_facts(pack: str, code: str = "") -> dict[str, Fact]:
    """Return the facts that a table may ask for: data elements, what cases know, and what the table in force asks for."""
    known = {**facts.of_elements(vocabulary.words(pack).elements.values()), **facts.of_case()}
    had = tables(pack).get(code)
    return {**{column.name: Fact(column.type) for column in (had.spec.inputs if had else ())}, **known}


# Asking


@dataclass(frozen=True)
class _Keyed:
    """A table with its digest, by which alone it is told from others."""

    digest: str
    table: Table

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=256)
def _compiled(keyed: _Keyed) -> Compiled:
    return evaluation.compiled(keyed.table)


def ask(row: Published[Table], given: Mapping[str, Given]) -> Result:
    """Return what a published table answers; compiled once a version. Never raises."""
    return evaluation.ask(_compiled(_Keyed(row.digest, row.spec)), given)


# DMN


def dmn_file(table: Table) -> bytes:
    """Return a table as a DMN 1.3 file."""
    return dmn.write(table)


def read_dmn(content: bytes, *, decision: str = "", code: str = "", org: str = "") -> Reading:
    """Return what a DMN file holds, and all that is not supported in it."""
    return dmn_reading.read(content, decision=decision, code=code, org=org)


# Certificates


@dataclass(frozen=True)
class Check:
    """Whether a certificate is what it was, and each thing that is not."""

    findings: tuple[str, ...]

    @property
    def is_genuine(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def certificate(subject_id: UUID) -> Certificate | None:
    """Return the certificate of a case, if it was decided instantly."""
    return Certificate.objects.filter(subject_id=subject_id).first()


def certificates_of(subject_ids: Iterable[UUID]) -> dict[UUID, Certificate]:
    """Return the certificates of some cases by case. One query."""
    return {row.subject_id: row for row in Certificate.objects.filter(subject_id__in=list(subject_ids))}


def table_of(row: Certificate) -> Table | None:
    """Return the table that a certificate names, as it was in that version; None when it is gone."""
    stored = TableVersion.objects.filter(pack=row.pack, code=row.table_code, version=row.table_version).first()
    return Table.model_validate_json(stored.body) if stored else None


def verify(row: Certificate) -> Check:
    """Recompute digest and outcome of a certificate from its stored inputs and the stored version of its table."""
    findings = []
    if certificates.digest(statement_of(row)) != row.digest:
        findings.append("凭证的内容和摘要对不上")
    spec = table_of(row)
    if spec is None:
        return Check((*findings, f"找不到决策表第 {row.table_version} 版"))
    if specs.specs.digest(spec) != row.table_digest:
        findings.append(f"决策表第 {row.table_version} 版和当时的不一样")
    result = evaluation.ask(evaluation.compiled(spec), row.inputs)
    if evaluation.plain_outcome(result.outcome) != row.outcome or list(result.rows) != row.rows:
        findings.append("按当时的输入重新算，结果不一样")
    return Check(tuple(findings))


def statement_of(row: Certificate) -> certificates.Statement:
    """Return what a certificate states."""
    return certificates.Statement(
        row.subject_id,
        row.pack,
        row.table_code,
        row.table_version,
        row.table_digest,
        row.inputs,
        row.rows,
        row.outcome,
        row.at,
    )


# Shadow mode


def standing(pack: str, code: str) -> Standing:
    """Return how the table in force, by its content, fared beside the clerks. Raises NotFound."""
    runs = ShadowRun.objects.filter(pack=pack, table_code=code, table_digest=table(pack, code).digest)
    compared = runs.filter(says__isnull=False, granted__isnull=False)
    differed = compared.exclude(says=F("granted"))
    last = differed.order_by("-settled_at", "-pk").values_list("settled_at", flat=True).first()
    count = compared.count()
    return Standing(
        compared=count,
        agreed=count - differed.count(),
        waiting=runs.filter(granted=None).count(),
        streak=compared.filter(settled_at__gt=last).count() if last else count,
    )


def tallies(pack: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Return (compared, agreed) by table code and digest, for lists. One query."""
    runs = ShadowRun.objects.filter(pack=pack, says__isnull=False, granted__isnull=False)
    rows = runs.values("table_code", "table_digest").annotate(
        n=Count("pk"), agreed=Count("pk", filter=Q(says=F("granted")))
    )
    return {(row["table_code"], row["table_digest"]): (row["n"], row["agreed"]) for row in rows}


def is_ready(pack: str, code: str, least: int) -> bool:
    """Return whether the table in force agreed with the clerks in its latest `least` comparisons. Raises NotFound.

    One narrow query: it is asked at each submission.
    """
    runs = ShadowRun.objects.filter(pack=pack, table_code=code, table_digest=table(pack, code).digest)
    compared = runs.filter(says__isnull=False, granted__isnull=False).order_by("-settled_at", "-pk")
    return agreement.is_ready(
        [says == granted for says, granted in compared.values_list("says", "granted")[: max(least, 0)]], least
    )


def differing(pack: str, code: str, *, by: Actor) -> list[ShadowRun]:
    """Return the latest shadow runs in which table and people differed, newest first, at most 50."""
    row = own_table(pack, code, by=by)
    runs = ShadowRun.objects.filter(pack=pack, table_code=code, table_digest=row.digest, says__isnull=False)
    return list(runs.filter(granted__isnull=False).exclude(says=F("granted")).order_by("-settled_at")[:50])
