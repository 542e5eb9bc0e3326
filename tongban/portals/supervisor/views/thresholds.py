"""红黄牌规则: the thresholds of the place, changed on screen by the overseer, version after version."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.core.actor import Actor
from tongban.portals.supervisor.views import shell
from tongban.rules.errors import Invalid
from tongban.supervision.queries import thresholds as queries
from tongban.supervision.queries.thresholds import ThresholdVersion
from tongban.supervision.rules.kinds import KINDS, LEVEL_WORDS
from tongban.supervision.services import thresholds

# Numbers as the page asks for them: name -> words, unit.
NUMBERS = {
    "near_days": ("预警：承诺时限还剩", "个工作日"), "near_percent": ("预警：或承诺时限已用", "%"),
    "near_least": ("预警：只管承诺不少于", "个工作日的办件"), "cure_days": ("黄牌整改期", "个工作日"),
    "appeal_days": ("申诉期", "个工作日"), "yellows_a_month": ("一个单位一个月黄牌达到", "张升红牌"),
    "reason_chars": ("不予的理由除去套话至少", "个字"), "entry_days": ("送达登记最晚在事后", "个工作日"),
    "burst_ratings": ("好评集中：同一来源至少", "条"), "burst_minutes": ("好评集中：多长时间以内", "分钟"),
    "quick_seconds": ("秒办：收件到办结不超过", "秒"), "quick_cases": ("秒办：一个单位一天至少", "件"), "idle_days": ("零使用：连续没有办件", "天"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The thresholds in force in the place or a region; who supervises may change them with a reason."""
    by, regions = shell.staff(request), queries.regions(shell.PLACE)
    asked = request.GET.get("region", "")
    region = asked if asked in dict(regions) else ""
    found = queries.in_force(shell.PLACE, region)
    fields: dict[str, str] = {}
    if request.method == "POST":
        try:
            row = _save(request.POST, region, by=by)
            shell.tell(request, f"规则第 {row.version} 版已经生效，之前发的牌按原来的规则。")
            return HttpResponseRedirect(reverse("supervisor:thresholds") + (f"?region={region}" if region else ""))
        except Invalid as refusal:
            fields = refusal.fields
    sent = request.POST if fields else None
    return shell.show(
        request, "cards_thresholds", by=by, menu="cards", version=found.version, may_edit=shell.supervises(by),
        numbers=_numbers(found, sent, fields), kinds=_kinds(found, sent, fields), history=_history(regions),
        regions=regions, region=region, region_name=dict(regions).get(region, ""), is_own=found.region == region,
        formulas=sent.get("formulas", "") if sent is not None else "\n".join(found.thresholds.formulas),
        reason=sent.get("reason", "") if sent is not None else "", reason_error=fields.get("reason", ""),
        levels=[(level.value, words) for level, words in LEVEL_WORDS.items()],
        errors=[(f"f-{name.replace('.', '-')}", words) for name, words in fields.items()], status=422 if fields else 200,
    )  # fmt: skip


def _save(sent: QueryDict, region: str, *, by: Actor) -> ThresholdVersion:
    reason, seen = sent.get("reason", ""), _number(sent.get("seen", ""))
    if sent.get("act") == "withdraw":
        return thresholds.withdraw(shell.PLACE, region, reason=reason, seen=seen, by=by)
    return thresholds.publish(shell.PLACE, _values(sent), reason=reason, seen=seen, by=by, region=region)


def _history(regions: list[tuple[str, str]]) -> list[dict[str, object]]:
    names = dict(regions)
    return [
        {"row": row, "where": names.get(row.region, row.region) if row.region else "全域", "follows": not row.body}
        for row in queries.history(shell.PLACE)
    ]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1


def _values(sent: QueryDict) -> dict[str, object]:
    """Return the form as the spec reads it; what is no number is left to the spec to refuse."""
    return {
        **{name: sent.get(name, "") for name in NUMBERS},
        "formulas": tuple(sent.get("formulas", "").splitlines()),
        "kinds": {
            code: {"is_on": sent.get(f"kinds.{code}.is_on") == "1", "level": sent.get(f"kinds.{code}.level", ""),
                   "points": sent.get(f"kinds.{code}.points", "")}
            for code in KINDS
        },
    }  # fmt: skip


def _numbers(found: queries.InForce, sent: QueryDict | None, fields: dict[str, str]) -> list[dict[str, object]]:
    return [
        {"name": name, "label": label, "unit": unit, "error": fields.get(name, ""),
         "value": sent.get(name, "") if sent is not None else getattr(found.thresholds, name)}
        for name, (label, unit) in NUMBERS.items()
    ]  # fmt: skip


def _kinds(found: queries.InForce, sent: QueryDict | None, fields: dict[str, str]) -> list[dict[str, object]]:
    rows = []
    for code, kind in KINDS.items():
        use = found.thresholds.use(code)
        rows.append({
            "code": code, "kind": kind, "error": fields.get(f"kinds.{code}.points", "") or fields.get(f"kinds.{code}.level", ""),
            "is_on": sent.get(f"kinds.{code}.is_on") == "1" if sent is not None else use.is_on,
            "level": sent.get(f"kinds.{code}.level", "") if sent is not None else use.level,
            "points": sent.get(f"kinds.{code}.points", "") if sent is not None else use.points,
        })  # fmt: skip
    return rows
