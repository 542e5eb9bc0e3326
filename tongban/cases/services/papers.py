"""Issue the papers of a case; what each says stands in `queries.papers`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tongban.cases.models import Case, JointCase, Material
from tongban.cases.queries import papers
from tongban.documents import services as documents
from tongban.documents.rules import Body, Kind

_RECEIPT_WORD = "联办"


def receipt(joint: JointCase, cases: list[Case]) -> documents.Paper:
    """Issue the receipt (收件回执) of a submission."""
    body = papers.receipt(joint, cases)
    return documents.issue(Kind.RECEIPT, organisation=joint.lead, word=_RECEIPT_WORD, subject_id=joint.pk, body=body)


def acceptance(case: Case, *, is_deemed: bool = False) -> documents.Paper:
    """Issue the notice of acceptance (受理通知书)."""
    return _issue(Kind.ACCEPTANCE, case, papers.acceptance(case, is_deemed=is_deemed))


def correction(case: Case, items: list[dict[str, str]]) -> documents.Paper:
    """Issue the one complete notice of what is missing (一次性补正告知书)."""
    return _issue(Kind.CORRECTION, case, papers.correction(case, items))


def not_accepted(case: Case, reason: str) -> documents.Paper:
    """Issue the decision not to accept (不予受理决定书)."""
    return _issue(Kind.NOT_ACCEPTED, case, papers.not_accepted(case, reason))


def grant(case: Case, result: str, *, is_default: bool = False, table: str = "") -> documents.Paper:
    """Issue the decision to grant (准予决定书); `table` names the decision table that granted."""
    return _issue(Kind.GRANT, case, papers.grant(case, result, is_default=is_default, table=table))


def refusal(case: Case, reason: str) -> documents.Paper:
    """Issue the refusal with its reasons and remedies (不予决定书)."""
    return _issue(Kind.REFUSAL, case, papers.refusal(case, reason))


def special(
    case: Case, *, name: str, days: int, expected_on: date, reason: str, basis: str, is_statutory: bool,
    items: Sequence[Mapping[str, str]] = (),
) -> documents.Paper:  # fmt: skip
    """Issue the notice of a stop of the clock (特别程序告知书)."""
    body = papers.special(case, name=name, days=days, expected_on=expected_on, reason=reason, basis=basis,
                          is_statutory=is_statutory, items=items)  # fmt: skip
    return _issue(Kind.SPECIAL, case, body)


def extension(case: Case, *, days: int, reason: str) -> documents.Paper:
    """Issue the notice of an extension (延期告知书)."""
    return _issue(Kind.EXTENSION, case, papers.extension(case, days=days, reason=reason))


def terminated(case: Case, reason: str) -> documents.Paper:
    """Issue the decision to end a case (终止办理决定书)."""
    return _issue(Kind.TERMINATION, case, papers.terminated(case, reason))


def corrected(case: Case, *, was: str, now: str, reason: str) -> documents.Paper:
    """Issue the correction of a slip (更正决定书)."""
    return _issue(Kind.CORRECTED, case, papers.corrected(case, was=was, now=now, reason=reason))


def reopened(case: Case, *, order: str, reason: str) -> documents.Paper:
    """Issue the notice that a case is handled anew (重新办理告知书)."""
    return _issue(Kind.REOPENED, case, papers.reopened(case, order=order, reason=reason))


def revocation(case: Case, reason: str) -> documents.Paper:
    """Issue the revocation of a grant (撤销决定书)."""
    return _issue(Kind.REVOCATION, case, papers.revocation(case, reason))


def deferred(case: Case, rows: Sequence[Material]) -> documents.Paper:
    """Issue the slip of an acceptance with papers to follow (容缺受理单)."""
    return _issue(Kind.DEFERRED, case, papers.deferred(case, rows))


def commitment(case: Case, rows: Sequence[Material]) -> documents.Paper:
    """Issue the commitment (告知承诺书) that stands in the place of papers."""
    return _issue(Kind.COMMITMENT, case, papers.commitment(case, rows))


def reply(case: Case, text: str) -> documents.Paper:
    """Issue an answer to the applicant (办件答复书)."""
    return _issue(Kind.REPLY, case, papers.reply(case, text))


def word_of(case: Case) -> str:
    """Return the word with which the numbers of a case's papers begin."""
    return case.organisation_name.removeprefix("市")


def _issue(kind: Kind, case: Case, body: Body) -> documents.Paper:
    return documents.issue(kind, organisation=case.organisation, word=word_of(case), subject_id=case.pk, body=body)
