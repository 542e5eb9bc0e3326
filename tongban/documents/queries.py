"""Find papers, templates and records of service; render papers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from pydantic import TypeAdapter

from tongban.core import specs, time
from tongban.core.actor import Actor
from tongban.core.specs import Published
from tongban.documents.adapters import fonts, typst_pdf
from tongban.documents.models import Paper, Service, TemplateVersion
from tongban.documents.rules import (
    MUST_BE_SERVED,
    TITLES,
    WAY_WORDS,
    WORDS,
    Body,
    Kind,
    TemplateSpec,
    Way,
    chosen,
)
from tongban.rules.errors import NotFound

_BODY = TypeAdapter(Body)
BUILT_IN, BUILT_IN_NUMBER = "paper", 1


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


# Templates


def templates(pack: str) -> dict[str, Published[TemplateSpec]]:
    """Return the templates in force by code."""
    return specs.published(TemplateVersion, TemplateSpec, pack)


def in_force(org: str, kind: Kind) -> tuple[str, int]:
    """Return code and version of the template that a paper of an organisation is issued with now; "" for this release's."""
    known = templates(settings.PLACE)
    code = chosen({code: row.spec for code, row in known.items()}, org=org, kind=kind) if known else ""
    return (code, known[code].version) if code else ("", BUILT_IN_NUMBER)


def template_text(code: str, version: int) -> str:
    """Return the typst text of a version of a template; without a code, of this release's."""
    if not code:
        return typst_pdf.built_in(BUILT_IN)
    return specs.version(TemplateVersion, TemplateSpec, settings.PLACE, code, version).text


def history(pack: str, code: str) -> list[TemplateVersion]:
    """Return the versions of a template, the newest first."""
    return list(TemplateVersion.objects.filter(pack=pack, code=code).order_by("-version"))


# Rendering


def pdf(paper: Paper, *, site: str, copy: int = 0) -> bytes:
    """Return the PDF of a paper, rendered from its row by the template it was issued with. `copy` marks a reprint (补打)."""
    content = _content(
        paper.body, title=paper.title, number=paper.number, check_code=paper.check_code, at=paper.issued_at, copy=copy
    )
    qr = check_address(paper, site=site)
    if not paper.template_code:
        return typst_pdf.pdf(BUILT_IN, content, qr=qr, at=paper.issued_at)
    text = template_text(paper.template_code, paper.template_version)
    return typst_pdf.written_pdf(text, content, qr=qr, at=paper.issued_at)


def check_address(paper: Paper, *, site: str) -> str:
    """Return the address that the QR of a paper holds: there anybody can check it."""
    return f"{site}/check/{paper.check_code}"


def preview(kind: Kind, body: Body, *, org: str, text: str | None = None) -> list[str]:
    """Return the pages of a paper as it would be issued today, as SVG for a page: by the template in force, or by `text`.

    Number and QR are given when it is issued. Raises TemplateFault.
    """
    at = time.now()
    number = f"　{WORDS[kind]}〔{time.day_of(at).year}〕　号（签发时编号）"
    content = _content(dataclasses.asdict(body), title=TITLES[kind], number=number, check_code="签发时生成", at=at)
    if text is None:
        code, version = in_force(org, kind)
        text = template_text(code, version) if code else None
    pages = typst_pdf.written_svg(text, content, at=at) if text else typst_pdf.svg(BUILT_IN, content, at=at)
    return [typst_pdf.harmless(page) for page in pages]


def _content(
    body: dict[str, object], *, title: str, number: str, check_code: str, at: datetime, copy: int = 0
) -> dict[str, object]:
    head = body["head"]
    assert isinstance(head, list | tuple)
    said = {
        **body,
        "widths": _widths(len(head)),
        "title": title,
        "number": number,
        "issuer": body["signed_by"],
        "check_code": check_code,
        "date": _date(at),
        "demo": settings.DEMONSTRATION,
        "copy": copy,
        "copied_on": _date(time.now()) if copy else "",
    }
    return {name: _shown(value) for name, value in said.items()}


def _shown(value: object) -> object:
    if isinstance(value, str):
        return fonts.shown(value)
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list | tuple) else value


def _date(at: datetime) -> str:
    return f"{time.day_of(at):%Y年%-m月%-d日}"


def _widths(columns: int) -> list[int]:
    return {0: [], 2: [1, 2], 3: [1, 4, 6], 4: [1, 5, 3, 3], 5: [1, 6, 5, 2, 2]}.get(columns, [1] * columns)


def render(template: str, content: dict[str, object], *, qr: str, at: datetime) -> bytes:
    """Return the PDF of another app's template (licences) with a QR."""
    return typst_pdf.pdf(template, {name: _shown(value) for name, value in content.items()}, qr=qr, at=at)


def qr_svg(text: str) -> str:
    """Return a QR as inline SVG for a page."""
    return typst_pdf.qr_svg(text)


# Service


@dataclass(frozen=True)
class ServiceView:
    """A paper with its record of service, if there is one; `is_missing` where the archive waits for it."""

    paper: Paper
    service: Service | None
    way: str
    is_effective: bool
    is_missing: bool


def services(papers: Iterable[Paper]) -> list[ServiceView]:
    """Return papers with their service, in the order given. One query."""
    rows = list(papers)
    found = {row.paper_id: row for row in Service.objects.filter(paper__in=rows).select_related("proof")}
    return [_service(row, found.get(row.pk)) for row in rows]


def served_since(at: datetime) -> list[Service]:
    """Return the records of service that were entered since a moment, for who watches when things are entered. One query."""
    return list(Service.objects.filter(at__gte=at).select_related("paper").order_by("at"))


def _service(paper: Paper, row: Service | None) -> ServiceView:
    return ServiceView(
        paper, row, WAY_WORDS[Way(row.way)] if row else "", bool(row and row.effective_on <= time.today()),
        row is None and Kind(paper.kind) in MUST_BE_SERVED,
    )  # fmt: skip


def latest(org: str, kind: Kind) -> Paper | None:
    """Return the last paper of a kind that an organisation issued, to try a template with."""
    return Paper.objects.filter(organisation=org, kind=kind.value).order_by("-year", "-serial").first()


def body_of(paper: Paper) -> Body:
    """Return what a paper says."""
    return _BODY.validate_python(paper.body)


def own_organisations(by: Actor) -> list[str]:
    """Return the organisations whose templates the actor may edit."""
    return sorted(by.organisations_as("admin"))
