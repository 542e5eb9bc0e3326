"""效能监察: the list of cards (预警 黄牌 红牌), one card with its evidence and acts, the tally and the list of a month."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.core import books, time
from tongban.core.actor import Actor
from tongban.core.books import Sheet
from tongban.orgs import queries as orgs
from tongban.portals.supervisor.views import shell
from tongban.rules import masking
from tongban.rules.errors import Invalid, NotFound
from tongban.supervision.queries import cards as queries
from tongban.supervision.queries import tally
from tongban.supervision.queries.cards import VIEWS, CardView, Wanted
from tongban.supervision.queries.tally import BY, Row
from tongban.supervision.rules.flow import VERB_WORDS
from tongban.supervision.rules.kinds import KINDS, LEVEL_WORDS, Level
from tongban.supervision.services import acting

MOST_OF_MONTH = 300  # on the page of a month; its workbook has all


def day(text: str) -> date | None:
    """Return a day of an address; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _wanted(sent: QueryDict) -> Wanted:
    def one(name: str, known: Collection[str]) -> str:
        value = sent.get(name, "")
        return value if value in known else ""

    page = sent.get("page", "1")
    return Wanted(
        level=one("level", {level.value for level in Level}), rule=one("rule", KINDS), state=one("state", VIEWS),
        unit=one("unit", orgs.organisations(shell.PLACE)), since=day(sent.get("since", "")), until=day(sent.get("until", "")),
        text=masking.normal(sent.get("text", ""))[:60], page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )  # fmt: skip


def _address(wanted: Wanted, **changes: str) -> str:
    kept = {
        "level": wanted.level, "rule": wanted.rule, "unit": wanted.unit, "state": wanted.state, "text": wanted.text,
        "since": wanted.since.isoformat() if wanted.since else "", "until": wanted.until.isoformat() if wanted.until else "",
    } | changes  # fmt: skip
    return f"?{urllib.parse.urlencode({name: value for name, value in kept.items() if value})}"


