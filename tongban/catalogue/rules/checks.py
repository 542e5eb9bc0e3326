"""What an implementation list (实施清单) must satisfy before it is published: numbered rules over one item and what surrounds it.

Numbers are those of the standards reference: 1.5-3 is rule 3 of section 1.5. What an item cannot even be without (1.2-2, 1.3-x,
1.5-2, 1.5-7, 1.5-8) its own model refuses; the elements as such (1.4-1 missing, 1.4-2 wrong, 1.4-3 unknown) the reader of specs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tongban.catalogue.rules.basic import BasicItem
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.parts import MaterialUse
from tongban.rules.specs import Path
from tongban.vocabulary.rules import MaterialType

# What each number stands for, for people who read a report.
RULES = {
    "1.2-1": "基本编码的地区段是本省或国家（00）", "1.2-2": "基本编码第 3、4 位是事项类型",
    "1.2-3": "同一单位、同一层级不重复使用一个基本编码", "1.2-4": "有子项的主项本身不能办理",
    "1.2-5": "实施清单引用一个已发布的基本目录事项", "1.2-6": "旧编码不重复",
    "1.3-1": "主题代码在字典里", "1.3-2": "受委托组织写委托部门", "1.3-3": "行使层级与实施主体的层级一致",
    "1.4-1": "必填要素齐全", "1.4-2": "要素的值在允许的范围内", "1.4-3": "没有字典以外的要素",
    "1.4-4": "计划取消日晚于计划生效日", "1.4-5": "咨询电话与投诉电话不同", "1.4-6": "有咨询电话、投诉电话和办理地点",
    "1.4-7": "同一事项不重复（名称、内容）", "1.4-8": "引用的机构、数据元、材料、证照、决策表都有定义",
    "1.5-1": "承诺当日办结的才是即办件", "1.5-2": "要到现场的写原因；不用到现场的可网办或快递申请",
    "1.5-3": "写明的网办深度与实际一致", "1.5-4": "收费的写标准、依据、金额和支付方式；不收费的没有网上支付",
    "1.5-5": "服务对象与主题一致", "1.5-6": "有结果的写结果样本；证照类结果的名称与类型一致",
    "1.5-7": "行政许可有审查环节、常见问题", "1.5-8": "承诺不超过法定；许可的法定时限不超过 20 个工作日",
    "1.5-9": "中介服务和证明材料有法律或国务院决定作依据", "1.5-10": "能共享取得的不要求申请人提交",
}  # fmt: skip
LICENCE_LIMIT = 20  # working days, 行政许可法 art. 42


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an item: where, by which rule, what, how to mend it; whether it blocks publishing."""

    path: Path
    rule: str
    message: str
    remedy: str
    blocks: bool = True


@dataclass(frozen=True)
class Surroundings:
    """What an item is checked against: the body that offers it, the place, the basic list, the words of materials.

    `organisation_level` is the level (行使层级) of the body's region; "" when it is not known, then nothing is said of it.
    """

    province: str = ""  # first two digits of the region code
    organisation_level: str = ""
    phone: str = ""
    supervision_phone: str = ""
    address: str = ""
    basic: Mapping[str, BasicItem] = field(default_factory=dict)
    materials: Mapping[str, MaterialType] = field(default_factory=dict)


