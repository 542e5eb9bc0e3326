"""What units reported for indicators that the platform cannot compute, with the files that prove it (佐证)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tongban.attachments import queries as attachments
from tongban.indicators.models import Report
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound


@dataclass(frozen=True)
class ReportView:
    """A report with the name of its unit and its files by id and name."""

    row: Report
    unit: str
    files: tuple[tuple[str, str], ...]


def reports(pack: str, code: str, *, units: Collection[str] | None) -> list[ReportView]:
    """Return what was reported for an indicator, the last first; its files only for the given units (None: all). Two queries."""
    rows = list(Report.objects.filter(pack=pack, indicator=code).order_by("-month", "-at"))
    names = {key: file.name for key, file in attachments.files(file for row in rows for file in row.files).items()}
    known = orgs.organisations(pack)
    return [
        ReportView(
            row,
            known[row.organisation].name if row.organisation in known else row.organisation,
            tuple((key, names[key]) for key in row.files if key in names) if _is_open(row, units) else (),
        )
        for row in rows
    ]


def _is_open(row: Report, units: Collection[str] | None) -> bool:
    return units is None or row.organisation in units


def file(pack: str, code: str, file_id: str, *, units: Collection[str] | None) -> tuple[str, str, Path]:
    """Return name, media type and path of a file that proves a report of some units (None: any). Raises NotFound."""
    rows = Report.objects.filter(pack=pack, indicator=code)
    if not any(file_id in row.files and _is_open(row, units) for row in rows):
        raise NotFound("indicators.no_file", "没有找到这份佐证", remedy="回到指标页重新打开")
    found = attachments.files([file_id])[file_id]
    return found.name, found.media_type, attachments.path_of(found.pk)
