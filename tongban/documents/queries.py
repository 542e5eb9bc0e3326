"""Find papers and render them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings

from tongban.core import time
from tongban.documents.adapters import typst_pdf
from tongban.documents.models import Paper
from tongban.rules.errors import NotFound


def papers(subjects: Iterable[UUID]) -> list[Paper]:
    """Return the papers about some subjects, newest first. Who may see them is answered by the app that owns the subject."""
    return list(Paper.objects.filter(subject_id__in=list(subjects)).order_by("-issued_at", "-serial"))


def paper(paper_id: UUID) -> Paper:
    """Return a paper. Raises NotFound."""
    row = Paper.objects.filter(pk=paper_id).first()
    if row is None:
        raise NotFound("documents.none", "没有找到这份文书")
    return row


def by_check_code(code: str) -> Paper | None:
    """Return the paper that a QR points to, or None."""
    return Paper.objects.filter(check_code=code).first() if code else None


def pdf(paper: Paper, *, site: str) -> bytes:
    """Return the PDF of a paper, rendered from its row."""
    body = paper.body
    content: dict[str, object] = {
        **body,
        "widths": _widths(len(body["head"])),
        "title": paper.title,
        "number": paper.number,
        "issuer": body["signed_by"],
        "check_code": paper.check_code,
        "date": f"{time.day_of(paper.issued_at):%Y年%-m月%-d日}",
        "demo": settings.DEMONSTRATION,
    }
    return typst_pdf.pdf("paper", content, qr=f"{site}/check/{paper.check_code}", at=paper.issued_at)


def _widths(columns: int) -> list[int]:
    return {0: [], 2: [1, 2], 3: [1, 4, 6], 4: [1, 5, 3, 3], 5: [1, 6, 5, 2, 2]}.get(columns, [1] * columns)


def render(template: str, content: dict[str, object], *, qr: str, at: datetime) -> bytes:
    """Return the PDF of another app's template (licences) with a QR."""
    return typst_pdf.pdf(template, content, qr=qr, at=at)


def qr_svg(text: str) -> str:
    """Return a QR as inline SVG for a page."""
    return typst_pdf.qr_svg(text)
