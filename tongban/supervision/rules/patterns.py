"""Patterns that may be gaming (反作弊): what is looked for, as functions of what was recorded. A person judges each.

Source: issue 5 point 3; standards reference 4.2. Thresholds are configuration 【惯例】.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

PRAISE = (1, 2)  # GB/T 39046 grades 非常满意, 满意
TOLERANCE = timedelta(seconds=60)


class Verdict(enum.StrEnum):
    """What a person made of a pattern."""

    TRUE = "true"
    FALSE = "false"
    EXPLAINED = "explained"


VERDICT_WORDS = {Verdict.TRUE: "属实", Verdict.FALSE: "不属实", Verdict.EXPLAINED: "有合理说明"}


@dataclass(frozen=True)
class Pattern:
    """A pattern: its name, what it means, the columns of its rows."""

    name: str
    means: str
    columns: tuple[str, ...]


PATTERNS = {
    "burst": Pattern("好评集中", "同一来源（地址或设备）短时间内给同一单位许多好评", ("时间", "评价", "渠道", "事项", "来源")),
    "quick": Pattern("秒办", "收件到办结只有几秒，可能是为了冲覆盖率", ("办件编号", "事项", "收件", "办结", "用时（秒）", "决定人")),
    "backdated": Pattern("倒签受理", "受理的时间早于受理的记录，或记录的先后颠倒", ("办件编号", "事项", "写的时间", "记录的时间", "经办人")),
    "unviewed": Pattern("不看材料", "作决定之前，单位没有人打开过办件或它的材料", ("办件编号", "事项", "办结", "决定人", "材料文件")),
    "idle": Pattern("零使用", "有可办的事项，连续许多天没有一件办件", ("事项编码", "事项")),
}  # fmt: skip


@dataclass(frozen=True)
class Praise:
    """A rating as bursts look at it: id, moment, grade, source."""

    rating_id: UUID
    at: datetime
    grade: int
    source: str


def bursts(found: Iterable[Praise], *, least: int, minutes: int) -> list[list[Praise]]:
    """Return the runs of good ratings of one source, each with `least` or more within some minutes; the longest ones.

    Ratings come in their order. What has no source is passed over.
    """
    by_source: dict[str, list[Praise]] = {}
    for row in found:
        if row.source and row.grade in PRAISE:
            by_source.setdefault(row.source, []).append(row)
    return [run for rows in by_source.values() for run in _runs(rows, least=least, span=timedelta(minutes=minutes))]


def _runs(rows: Sequence[Praise], *, least: int, span: timedelta) -> list[list[Praise]]:
    """Return the maximal runs in which each rating belongs to some window with enough of them."""
    dense: set[int] = set()
    for start, row in enumerate(rows):
        inside = [n for n in range(start, len(rows)) if rows[n].at - row.at <= span]
        if len(inside) >= least:
            dense.update(inside)
    runs: list[list[Praise]] = []
    for n in sorted(dense):
        if n - 1 in dense and rows[n].at - rows[n - 1].at <= span:
            runs[-1].append(rows[n])
        else:
            runs.append([rows[n]])
    return runs


def is_quick(received_at: datetime | None, closed_at: datetime, *, seconds: int) -> bool:
    """Return whether a case was opened and closed within some seconds."""
    return received_at is not None and closed_at - received_at <= timedelta(seconds=seconds)


def is_backdated(said: datetime, written: datetime) -> bool:
    """Return whether a moment lies before the record of it, by more than a slip of clocks."""
    return said < written - TOLERANCE


def steps_back(moments: Sequence[datetime]) -> int | None:
    """Return the place of the first record that lies before the one written ahead of it; None where all follow."""
    return next((n for n in range(1, len(moments)) if is_backdated(moments[n], moments[n - 1])), None)


def was_seen(
    closed_at: datetime, *, case_seen: datetime | None, files: Iterable[str], seen: dict[str, datetime]
) -> bool:
    """Return whether the materials of a case were looked at before it closed: one of its files; without files the case."""
    names = list(files)
    if not names:
        return case_seen is not None and case_seen <= closed_at
    return any(at <= closed_at for name in names if (at := seen.get(name)) is not None)
