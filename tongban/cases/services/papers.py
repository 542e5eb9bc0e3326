"""Issue the papers of a case; what each says stands in `queries.papers`."""

from __future__ import annotations

from tongban.cases.models import Case, JointCase
from tongban.cases.queries import papers
from tongban.documents import services as documents
from tongban.documents.rules import Body, Kind

_RECEIPT_WORD = "联办"


def receipt(joint: JointCase, cases: list[Case]) -> documents.Paper:
    """Issue the receipt (收件回执) of a submission."""
    body = papers.receipt(joint, cases)
    return documents.issue(Kind.RECEIPT, organisation=joint.lead, word=_RECEIPT_WORD, subject_id=joint.pk, body=body)


def acceptance(case: Case) -> documents.Paper:
    """Issue the notice of acceptance (受理通知书)."""
    return _issue(Kind.ACCEPTANCE, case, papers.acceptance(case))


def correction(case: Case, items: list[dict[str, str]]) -> documents.Paper:
    """Issue the one complete notice of what is missing (一次性补正告知书)."""
    return _issue(Kind.CORRECTION, case, papers.correction(case, items))


def not_accepted(case: Case, reason: str) -> documents.Paper:
    """Issue the decision not to accept (不予受理决定书)."""
    return _issue(Kind.NOT_ACCEPTED, case, papers.not_accepted(case, reason))


def grant(case: Case, result: str) -> documents.Paper:
    """Issue the decision to grant (准予决定书)."""
    return _issue(Kind.GRANT, case, papers.grant(case, result))


def refusal(case: Case, reason: str) -> documents.Paper:
    """Issue the refusal with its reasons and remedies (不予决定书)."""
    return _issue(Kind.REFUSAL, case, papers.refusal(case, reason))


def _issue(kind: Kind, case: Case, body: Body) -> documents.Paper:
    word = case.organisation_name.removeprefix("市")
    return documents.issue(kind, organisation=case.organisation, word=word, subject_id=case.pk, body=body)
