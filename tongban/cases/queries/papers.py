"""What each paper (文书) of a case says: fixed here, from the plan and the events; also shown before it is issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.models import Case, JointCase, Material
from tongban.cases.queries import timing
from tongban.cases.rules import asking, timeline
from tongban.cases.rules import plan as plans
from tongban.cases.rules.timeline import Happened
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents.rules import REMEDY, TITLES, Body, Kind
from tongban.orgs import queries as orgs


def _day(on: date | None) -> str:
    return f"{on:%Y年%-m月%-d日}" if on else ""


def receipt(joint: JointCase, cases: Sequence[Case]) -> Body:
    """Return the receipt (收件回执) of a submission."""
    rows = tuple(
        (str(n), case.name, case.organisation_name, f"{case.limit_days} 个工作日" if case.limit_days else "当日")
        for n, case in enumerate(cases, 1)
    )
    return Body(
        addressee=joint.applicant_name,
        paragraphs=(f"你提交的“{joint.title}”已收到，编号 {joint.number}，共 {len(cases)} 项：",),
        head=("序号", "事项", "办理单位", "受理后时限"),
        rows=rows,
        closing=(
            "各单位在收到之日起 5 个工作日内答复是否受理；需要补正的，一次说清全部内容。凭编号和手机号后四位可以查进度。",
        ),
        signed_by=orgs.place(joint.pack).host,
    )


def acceptance(case: Case, *, is_deemed: bool = False) -> Body:
    """Return the notice of acceptance (受理通知书); of a deemed one, it says so. Source: 行政许可法 art. 32(2)(4)."""
    due = f"{_day(case.due_on)}{'（暂定，明年放假安排公布后可能调整）' if case.is_provisional else ''}"
    words = f"你申请的“{case.name}”符合受理条件，现予受理。"
    if is_deemed:
        words = f"你申请的“{case.name}”，本机关没有在收到之日起 5 个工作日内告知是否受理，依法自收到之日起即为受理。"
    return _body(
        case,
        (words,),
        facts=(("办件编号", case.number), ("承诺时限", f"{case.limit_days} 个工作日，到 {due}"),
               *((("法定到期", _day(case.statutory_due_on)),) if case.statutory_due_on else ())),
    )  # fmt: skip


def correction(case: Case, items: Sequence[Mapping[str, str]]) -> Body:
    """Return the one complete notice of what is missing (一次性补正告知书). Source: 行政许可法 art. 32(4)."""
    return Body(
        addressee=case.applicant_name,
        paragraphs=(f"你申请的“{case.name}”（办件编号 {case.number}）还需要补正以下 {len(items)} 处，一次告知如下：",),
        head=("序号", "内容", "怎么改"),
        rows=tuple((str(n), item["name"], item["remark"]) for n, item in enumerate(items, 1)),
        closing=("补正后在“办件进度”里提交，我们继续办理。补正期间不计入办理时限。",),
        basis=("《中华人民共和国行政许可法》第三十二条",),
        signed_by=case.organisation_name,
    )


def not_accepted(case: Case, reason: str) -> Body:
    """Return the decision not to accept (不予受理决定书)."""
    return _body(case, (f"你申请的“{case.name}”，决定不予受理。", f"理由：{reason}"), remedy=REMEDY,
                 facts=(("办件编号", case.number),))  # fmt: skip


def grant(case: Case, result: str, *, is_default: bool = False, table: str = "") -> Body:
    """Return the decision to grant (准予决定书); one by default or by a table says so. Source: 个人信息保护法 art. 24."""
    words = f"你申请的“{case.name}”，经审查符合条件，决定准予。"
    if is_default:
        words = f"你申请的“{case.name}”，在承诺时限内没有作出决定，依照有关规定默认准予，本决定书由平台到期自动出具。"
    if table:
        words = f"你申请的“{case.name}”，经智能审批按{table}核对，符合条件，决定准予。"
    notes = (f"本决定自动作出。有异议的，可以要求{case.organisation_name}的工作人员复核。",) if table else ()
    return _body(case, (words, *notes), facts=(("办件编号", case.number), ("结果", result)))


def refusal(case: Case, reason: str) -> Body:
    """Return the refusal with its reasons and remedies (不予决定书). Source: 行政许可法 art. 38(2)."""
    return _body(case, (f"你申请的“{case.name}”，经审查，决定不予准许。", f"理由：{reason}"), remedy=REMEDY,
                 facts=(("办件编号", case.number),))  # fmt: skip


def special(
    case: Case, *, name: str, days: int, expected_on: date, reason: str, basis: str, is_statutory: bool,
    items: Sequence[Mapping[str, str]] = (),
) -> Body:  # fmt: skip
    """Return the notice of a stop of the clock (特别程序告知书). Source: 行政许可法 art. 45."""
    kept = "所需时间不计入办理时限" if is_statutory else "所需时间不计入承诺时限，法定时限照常计算"
    return Body(
        addressee=case.applicant_name,
        paragraphs=(
            f"你申请的“{case.name}”（办件编号 {case.number}）需要{name}，所需时间 {days} 个工作日，预计到{_day(expected_on)}。{kept}。",
            f"原因：{reason}",
        ),
        head=("序号", "内容", "怎么改") if items else (),
        rows=tuple((str(n), item["name"], item["remark"]) for n, item in enumerate(items, 1)),
        basis=(basis,),
        signed_by=case.organisation_name,
    )


def extension(case: Case, *, days: int, reason: str) -> Body:
    """Return the notice of an extension (延期告知书). Source: 行政许可法 art. 42."""
    return _body(case, (f"你申请的“{case.name}”，在时限内不能作出决定，经本机关负责人批准，延长 {days} 个工作日。", f"理由：{reason}"),
                 facts=(("办件编号", case.number), ("延长后到期", _day(case.due_on))))  # fmt: skip


def terminated(case: Case, reason: str) -> Body:
    """Return the decision to end a case (终止办理决定书)."""
    return _body(case, (f"你申请的“{case.name}”，决定终止办理。", f"理由：{reason}"), remedy=REMEDY,
                 facts=(("办件编号", case.number),))  # fmt: skip


def corrected(case: Case, *, was: str, now: str, reason: str) -> Body:
    """Return the correction of a slip in a decision (更正决定书)."""
    return _body(case, (f"本机关就“{case.name}”作出的决定书有文字差错，更正如下，其余内容不变。", f"原因：{reason}"),
                 facts=(("办件编号", case.number), ("原文", was), ("更正为", now)))  # fmt: skip


def reopened(case: Case, *, order: str, reason: str) -> Body:
    """Return the notice that a case is handled anew (重新办理告知书)."""
    return _body(case, (f"依据{order}，本机关对“{case.name}”重新办理，办理时限自今日起重新计算。", f"说明：{reason}"),
                 facts=(("办件编号", case.number), ("办结日期", _day(case.due_on))))  # fmt: skip


def revocation(case: Case, reason: str) -> Body:
    """Return the revocation of a grant (撤销决定书). Source: 行政许可法 art. 69."""
    return _body(case, (f"本机关决定撤销对“{case.name}”的准予。", f"理由：{reason}"), remedy=REMEDY,
                 facts=(("办件编号", case.number),))  # fmt: skip


def deferred(case: Case, rows: Sequence[Material]) -> Body:
    """Return the slip of an acceptance with papers to follow (容缺受理单), with the day of each."""
    return Body(
        addressee=case.applicant_name,
        paragraphs=(f"你申请的“{case.name}”（办件编号 {case.number}）主要材料齐全，先行受理。以下材料请按时补交：",),
        head=("序号", "材料", "补交截止"),
        rows=tuple((str(n), row.name, _day(row.due_on)) for n, row in enumerate(rows, 1)),
        closing=("到期没有补交的，依照办事指南终止办理或者不予许可。",),
        signed_by=case.organisation_name,
    )


def commitment(case: Case, rows: Sequence[Material]) -> Body:
    """Return the commitment (告知承诺书) as the applicant signed it, with what follows from a false one. Source: 国办发〔2020〕42号."""
    return Body(
        addressee=case.organisation_name,
        paragraphs=(
            f"申请人{case.applicant_name}就“{case.name}”（办件编号 {case.number}）作出以下书面承诺，代替提交材料：",
        ),
        head=("序号", "代替的材料", "承诺内容"),
        rows=tuple((str(n), row.name, row.text) for n, row in enumerate(rows, 1)),
        closing=(
            f"申请人已经知道办理条件、承诺的内容和不实承诺的后果：{case.organisation_name}会核查；承诺不实的，依法撤销准予，并记入信用记录。",
        ),
        signed_by=case.applicant_name,
    )


def reply(case: Case, text: str) -> Body:
    """Return the answer (办件答复书) to what an applicant asked about a case; it moves nothing."""
    return Body(
        addressee=case.applicant_name,
        paragraphs=(f"关于你申请的“{case.name}”（办件编号 {case.number}），答复如下：", text),
        signed_by=case.organisation_name,
    )


def _body(case: Case, paragraphs: tuple[str, ...], *, facts: tuple[tuple[str, str], ...], remedy: str = "") -> Body:
    basis = next(tuple(item["basis"]) for item in case.joint_case.plan["items"] if item["code"] == case.item_code)
    return Body(addressee=case.applicant_name, paragraphs=paragraphs, facts=facts, remedy=remedy, basis=basis,
                signed_by=case.organisation_name)  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What a paper will say if the act is done now."""

    title: str
    body: Body


