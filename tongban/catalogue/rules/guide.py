"""An item as its guide (办事指南) says it: the elements of the implementation list in people's words. What is empty is left out.

Source: GB/T 39046—2020; standards reference 1.3, 1.4; product guide 7.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tongban.catalogue.rules import exchange
from tongban.catalogue.rules.dictionaries import (
    AUDIENCES,
    BODIES,
    DEPTHS,
    FIRM_TOPICS,
    LEVELS,
    ON_APPLICATION,
    ONLINE,
    PERSON_TOPICS,
    POWER_SOURCES,
    REACHES,
    WAYS,
)
from tongban.catalogue.rules.elements import WORDS
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.parts import Basis, MaterialUse
from tongban.licences.rules import LicenceType
from tongban.orgs.rules import LEVEL_WORDS, OrganisationSpec, PlaceSpec
from tongban.rules.conditions import When, alternatives
from tongban.vocabulary.rules import Element, MaterialType

FORMS = {"electronic": "电子件", "copy": "复印件", "original": "原件"}
RESULTS = {"licence": "电子证照", "paper": "文书", "record": "办理结果"}
PAID = {
    "before_acceptance": "受理前交",
    "before_decision": "受理后、作出决定前交",
    "before_result": "作出决定后、领取结果前交",
}
REFUNDS = {"refused_or_withdrawn": "没有办成或者撤回的，退给你", "never": "交了不退"}
ON_THE_SPOT = "即办件：材料齐全的当场办结"
PROMISED = "承诺件：在承诺时限内办结"


@dataclass(frozen=True)
class Around:
    """What an item is told with: its body, its place, the words of fields and materials, the licence that it gives."""

    organisation: OrganisationSpec
    place: PlaceSpec
    elements: Mapping[str, Element]
    materials: Mapping[str, MaterialType]
    licence: LicenceType | None


@dataclass(frozen=True)
class Row:
    """A line of a guide: what it is about, what it says, and what the words mean."""

    label: str
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Material:
    """A material (申请材料): where it is from, in which form, how necessary it is, and what else is to know."""

    name: str
    why: str
    source: str
    form: str
    demand: str
    is_free: bool
    notes: tuple[Row, ...]


@dataclass(frozen=True)
class Step:
    """A step (环节) between acceptance and decision."""

    name: str
    days: str
    hint: str


def _rows(*rows: tuple[str, str, str] | tuple[str, str]) -> list[Row]:
    """Return the rows that say something."""
    return [Row(*row) for row in rows if row[1]]


def _words(dictionary: Mapping[str, str], codes: Iterable[str]) -> str:
    return "、".join(dictionary[code] for code in codes)


def cited(basis: Basis) -> str:
    """Return a legal basis as it is cited: 《行政许可法》第四十五条."""
    return f"《{basis.law}》{basis.article}"


def when_words(when: When, elements: Mapping[str, Element]) -> str:
    """Return a condition in words: “食品供应方式”是“现场制作”; "" where there is none or a fact in it has no words."""
    parts = [
        [_fact_words(elements.get(name), values) for name, values in all_of.items()] for all_of in alternatives(when)
    ]
    if any("" in each for each in parts):
        return ""
    return "，或者".join("、".join(each) for each in parts)


def _fact_words(element: Element | None, values: Iterable[str]) -> str:
    if element is None:
        return ""
    labels = {choice.value: choice.label for choice in element.choices}
    return f"“{element.name}”是" + "或".join(f"“{labels.get(value, value)}”" for value in values)


def depth(item: ItemSpec) -> str:
    """Return how far it can be handled online (网办深度): what is reached, not what a list declares."""
    return "" if item.tracked_only else DEPTHS[item.reached_depth]


def coming(item: ItemSpec, on: date) -> list[str]:
    """Return what is known to change for this item after a day: out of use for a time, cancelled."""
    found = []
    if item.suspended is not None and item.suspended.since > on:
        found.append(f"从 {item.suspended.since} 起暂停办理：{item.suspended.words}")
    if item.until_on is not None and item.until_on > on:
        found.append(f"到 {item.until_on} 取消，之后不再受理")
    return found


def plain_rows(item: ItemSpec, around: Around) -> list[Row]:
    """Return what people ask about first (基本信息)."""
    official = not item.tracked_only
    return _rows(
        ("办理机关", around.organisation.full_name),
        ("联办机构", "、".join(item.joint_with), "一起办这一项的单位，你不用分别去找"),
        ("也叫", "、".join(item.aliases)),
        ("服务对象", _words(AUDIENCES, item.audience)),
        ("办件类型", (ON_THE_SPOT if item.is_on_the_spot else PROMISED) if official else ""),
        ("办理形式", _words(WAYS, item.ways)),
        ("网办深度", depth(item), "最高是Ⅳ级：申请、办理、拿结果都不用跑"),
        ("通办范围", REACHES.get(item.reach, ""), "在这个范围内，就近找一个窗口就能办"),
        ("基层也能办", _words(LEVEL_WORDS, item.stations)),
        ("自助终端", "可以办" if item.kiosk else ""),
        ("不在大厅办", "到办理机关去办" if not item.in_hall and official else ""),
        ("告知承诺", _promised(item, around), "签一份承诺书，就先不用交这些材料；部门以后会核查"),
        ("系统当场决定", "符合条件的，提交后系统马上决定" if item.instant and item.instant.mode == "live" else ""),
        ("超时默认", f"到期没有决定的，按同意办（{item.on_timeout.document}）" if item.on_timeout else ""),
    )  # fmt: skip


def _promised(item: ItemSpec, around: Around) -> str:
    return "、".join(_name(use, around) for use in item.materials if use.commitment)


def _name(use: MaterialUse, around: Around) -> str:
    kind = around.materials.get(use.type)
    return kind.name if kind else use.type


def formal_rows(item: ItemSpec, around: Around) -> list[Row]:
    """Return how the item stands in the official directory: codes, level, source of the power, topics, what it was before."""
    local = "；".join(f"{WORDS[row.element]}：{row.reason}" for row in item.local)
    return _rows(
        ("事项类型", ON_APPLICATION[item.type]),
        ("基本编码", item.catalog_code, "全国统一的编号，各地同一件事的号码相同"),
        ("实施编码", exchange.task_code(item, around.organisation), "本地这个单位办这一项的编号"),
        ("旧编码", "、".join(item.old_codes)),
        ("行使层级", LEVELS[exchange.level(item, around.organisation)], "由哪一级机关办"),
        ("权力来源", POWER_SOURCES[item.power_source], "这项职权是从哪里来的"),
        ("实施主体性质", BODIES[item.body]),
        ("委托部门", item.entrusted_by),
        ("业务指导部门", item.guided_by),
        ("个人办事主题", _words(PERSON_TOPICS, item.person_topics)),
        ("法人办事主题", _words(FIRM_TOPICS, item.firm_topics)),
        ("网上能做的", _words(ONLINE, item.online) if item.is_online else ""),
        ("计划生效", str(item.from_on or "")),
        ("计划取消", str(item.until_on or "")),
        ("长于 20 日的依据", item.long_limit),
        ("公共安全", "涉及公共安全、人身健康，不适用超时默认" if item.safety else ""),
        ("与上级目录不同", local),
        ("改革以前", _before(item)),
    )  # fmt: skip


def _before(item: ItemSpec) -> str:
    was = item.baseline
    if was is None:
        return ""
    return f"{was.steps} 个环节、{was.materials} 份材料、{was.days} 个工作日、跑 {was.visits} 次（{was.document}）"


def variants(item: ItemSpec, around: Around) -> list[Row]:
    """Return the granules of the item (业务办理项) with their codes of 33 digits and when each is the one."""
    code = exchange.task_code(item, around.organisation)
    return [Row(row.name, code + row.code, when_words(row.when, around.elements)) for row in item.variants]


def materials(item: ItemSpec, around: Around) -> list[Material]:
    """Return the materials in the order of the item."""
    return [_material(use, around) for use in item.materials]


def _material(use: MaterialUse, around: Around) -> Material:
    kind = around.materials.get(use.type)
    notes = _rows(
        ("什么时候要", _asked_when(use, around)),
        ("受理标准", use.accept_rule),
        ("填报须知", use.note),
        ("样例", kind.sample if kind else ""),
        ("可以签承诺书代替", use.commitment),
        ("要这份材料的依据", cited(use.basis) if use.basis else ""),
    )
    form = FORMS[use.form] + (f" {use.copies} 份" if use.form != "electronic" or use.copies > 1 else "")
    return Material(_name(use, around), kind.why if kind else "", _source(use, kind), form, _demand(use), bool(kind and kind.by_check),
                    tuple(notes))  # fmt: skip


def _asked_when(use: MaterialUse, around: Around) -> str:
    if use.when is None:
        return ""
    return when_words(use.when, around.elements) or "看情况，填表时会告诉你要不要"


def _source(use: MaterialUse, kind: MaterialType | None) -> str:
    if kind is not None and kind.by_check:
        return f"{kind.checked_by or '部门'}核验，不用交"
    if kind is not None and kind.licence_type:
        return "有电子证照的不用交"
    issuer = kind.issuer if kind is not None else ""
    return issuer or {"government": "政府部门核发", "other": "第三方出具", "applicant": "自备"}[use.source]


def _demand(use: MaterialUse) -> str:
    if use.necessity == "deferrable":
        after = "按不予办理处理" if use.defer_lapse == "refuse" else "这一件就终止"
        return f"可后补（容缺）：先受理，{use.defer_days} 个工作日内补交；过期不补，{after}"
    demand = "可以不交" if use.necessity == "optional" else "必要"
    return f"{demand}；可签承诺书代替" if use.commitment else demand


def steps(item: ItemSpec) -> list[Step]:
    """Return the steps after acceptance: how long, whether somebody comes, whether it waits for the one before."""
    found, before = [], ""
    for step in item.steps:
        hints = ["上门查看"] * step.on_site
        if before and before not in item.waits(step.code):
            hints.append("和前一步同时进行")
        found.append(Step(step.name, f"{step.days} 个工作日" if step.days else "当日", "，".join(hints)))
        before = step.code
    return found


def stops(item: ItemSpec) -> list[Row]:
    """Return what may stop the clock: special procedures (特别程序), whose time is not counted, and stops of the promise alone."""
    own = {use.kind for use in item.stops}
    return [
        Row(
            name,
            f"最多 {days} 个工作日，{'承诺时限暂停，法定时限照算' if kind in own else '不算在办理时限里'}",
            cited(basis),
        )
        for kind, (name, days, basis) in item.procedures().items()
    ]


def fee_rows(item: ItemSpec, around: Around) -> list[Row]:
    """Return what is charged; nothing when nothing is."""
    fee = item.fee
    if fee is None:
        return []
    others = [
        f"{when_words(other.when, around.elements) or '特殊情形'}：{yuan(other.amount_fen)}" for other in fee.others
    ]
    return _rows(
        ("标准", fee.standard),
        ("金额", "" if fee.amount_fen is None else yuan(fee.amount_fen)),
        ("别的金额", "；".join(others)),
        ("什么时候交", PAID[fee.when]),
        ("退不退", REFUNDS[fee.refund]),
        ("怎么交", "可以网上支付" if item.pay_online else ""),
        ("依据", fee.basis),
    )


def yuan(fen: int) -> str:
    """Return an amount of money in the fixed form: ¥1,200.00."""
    return f"¥{fen / 100:,.2f}"


def result_rows(item: ItemSpec, around: Around) -> list[Row]:
    """Return what the applicant gets and what stands in it (结果样本)."""
    licence = around.licence
    valid = "" if licence is None else f"{licence.valid_months} 个月" if licence.valid_months else "长期"
    return _rows(
        ("结果名称", item.result.name),
        ("形式", RESULTS[item.result.kind]),
        ("上面写什么", "、".join(line.label for line in licence.face) if licence else ""),
        ("有效期", valid),
        ("样本", item.result.sample),
    )


def place_rows(item: ItemSpec, around: Around) -> list[Row]:
    """Return where and when, with the body's and the place's own words where the item leaves them out."""
    organisation, place = around.organisation, around.place
    at_window = "1" in item.ways or item.tracked_only
    return _rows(
        ("网上", "打开这一项的网页，选“在线办理”" if item.is_online else ""),
        ("窗口", (item.address or organisation.address) if at_window else ""),
        ("时间", (item.hours or place.hours) if at_window else ""),
        ("怎么去", item.traffic),
        ("寄材料", "可以用快递寄材料申请" if "4" in item.ways else ""),
        ("咨询电话", item.phone or organisation.phone),
        ("监督投诉电话", item.supervision_phone or place.phone),
    )
