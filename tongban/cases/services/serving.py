"""Serve the papers of a case (送达): recorded by an officer, by the courier's signature, or when a result is handed out.

Source: 行政许可法 art. 44; 民事诉讼法 (2023) art. 87–95.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from tongban.cases import permissions
from tongban.cases.models import Case
from tongban.cases.queries import serving
from tongban.cases.services import papers
from tongban.cases.services.recording import append, locked
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.documents import services as documents
from tongban.documents.rules import WAY_WORDS, Served, Way
from tongban.rules.errors import Invalid, NotAllowed


@transaction.atomic
def serve(case_id: UUID, paper_ids: Iterable[UUID], served: Served, *, by: Actor) -> documents.Paper:
    """Record that papers of a case were served; the proof (送达回证) is issued.

    Electronic service needs the applicant's consent: the result was wanted electronically. Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    case = locked(case_id)
    if case.desk not in by.seats:
        raise permissions.hidden()
    if not by.has_role(case.desk, "clerk", "reviewer", "head"):
        raise NotAllowed("case.role", "送达由本单位办理人员登记，你没有这个权限", remedy="请有权限的同事办理")
    wanted = set(paper_ids)
    chosen = [view.paper for view in serving.of_case(case) if view.paper.pk in wanted]
    if len(chosen) != len(wanted):
        raise Invalid("documents.service", "有 1 处要改", fields={"papers": "有一份文书不是这件办件的，请重新选择"})
    return _serve(case, chosen, served, by=by)


def _serve(case: Case, chosen: Sequence[documents.Paper], served: Served, *, by: Actor) -> documents.Paper:
    consents = serving.consents_to_electronic(case)
    proof = documents.serve(chosen, served, has_consent=consents, word=papers.word_of(case), by=by)
    facts = {
        "way": served.way.value, "proof": proof.number, "papers": [paper.number for paper in chosen],
        "name": f"{WAY_WORDS[served.way]}：{'、'.join(paper.title for paper in chosen)}，{served.recipient}，{proof.number}",
    }  # fmt: skip
    append(case, "serve", by=by, at=time.now(), facts=facts)
    db.update(case)
    return proof


@transaction.atomic
def served_with_result(case_id: UUID, way: Way, *, recipient: str, waybill: str = "", by: Actor) -> None:
    """Record that the decisions of a case went along with its result: signed for at the window, or at the courier's. Idempotent."""
    case = locked(case_id)
    waiting = [view.paper for view in serving.of_case(case) if view.is_missing]
    if waiting:
        _serve(case, waiting, Served(way, recipient[:60], time.today(), waybill=waybill), by=by)