def preview(
    case_id: UUID, verb: str, *, by: Actor, reason: str = "", items: Sequence[Mapping[str, str]] = (),
    extra: Mapping[str, str] | None = None,
) -> Preview | None:  # fmt: skip
    """Return the paper that an act would issue today, or None for acts without one. Nothing is written.

    `items` are as for `asking.named`; `extra` holds what else the act asks (kind, days, was, now, order).
    Raises NotFound, Invalid.
    """
    case = Case.objects.select_related("joint_case").filter(pk=case_id, desk__in=list(by.seats)).first()
    if case is None:
        raise permissions.hidden()
    if verb in ("ask_for_more", "ask_again"):
        named = asking.named(plans.read(case.joint_case.plan), case.item_code, items)
        return Preview(TITLES[Kind.CORRECTION], correction(case, named))
    if case.is_tracked_only:
        return None
    return _of_decision(case, verb, reason) or _of_clock(case, verb, reason, items, extra or {})


def _of_decision(case: Case, verb: str, reason: str) -> Preview | None:
    match verb:
        case "accept":
            _as_of(case, "accept", {})
            return Preview(TITLES[Kind.ACCEPTANCE], acceptance(case))
        case "refuse_acceptance":
            return Preview(TITLES[Kind.NOT_ACCEPTED], not_accepted(case, reason))
        case "refuse":
            return Preview(TITLES[Kind.REFUSAL], refusal(case, reason))
        case "grant":
            item = plans.item_of(case.joint_case.plan, case.item_code)
            result = f"{item.result_name}（编号在签发时生成）" if item.licence_type else item.result_name
            return Preview(TITLES[Kind.GRANT], grant(case, result))
        case "terminate":
            return Preview(TITLES[Kind.TERMINATION], terminated(case, reason))
        case "revoke":
            return Preview(TITLES[Kind.REVOCATION], revocation(case, reason))
        case "reply":
            return Preview(TITLES[Kind.REPLY], reply(case, reason))
    return None