def faults(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    """Give all that is wrong with one item, in the order of the rules. An item still to be prepared (待编制) is left alone.

    Source: standards reference 1.2–1.5.
    """
    if not item.prepared:
        return
    for rule in _RULES:
        yield from rule(item, around)


def _codes(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    if around.province and item.catalog_code[:2] not in ("00", around.province):
        yield Fault(
            ("catalog_code",), "1.2-1", f"基本编码的地区段“{item.catalog_code[:2]}”不是国家（00）也不是本省（{around.province}）",
            "照基本目录改编码",
        )  # fmt: skip
    if around.basic and item.catalog_code not in around.basic:
        yield Fault(
            ("catalog_code",), "1.2-5", f"基本目录里没有编码 {item.catalog_code}", "引用基本目录里已有的事项，或先在基本目录里补上"
        )  # fmt: skip
    for n, code in enumerate(item.old_codes):
        if code in item.old_codes[:n]:
            yield Fault(("old_codes", n), "1.2-6", f"旧编码 {code} 写了两次", "只留一个")


def _level(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    own = around.organisation_level
    if item.level is None or not own or item.level == "7":
        return
    if item.level < own and item.power_source not in ("2", "3", "5"):
        yield Fault(
            ("level",), "1.3-3", "行使层级比实施主体的层级高，又不是下放、授权或委托的", "改 level，或在 power_source 里写明权力来源"
        )  # fmt: skip


def _contact(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    phone, complaints = item.phone or around.phone, item.supervision_phone or around.supervision_phone
    if phone and phone == complaints:
        yield Fault(
            ("supervision_phone",), "1.4-5", f"咨询电话和投诉电话都是 {phone}", "投诉电话另写一个，不由办理单位自己接"
        )
    missing = [
        words
        for value, words in (
            (phone, "咨询电话"), (complaints, "投诉电话"), (item.address or around.address, "办理地点"),
        ) if not value
    ]  # fmt: skip
    if missing:
        yield Fault(
            (),
            "1.4-6",
            f"没有{'、'.join(missing)}",
            "写在事项里，或写在机构、地方的资料里",
            blocks=not item.tracked_only,
        )


def _on_the_spot(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    slow = [n for n, step in enumerate(item.steps) if step.days > 0]
    if item.is_on_the_spot and slow:
        step = item.steps[slow[0]]
        yield Fault(
            ("steps", slow[0], "days"), "1.5-1", f"承诺当日办结，环节“{step.name}”却要 {step.days} 天", "改承诺时限，或把环节改为当日"
        )  # fmt: skip
    elif not item.is_on_the_spot and longest(item) > item.promised_days:
        yield Fault(
            ("promised_days",), "1.5-1", f"各环节加起来最少要 {longest(item)} 天，承诺只有 {item.promised_days} 天",
            "改承诺时限，或压缩环节",
        )  # fmt: skip


def longest(item: ItemSpec) -> int:
    """Return the working days of the longest chain of steps."""
    ends: dict[str, int] = {}
    for step in item.steps:
        ends[step.code] = step.days + max((ends[code] for code in item.waits(step.code)), default=0)
    return max(ends.values(), default=0)


def _visits(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    if not item.visits and not item.tracked_only and not set(item.ways) & set("234"):
        yield Fault(
            ("ways",), "1.5-2", "写了不用到现场，却只能在窗口办", "在 ways 里加上网上办理或快递申请，或写明到现场次数"
        )


def _depth(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    if item.depth is not None and item.depth != item.reached_depth:
        yield Fault(
            ("depth",), "1.5-3", f"写的网办深度是 {item.depth} 级，照网办环节和到现场次数只有 {item.reached_depth} 级"
            if item.depth > item.reached_depth else f"写的网办深度是 {item.depth} 级，实际已到 {item.reached_depth} 级",
            "改 depth，或改 online 和 visits",
        )  # fmt: skip


def _fee(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    if item.fee is None and item.pay_online:
        yield Fault(("pay_online",), "1.5-4", "不收费的事项写了可以网上支付", "删去 pay_online，或写上收费")
    if item.fee is not None and len(item.fee.basis) < 4:
        yield Fault(("fee", "basis"), "1.5-4", "收费依据没有写清是哪个文件", "写上文件名和文号")
    if item.fee is not None and item.fee.amount_fen is None and not item.pay_online and "按" not in item.fee.standard:
        yield Fault(
            ("fee", "standard"),
            "1.5-4",
            "收费标准既没有金额，也没有说按什么计算",
            "写上金额 amount_fen，或写“按……收取”",
        )


def _topics(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    for who, key, words in (("person", "person_topics", "自然人"), ("firm", "firm_topics", "法人")):
        has = bool(getattr(item, key))
        if (who in item.audience) and not has:
            yield Fault(("audience",), "1.5-5", f"服务对象有{words}，没有写{words}主题", f"在 {key} 里写主题代码")
        elif has and who not in item.audience:
            yield Fault((key,), "1.5-5", f"写了{words}主题，服务对象里没有{words}", f"删去 {key}，或在 audience 里加上")


def _result(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    result = item.result
    if result.kind != "licence" and result.name.endswith(("许可证", "执照")) and not item.tracked_only:
        yield Fault(
            ("result", "kind"), "1.5-6", f"结果“{result.name}”是证照，结果类型却不是", "改为 licence，写上 licence_type"
        )
    if result.kind == "paper" and not result.sample and not item.tracked_only:
        yield Fault(
            ("result",), "1.5-6", f"结果“{result.name}”没有样本", "在 result 的 sample 里写样本的内容", blocks=False
        )


def _licence(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    if item.type == "01" and not item.tracked_only and not item.faq:
        yield Fault(("faq",), "1.5-7", "行政许可事项没有常见问题", "至少写一个常见问题和回答")
    if item.type == "01" and not item.long_limit and (item.statutory_days or 0) > LICENCE_LIMIT:
        yield Fault(
            ("statutory_days",), "1.5-8", f"行政许可的法定时限 {item.statutory_days} 个工作日，超过 {LICENCE_LIMIT} 个",
            "改时限；法律、法规另有规定的在 long_limit 里写明依据",
        )  # fmt: skip
    if item.type == "01" and not item.tracked_only and item.statutory_days is None:
        yield Fault(("statutory_days",), "1.5-8", "行政许可没有写法定时限", "写上法定时限，一般不超过 20 个工作日")


def _third_parties(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    for n, row in enumerate(item.intermediaries):
        if row.basis.law.endswith(("通知", "办法（试行）", "会议纪要")):
            yield Fault(
                ("intermediaries", n, "basis"), "1.5-9", f"中介服务“{row.name}”的依据不是法律、行政法规或国务院决定",
                "写上法律、行政法规或国务院决定，没有的取消这项中介服务",
            )  # fmt: skip
    for n, use in enumerate(item.materials):
        if use.is_proof and use.basis is None:
            yield Fault(
                ("materials", n), "1.5-9", f"证明材料“{_name(use, around)}”没有依据", "在 basis 里写法律、行政法规或国务院决定，没有的取消"
            )  # fmt: skip


def _shared(item: ItemSpec, around: Surroundings) -> Iterator[Fault]:
    for n, use in enumerate(item.materials):
        kind = around.materials.get(use.type)
        if kind is None or use.source != "applicant":
            continue
        if kind.licence_type or kind.by_check:
            yield Fault(
                ("materials", n, "source"), "1.5-10", f"“{kind.name}”平台能共享取得，却要申请人提交", "把 source 改为 government"
            )  # fmt: skip


def _name(use: MaterialUse, around: Surroundings) -> str:
    kind = around.materials.get(use.type)
    return kind.name if kind else use.type


_RULES: tuple[Callable[[ItemSpec, Surroundings], Iterator[Fault]], ...] = (
    _codes, _level, _contact, _on_the_spot, _visits, _depth, _fee, _topics, _result, _licence, _third_parties, _shared,
)  # fmt: skip
