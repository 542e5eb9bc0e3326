"""Items (政务服务事项) as specs: the elements of an implementation list (实施清单).

Source: GB/T 39046—2020; standards reference 1.1–1.5.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tongban.catalogue.rules.dictionaries import AT_A_DISTANCE, FIRM_TOPICS, PERSON_TOPICS
from tongban.catalogue.rules.parts import (
    HEARING_DAYS,
    SPECIAL_WORDS,
    STOP_WORDS,
    Baseline,
    Basis,
    DefaultGrant,
    Fee,
    FieldUse,
    Grant,
    Instant,
    Intermediary,
    LocalDifference,
    MaterialUse,
    Question,
    Result,
    SpecialUse,
    StepSpec,
    StopUse,
    Suspension,
    Variant,
)
from tongban.rules.specs import Spec, Wrong
from tongban.vocabulary.rules import Code, Text

Topic = Annotated[str, StringConstraints(pattern=r"^\d{3}$")]


class ItemSpec(Spec):
    """A government-service item (事项) as one body offers it. Days are working days.

    What is left out says the usual: the organisation's own level, by law its own power, at the window and online.
    """

    code: Code
    name: Text
    aliases: tuple[str, ...] = ()
    type: Literal["01", "05", "07", "08", "09", "10", "20"]
    catalog_code: str = Field(pattern=r"^\d{12}$")
    org: Code
    # 外部，仅跟踪: a bank, a utility or the party organisation does it; we only track the state.
    tracked_only: bool = False
    note: str = "示例（未经审定）"
    summary: Text
    basis: tuple[Basis, ...] = Field(min_length=1)
    audience: tuple[Literal["person", "firm"], ...] = Field(min_length=1)
    conditions: tuple[Annotated[str, StringConstraints(min_length=2)], ...] = Field(min_length=1)
    statutory_days: int | None = Field(default=None, ge=0, le=365)
    promised_days: int = Field(ge=0, le=365)
    steps: tuple[StepSpec, ...] = ()
    fields: tuple[FieldUse, ...] = Field(min_length=1)
    materials: tuple[MaterialUse, ...] = ()
    fee: Fee | None = None
    visits: int = Field(default=0, ge=0, le=5)
    visit_reason: str = ""
    stations: tuple[Literal["township", "village"], ...] = ()  # levels below the hall that also take it
    result: Result
    special: tuple[SpecialUse, ...] = ()
    stops: tuple[StopUse, ...] = ()
    # A matter of life, health or public safety (公共安全、人身健康): never granted by default.
    safety: bool = False
    on_timeout: DefaultGrant | None = None
    instant: Instant | None = None
    # Elements of the implementation list that most items leave at the usual. Source: standards reference 1.3, 1.4.
    level: Literal["1", "2", "3", "4", "5", "6", "7"] | None = None  # 行使层级; None: that of the organisation's region
    power_source: Literal["1", "2", "3", "4", "5", "6"] = "1"  # 权力来源
    body: Literal["1", "2", "3", "9"] = "1"  # 实施主体性质
    entrusted_by: str = ""  # 委托部门
    grant: Grant | None = None  # 赋权给园区等：原实施主体、文件
    guided_by: str = ""  # 中央业务指导部门
    ways: tuple[Literal["1", "2", "3", "4", "9"], ...] = Field(default=("1", "2"), min_length=1)  # 办理形式
    online: tuple[Literal["1", "2", "3", "4", "5", "6", "7", "8"], ...] = ("1", "2", "3", "4", "5", "6")  # 网办环节
    depth: Literal[1, 2, 3, 4] | None = None  # 网上办理深度 as a list declares it; what counts is derived
    reach: Literal["", "1", "2", "3", "4", "5", "6"] = ""  # 通办范围
    person_topics: tuple[Topic, ...] = ()
    firm_topics: tuple[Topic, ...] = ()
    joint_with: tuple[Text, ...] = ()  # 联办机构
    intermediaries: tuple[Intermediary, ...] = ()
    limit_note: str = ""  # 数量限制
    long_limit: str = ""  # why the law allows a licence more than twenty working days
    in_hall: bool = True  # 进驻大厅
    kiosk: bool = False  # 自助终端
    pay_online: bool = False
    phone: str = ""  # 咨询; none: the organisation's
    supervision_phone: str = ""  # 监督投诉; none: the place's
    address: str = ""
    hours: str = ""
    traffic: str = ""
    rights: str = ""  # 权利义务
    old_codes: tuple[Annotated[str, StringConstraints(pattern=r"^([0-9A-Z]{10}|[0-9A-Z]{24})$")], ...] = ()
    variants: tuple[Variant, ...] = ()
    from_on: date | None = None  # 计划生效
    until_on: date | None = None  # 计划取消
    suspended: Suspension | None = None
    # False: 示例·待编制. Listed, counted nowhere, cannot be filed.
    prepared: bool = True
    baseline: Baseline | None = None
    local: tuple[LocalDifference, ...] = ()
    keywords: tuple[str, ...] = ()
    faq: tuple[Question, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> ItemSpec:
        """Check the rules of one item. Source: standards reference 1.5 rules 2, 7, 8; 1.2."""
        if self.statutory_days is not None and self.promised_days > self.statutory_days:
            raise Wrong(
                "承诺时限比法定时限长；把 promised_days 改到不超过 statutory_days", "promised_days", rule="1.5-8"
            )
        if self.visits and not self.visit_reason:
            raise Wrong("要到现场办理的事项要写原因；补上 visit_reason", "visits", rule="1.5-2")
        if self.catalog_code[2:4] != self.type:
            raise Wrong("基本编码第 3、4 位与事项类型不一致；改 catalog_code 或 type", "catalog_code", rule="1.2-2")
        if self.type == "01" and not self.tracked_only and not self.steps:
            raise Wrong("行政许可至少要有一个审查环节；在 steps 下补上", "steps", rule="1.5-7")
        _check_unique([use.element for use in self.fields], "fields", "同一数据元只写一次")
        _check_unique([use.type for use in self.materials], "materials", "同一材料类型只写一次")
        _check_unique([step.code for step in self.steps], "steps", "环节的 code 不能重复")
        _check_unique([use.kind for use in self.special], "special", "同一特别程序只写一次")
        _check_unique([use.kind for use in self.stops], "stops", "同一种停止只写一次")
        _check_unique([row.code for row in self.variants], "variants", "业务办理项的顺序码不能重复")
        self._check_codes()
        self._check_steps()
        self._check_default()
        self._check_instant()
        return self

    def _check_codes(self) -> None:
        """Check what stands in the dictionaries, and that what is delegated says by whom. Source: standards reference 1.3."""
        for name, topics in (("person_topics", PERSON_TOPICS), ("firm_topics", FIRM_TOPICS)):
            for n, code in enumerate(getattr(self, name)):
                if code not in topics:
                    raise Wrong(f"没有主题代码 {code}；从事项主题字典里选", name, n, rule="1.3-1")
        if (self.body == "3") != bool(self.entrusted_by):
            raise Wrong(
                '受委托组织要写委托部门，其他性质不写；body: "3" 与 entrusted_by 一起出现', "entrusted_by", rule="1.3-2"
            )
        if self.grant is not None and (self.power_source not in ("2", "3", "5") or self.from_on is None):
            raise Wrong(
                "赋权的事项要写权力来源（下放、授权、委托）和生效日；补上 power_source 和 from_on",
                "grant",
                rule="1.3-2",
            )
        if self.grant is not None and self.grant.revoked_by and self.until_on is None:
            raise Wrong("收回的赋权要写从哪天起停办；补上 until_on", "until_on", rule="1.3-2")
        if self.from_on and self.until_on and self.until_on <= self.from_on:
            raise Wrong("计划取消日不晚于计划生效日；改 until_on", "until_on", rule="1.4-4")

    def closed_words(self, on: date) -> str:
        """Return why it cannot be applied for on a day; "" when it can. Nothing outside the list is filed (清单之外无审批)."""
        if not self.prepared:
            return "这一项的实施清单还在编制，现在不能申请"
        if self.suspended is not None and self.suspended.since <= on:
            return f"这一项从 {self.suspended.since} 起暂停办理：{self.suspended.words}"
        if self.from_on is not None and on < self.from_on:
            return f"这一项从 {self.from_on} 起才能办理"
        if self.until_on is not None and on >= self.until_on:
            return f"这一项已于 {self.until_on} 取消"
        return ""

    @property
    def is_on_the_spot(self) -> bool:
        """Whether it is done on the spot (即办件): promised for the same day."""
        return self.promised_days == 0

    @property
    def is_online(self) -> bool:
        """Whether it can be applied for without coming (可网办)."""
        return self.prepared and bool(AT_A_DISTANCE & set(self.ways)) and not self.tracked_only

    @property
    def reached_depth(self) -> int:
        """Return the grade of online handling (网上办理深度), 1 to 4, from what can be done online and the visits.

        Source: standards reference 1.6 【惯例】.
        """
        done = set(self.online)
        if {"4", "5", "6"} <= done and not self.visits:
            return 4
        if "4" in done and self.visits <= 1:
            return 3
        return 2 if done & {"2", "3"} else 1

    def _check_instant(self) -> None:
        """Check that no table decides what somebody has to see, be paid for, or answer for with lives."""
        reasons = {
            "外部办理、只跟踪": self.tracked_only, "涉及公共安全、人身健康": self.safety, "收费": self.fee is not None,
            "要到现场": bool(self.visits) or any(step.on_site for step in self.steps),
        }  # fmt: skip
        for words, is_so in reasons.items():
            if self.instant and is_so:
                raise Wrong(f"{words}的事项不能秒批；删去 instant", "instant")

    def _check_default(self) -> None:
        if self.on_timeout and self.safety:
            raise Wrong("涉及公共安全、人身健康的事项不能超时默认；删去 on_timeout", "on_timeout")
        if self.on_timeout and self.tracked_only:
            raise Wrong("外部办理、只跟踪的事项不能超时默认；删去 on_timeout", "on_timeout")

    def _check_steps(self) -> None:
        seen: set[str] = set()
        for n, step in enumerate(self.steps):
            for before in step.after or ():
                if before not in seen:
                    raise Wrong(
                        f"环节 {step.code} 等待的 {before} 不在它前面；把 after 改为前面已有的环节", "steps", n, "after"
                    )
            seen.add(step.code)

    def procedures(self) -> dict[str, tuple[str, int, Basis]]:
        """Return what may stop a clock: kind -> (name, working days at most, basis). A licence may always need a hearing.

        Source: 行政许可法 art. 45, 46, 48.
        """
        found: dict[str, tuple[str, int, Basis]] = {
            use.kind: (SPECIAL_WORDS[use.kind], use.days, use.basis) for use in self.special
        }
        if self.type == "01" and not self.tracked_only:
            law = Basis(law="中华人民共和国行政许可法", article="第四十五条、第四十六条、第四十八条")
            found.setdefault("hearing", (SPECIAL_WORDS["hearing"], HEARING_DAYS, law))
        return {**found, **{use.kind: (STOP_WORDS[use.kind], use.days, use.basis) for use in self.stops}}

    def waits(self, code: str) -> tuple[str, ...]:
        """Return the codes of the steps that must be done before the step `code` can start."""
        codes = [step.code for step in self.steps]
        step = self.steps[codes.index(code)]
        if step.after is not None:
            return step.after
        return tuple(codes[codes.index(code) - 1 : codes.index(code)]) if codes.index(code) else ()


def _check_unique(values: list[str], where: str, remedy: str) -> None:
    for n, value in enumerate(values):
        if value in values[:n]:
            raise Wrong(f"{where} 里重复出现 {value}；{remedy}", where, n)