def _of_clock(
    case: Case, verb: str, reason: str, items: Sequence[Mapping[str, str]], extra: Mapping[str, str]
) -> Preview | None:
    given = extra.get("days", "")
    days = int(given) if given.isascii() and given.isdigit() and len(given) <= 4 else 0
    match verb:
        case "pause":
            spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
            found = spec.procedures().get(extra.get("kind", ""))
            if found is None:
                return None
            name, most, basis = found
            timeline.check_stop_days(days, name=name, most=most)
            named = asking.named(plans.read(case.joint_case.plan), case.item_code, items) if items else []
            body = special(
                case, name=name, days=days, reason=reason, basis=f"《{basis.law}》{basis.article}", items=named,
                expected_on=timeline.expected_end(time.today(), days, calendars.calendar()),
                is_statutory=extra["kind"] in timeline.STATUTORY_STOPS,
            )  # fmt: skip
            return Preview(TITLES[Kind.SPECIAL], body)
        case "extend":
            timeline.check_extension_days(days)
            _as_of(case, "extend", {"days": days})
            return Preview(TITLES[Kind.EXTENSION], extension(case, days=days, reason=reason))
        case "correct_decision":
            return Preview(
                TITLES[Kind.CORRECTED],
                corrected(case, was=extra.get("was", ""), now=extra.get("now", ""), reason=reason),
            )
        case "reopen":
            _as_of(case, "reopen", {})
            return Preview(TITLES[Kind.REOPENED], reopened(case, order=extra.get("order", ""), reason=reason))
    return None


def _as_of(case: Case, verb: str, facts: Mapping[str, object]) -> None:
    """Let the clocks of the row stand as they will after a verb. Nothing is written."""
    found = timing.clocks(case, Happened(case.event_count + 1, verb, time.today(), facts))
    case.due_on, case.is_provisional, case.statutory_due_on = found.due_on, found.is_provisional, found.statutory_due_on
