"""Which papers of a case were served (送达), and which the archive (归档) still waits for."""

from __future__ import annotations

from tongban.cases.models import Case
from tongban.documents import queries as documents
from tongban.documents.queries import ServiceView
from tongban.documents.rules import Kind

# Proofs and what only the applicant or the desks keep are not served.
_KEPT = (Kind.SERVICE, Kind.COMMITMENT, Kind.TRANSFER, Kind.RECEIPT)


def of_case(case: Case) -> list[ServiceView]:
    """Return the papers of a case that are served, newest first, each with its service. Two queries."""
    rows = documents.papers([case.pk])
    return documents.services(row for row in rows if Kind(row.kind) not in _KEPT)


def consents_to_electronic(case: Case) -> bool:
    """Return whether the applicant agreed to be served electronically: the result was wanted so. Source: 民事诉讼法 (2023) art. 90."""
    return bool(case.joint_case.delivery.get("way") == "electronic")
