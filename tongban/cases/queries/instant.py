"""What pages show of 智能秒批: the certificate of a case with its check, and which items a table decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.parts import Instant
from tongban.decisions import queries as decisions
from tongban.decisions.queries import Check
from tongban.decisions.rules import evaluation
from tongban.decisions.rules.table import Input, Output
from tongban.vocabulary import queries as vocabulary


@dataclass(frozen=True)
class CertificateView:
    """The certificate of an instant decision as officers read it; `check` says whether it still computes."""

    id: UUID
    table_code: str
    table_name: str
    table_version: int
    rows: tuple[int, ...]
    at: datetime
    inputs: tuple[tuple[str, str], ...]
    outcome: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    digest: str
    check: Check


def certificate(case_id: UUID) -> CertificateView | None:
    """Return the certificate of a case with its check, if a table decided it."""
    row = decisions.certificate(case_id)
    if row is None:
        return None
    table = decisions.table_of(row)
    return CertificateView(
        row.pk, row.table_code, table.name if table else row.table_code, row.table_version, tuple(row.rows), row.at,
        _shown(table.inputs if table else (), row.inputs, row.pack), _shown(table.outputs if table else (), row.outcome, row.pack),
        tuple(row.reasons), row.digest, decisions.verify(row),
    )  # fmt: skip


def _shown(columns: Iterable[Input | Output], kept: object, pack: str) -> tuple[tuple[str, str], ...]:
    """Return kept values under the words of their columns, as people read them: choices by their labels."""
    values = kept if isinstance(kept, dict) else {}
    elements = vocabulary.words(pack).elements
    rows = []
    for column in columns:
        value = values.get(column.name)
        choices = elements[column.name].choices if column.name in elements else ()
        label = next((choice.label for choice in choices if choice.value == value), "")
        rows.append((column.words, label or evaluation.shown(evaluation.value_of(value, column.type))))
    return tuple(rows)


@dataclass(frozen=True)
class Use:
    """An item that a table may decide: how it stands and what is missing before it decides by itself."""

    item_code: str
    item_name: str
    mode: str
    least: int
    streak: int
    is_ready: bool

    @property
    def is_deciding(self) -> bool:
        """Whether cases of the item are decided by the table now."""
        return self.mode == "live" and self.is_ready

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing before the table decides by itself, in words; nothing when it does."""
        wanted = []
        if not self.is_ready:
            wanted.append(f"还要和人工连着一致 {self.least - self.streak} 件")
        if self.mode != "live":
            wanted.append("事项清单里的“秒批方式”还是影子运行，要由目录管理员改为正式运行后重新装入")
        return tuple(wanted)


def uses(pack: str, table_code: str) -> list[Use]:
    """Return the items in force that a table decides or would decide. Raises NotFound."""
    standing = decisions.standing(pack, table_code)
    found: list[tuple[str, str, Instant]] = [
        (code, spec.name, spec.instant)
        for code, spec in catalogue.items(pack).items()
        if spec.instant and spec.instant.table == table_code
    ]
    return [
        Use(code, name, use.mode, use.agreed_cases, min(standing.streak, use.agreed_cases), standing.is_ready(use.agreed_cases))
        for code, name, use in found
    ]  # fmt: skip