def _choices() -> dict[str, Any]:
    units = [(code, org.name) for code, org in orgs.organisations(shell.PLACE).items() if not org.external]
    return {
        "levels": [(level.value, words) for level, words in LEVEL_WORDS.items()], "units": units,
        "rules": [(code, f"{kind.number} {kind.name}") for code, kind in KINDS.items()],
    }  # fmt: skip


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The cards that the actor may see; the filter stands in the address."""
    by, wanted = shell.staff(request), _wanted(request.GET)
    if request.GET.get("format") == "xlsx":
        return books.response("红黄牌", _cards_sheet(queries.listed(shell.PLACE, wanted, by=by)))
    page, counts = queries.page(shell.PLACE, wanted, by=by), queries.counts(shell.PLACE, wanted, by=by)
    return shell.show(
        request, "cards_list", by=by, menu="cards", page=page, wanted=wanted, **_choices(),
        views=[(words, counts[code], _address(wanted, state=code), code == wanted.state) for code, words in VIEWS.items()],
        is_set=wanted != Wanted(), xlsx_address=_address(wanted, format="xlsx"),
        before_address=_address(wanted, page=str(page.number - 1)) if page.number > 1 else "",
        next_address=_address(wanted, page=str(page.number + 1)) if page.number < page.last else "",
    )  # fmt: skip


Act = Callable[..., object]
# Acts with words: verb -> the service.
ACTS: dict[str, Act] = {
    "acknowledge": acting.acknowledge, "rectify": acting.rectify, "send_back": acting.send_back, "close": acting.close,
    "appeal": acting.appeal, "propose_cancel": acting.propose_cancel, "confirm_cancel": acting.confirm_cancel,
    "decline_cancel": acting.decline_cancel,
    "uphold": lambda card_id, **more: acting.decide(card_id, is_upheld=True, **more),
    "dismiss": lambda card_id, **more: acting.decide(card_id, is_upheld=False, **more),
}  # fmt: skip
TOLD = {
    "acknowledge": "已签收。", "rectify": "整改情况已报，等监督部门核销。", "send_back": "已退回整改。", "close": "已核销。",
    "appeal": "申诉已提交。", "uphold": "已决定：申诉成立，这张牌不再计分，由监督部门撤销。", "dismiss": "已决定：申诉不成立。",
    "propose_cancel": "已提出撤销，要由另一个人同意。", "confirm_cancel": "这张牌已撤销，记录都还在。", "decline_cancel": "没有同意撤销，牌照旧。",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """One card: its fields, evidence, what came after, and the acts that the actor may make."""
    by, problem, words = shell.staff(request), "", request.POST.get("words", "")
    row = queries.card(card_id, by=by)
    verb = request.POST.get("verb", "")
    if request.method == "POST":
        if verb not in ACTS:
            raise NotFound("card.no_act", "没有这种操作", remedy="刷新页面再选")
        try:
            ACTS[verb](card_id, by=by, **({} if verb == "acknowledge" else {"words": words}))
            shell.tell(request, TOLD[verb])
            return HttpResponseRedirect(reverse("supervisor:card", args=[card_id]))
        except Invalid as refusal:
            problem = next(iter(refusal.fields.values()), refusal.message)
    return _card_page(request, row, by=by, verb=verb, words=words, problem=problem)


def _card_page(
    request: HttpRequest, row: queries.Card, *, by: Actor, verb: str, words: str, problem: str
) -> HttpResponse:
    may = queries.may_do(row, by=by)
    forms = [
        {"verb": code, "name": VERB_WORDS[code], "label": acting.FIELDS.get(code, ""), "is_open": code == verb,
         "words": words if code == verb else "", "problem": problem if code == verb else "", "is_grave": "cancel" in code}
        for code in may
    ]  # fmt: skip
    return shell.show(
        request, "cards_page", by=by, menu="cards", view=queries.view(row), card=row, acts=queries.acts(row), forms=forms,
        events=queries.happened(row), judge=queries.judge(row), is_appealable=queries.is_appealable(row),
        errors=[(f"words-{verb}", problem)] if problem else [], status=422 if problem else 200,
    )  # fmt: skip


@require_safe
def counted(request: HttpRequest) -> HttpResponse:
    """The tally by unit, rule or month; each figure opens its rows."""
    by, wanted = shell.staff(request), _wanted(request.GET)
    group = request.GET.get("by", "unit")
    group = group if group in BY else "unit"
    rows = tally.table(shell.PLACE, wanted, by=by, group=group)
    if request.GET.get("format") == "xlsx":
        return books.response(f"红黄牌统计（按{BY[group]}）", _tally_sheet(rows, BY[group]))
    return shell.show(
        request, "cards_tally", by=by, menu="cards", rows=[(row, _opens(wanted, group, row.code)) for row in rows],
        total=tally.total(rows), wanted=wanted, group=group, group_name=BY[group], **_choices(),
        groups=[(name, f"{_address(wanted)}&by={code}".replace("?&", "?"), code == group) for code, name in BY.items()],
        xlsx_address=f"{_address(wanted, format='xlsx')}&by={group}", is_set=wanted != Wanted(),
    )  # fmt: skip


def _opens(wanted: Wanted, group: str, code: str) -> str:
    """Return the address of the list that a row of the tally counts."""
    if group == "month":
        first = date.fromisoformat(f"{code}-01")
        changes = {"since": str(first), "until": str(tally.last_of(first))}
    else:
        changes = {group: code}
    return f"{reverse('supervisor:cards')}{_address(wanted, **changes)}"


@require_safe
def month(request: HttpRequest, month: str = "") -> HttpResponse:
    """The list of a month, to print or as a workbook."""
    by = shell.staff(request)
    first = day(f"{month}-01") if month else time.today().replace(day=1)
    if first is None:
        raise NotFound("card.no_month", "没有这个月份", remedy="写成 2026-03 这样的月份")
    is_book = request.GET.get("format") == "xlsx"
    found = tally.month(shell.PLACE, first, by=by, most=None if is_book else MOST_OF_MONTH)
    if is_book:
        name = f"{first:%Y-%m}"
        return books.response(
            f"红黄牌月清单 {name}", _tally_sheet(list(found.rows), "单位"), _cards_sheet(list(found.cards))
        )
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    after = date.fromordinal(tally.last_of(first).toordinal() + 1)
    return shell.show(
        request, "cards_month", by=by, menu="cards", month=found, name=f"{first.year}年{first.month}月",
        before=f"{before:%Y-%m}", after=f"{after:%Y-%m}" if after <= time.today() else "", made_at=time.now(),
        place=orgs.place(shell.PLACE).name, list_address=_opens(Wanted(), "month", f"{first:%Y-%m}"),
    )  # fmt: skip


def _cards_sheet(rows: list[CardView]) -> Sheet:
    columns = (
        ("监察编号", "每个地方每年从 1 起连续编号，撤销的不回收"), ("规则编号", "红黄牌规则的编号"), ("规则", "规则的名称"),
        ("预警类型代码", "1 预警 2 黄牌 3 红牌"), ("级别", "预警、黄牌、红牌"), ("状态产生时间", "依法或按规则产生的时刻"),
        ("结果描述", "发生了什么"), ("责任部门", "被发牌的单位"), ("责任人", "发牌时认领这项工作的人，没有认领的为空"),
        ("督办内容", "要单位做什么"), ("发出时间", "系统发出的时刻"), ("办件或对象编号", "牌为哪个办件或对象而发"),
        ("状态", "待整改、已报整改、已核销、已撤销"), ("申诉", "申诉中、成立、不成立"), ("扣分", "计入考核的分；已撤销和申诉成立的不计"),
    )  # fmt: skip
    return Sheet("红黄牌", columns, [
        (v.card.number, v.kind.number, v.kind.name, v.level_code, v.level, _moment(v.card.arose_at), v.card.words,
         v.card.organisation_name, v.card.person_name, v.card.demand, _moment(v.card.issued_at), v.card.subject_number, v.state,
         v.appeal, v.card.points if v.card.standing.counts else 0)
        for v in rows
    ], "电子监察红黄牌清单")  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{at.astimezone(time.CHINA):%Y-%m-%d %H:%M}"


def _tally_sheet(rows: list[Row], name: str) -> Sheet:
    columns = (
        name, ("预警", "发出的预警数"), ("黄牌", "发出的黄牌数"), ("红牌", "发出的红牌数"),
        ("发牌数", "预警、黄牌、红牌合计，撤销的也在内"), ("撤销数", "两个人同意后撤销的"), ("申诉成立", "负责申诉的部门认定成立的"),
        ("未办结", "待整改和已报整改还没有核销的"), ("扣分", "没有撤销、申诉没有成立的牌的分之和"),
    )  # fmt: skip
    table = [
        (r.name, r.blue, r.yellow, r.red, r.issued, r.cancelled, r.upheld, r.waiting, r.points)
        for r in [*rows, tally.total(rows)]
    ]
    return Sheet(f"按{name}", columns, table, f"红黄牌统计，按{name}")
