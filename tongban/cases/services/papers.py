"""The papers of a case: what each says is fixed here, from the plan and the events."""

from __future__ import annotations

from datetime import date

from tongban.cases.models import Case, JointCase
from tongban.documents import services as documents
from tongban.documents.rules import REMEDY, Body, Kind
from tongban.orgs import queries as orgs

_RECEIPT_WORD = "联办"


def _day(on: date | None) -> str:
    return f"{on:%Y年%-m月%-d日}" if on else ""


def receipt(joint: JointCase, cases: list[Case]) -> documents.Paper:
    """Issue the receipt (收件回执) of a submission."""
    rows = tuple(
        (str(n), case.name, case.organisation_name, f"{case.limit_days} 个工作日" if case.limit_days else "当日")
        for n, case in enumerate(cases, 1)
    )
    body = Body(
        addressee=joint.applicant_name,
        paragraphs=(f"你提交的“{joint.title}”已收到，编号 {joint.number}，共 {len(cases)} 项：",),
        head=("序号", "事项", "办理单位", "受理后时限"),
        rows=rows,
        closing=("各单位在收到之日起 5 个工作日内答复是否受理；需要补正的，一次说清全部内容。凭编号和手机号后四位可以查进度。",),
        signed_by=orgs.place(joint.pack).host,
    )
    return documents.issue(Kind.RECEIPT, organisation=joint.lead, word=_RECEIPT_WORD, subject_id=joint.pk, body=body)


def acceptance(case: Case) -> documents.Paper:
    """Issue the notice of acceptance (受理通知书). Source: 行政许可法 art. 32(2)."""
    due = f"{_day(case.due_on)}{'（暂定，明年放假安排公布后可能调整）' if case.is_provisional else ''}"
    body = _body(
        case,
        (f"你申请的“{case.name}”符合受理条件，现予受理。",),
        facts=(("办件编号", case.number), ("承诺时限", f"{case.limit_days} 个工作日，到 {due}"),
               *((("法定到期", _day(case.statutory_due_on)),) if case.statutory_due_on else ())),
    )  # fmt: skip
    return _issue(Kind.ACCEPTANCE, case, body)


def correction(case: Case, items: list[dict[str, str]]) -> documents.Paper:
    """Issue the one complete notice of what is missing (一次性补正告知书). Source: 行政许可法 art. 32(4)."""
    body = Body(
        addressee=case.applicant_name,
        paragraphs=(f"你申请的“{case.name}”（办件编号 {case.number}）还需要补正以下 {len(items)} 处，一次告知如下：",),
        head=("序号", "内容", "怎么改"),
        rows=tuple((str(n), item["name"], item["remark"]) for n, item in enumerate(items, 1)),
        closing=("补正后在“办件进度”里提交，我们继续办理。补正期间不计入办理时限。",),
        basis=("《中华人民共和国行政许可法》第三十二条",),
        signed_by=case.organisation_name,
    )
    return _issue(Kind.CORRECTION, case, body)


def not_accepted(case: Case, reason: str) -> documents.Paper:
    """Issue the decision not to accept (不予受理决定书)."""
    body = _body(case, (f"你申请的“{case.name}”，决定不予受理。", f"理由：{reason}"), remedy=REMEDY,
                 facts=(("办件编号", case.number),))  # fmt: skip
    return _issue(Kind.NOT_ACCEPTED, case, body)


def grant(case: Case, result: str) -> documents.Paper:
    """Issue the decision to grant (准予决定书)."""
    body = _body(case, (f"你申请的“{case.name}”，经审查符合条件，决定准予。",), facts=(("办件编号", case.number), ("结果", result)))
    return _issue(Kind.GRANT, case, body)


def refusal(case: Case, reason: str) -> documents.Paper:
    """Issue the refusal with its reasons and remedies (不予决定书). Source: 行政许可法 art. 38(2)."""
    body = _body(case, (f"你申请的“{case.name}”，经审查，决定不予准许。", f"理由：{reason}"), remedy=REMEDY,
                 facts=(("办件编号", case.number),))  # fmt: skip
    return _issue(Kind.REFUSAL, case, body)


def _body(
    case: Case, paragraphs: tuple[str, ...], *, facts: tuple[tuple[str, str], ...], remedy: str = ""
) -> Body:
    basis = next(tuple(item["basis"]) for item in case.joint_case.plan["items"] if item["code"] == case.item_code)
    return Body(addressee=case.applicant_name, paragraphs=paragraphs, facts=facts, remedy=remedy, basis=basis,
                signed_by=case.organisation_name)  # fmt: skip


def _issue(kind: Kind, case: Case, body: Body) -> documents.Paper:
    word = case.organisation_name.removeprefix("市")
    return documents.issue(kind, organisation=case.organisation, word=word, subject_id=case.pk, body=body)
