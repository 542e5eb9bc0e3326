"""Items (政务服务事项) as specs: the elements of an implementation list that this release uses.

Source: GB/T 39046—2020; standards reference 1.1–1.5.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tongban.rules.conditions import When
from tongban.rules.specs import Spec, Wrong
from tongban.vocabulary.rules import Code, Text

ON_APPLICATION = {"01": "行政许可", "05": "行政给付", "07": "行政确认", "08": "行政奖励", "09": "行政裁决",
                  "10": "其他行政权力", "20": "公共服务"}  # fmt: skip


class Basis(Spec):
    """A legal basis (设定依据): which law, which article."""

    law: Text
    article: Text


class StepSpec(Spec):
    """A step (环节) between acceptance and decision. Steps wait for those in `after`; by default for the one before."""

    code: Code
    name: Text
    role: Literal["clerk", "reviewer", "head"] = "reviewer"
    days: int = Field(default=1, ge=0, le=60)
    after: tuple[Code, ...] | None = None
    # An on-site check (现场核查) that several departments can make in one visit.
    on_site: bool = False


# 依法不计入时限的特别程序. Source: 行政许可法 art. 45.
SPECIAL_WORDS = {"hearing": "听证", "tender": "招标", "auction": "拍卖", "inspection": "检验", "testing": "检测",
                 "quarantine": "检疫", "appraisal": "鉴定", "expert_review": "专家评审"}  # fmt: skip
SpecialKind = Literal[
    "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"
]
# Stops of the promise clock alone. Source: standards reference 7.2 rule 5.
STOP_WORDS = {"correction": "受理后补正", "publicity": "公示", "payment": "缴费"}


HEARING_DAYS = 20  # 行政许可法 art. 48: held within twenty days


class SpecialUse(Spec):
    """A special procedure (特别程序) that this item may need, and how long it takes at most."""

    kind: SpecialKind
    days: int = Field(ge=1, le=180)  # working days told to the applicant at most
    basis: Basis


class StopUse(Spec):
    """A stop of the promise clock that the item's own basis allows; the statutory clock runs on."""

    kind: Literal["correction", "publicity", "payment"]
    days: int = Field(ge=1, le=90)  # working days at most
    basis: Basis
    quote: Text


class DefaultGrant(Spec):
    """超时默认、自动用印: what is not decided in time counts as granted, where a document says so."""

    document: Text
    quote: Text
    undo_days: int = Field(default=5, ge=1, le=20)  # working days in which the head may undo it


class Instant(Spec):
    """智能秒批: a decision table decides at once, after it agreed with clerks on enough cases."""

    table: Code
    mode: Literal["shadow", "live"] = "shadow"
    agreed_cases: int = Field(default=20, ge=1, le=10_000)


class FieldUse(Spec):
    """A data element as this item uses it."""

    element: Code
    required: bool = True
    hint: str = ""
    when: When = None


class MaterialUse(Spec):
    """A material as this item demands it: necessity (材料必要性), form, whether it may follow or be promised."""

    type: Code
    necessity: Literal["required", "optional", "deferrable"] = "required"
    defer_days: int | None = Field(default=None, ge=1, le=30)
    # 容缺 not supplied in time: the case ends, or is refused.
    defer_lapse: Literal["terminate", "refuse"] = "terminate"
    # 告知承诺: the words the applicant signs in place of the paper.
    commitment: str = ""
    # 告知承诺: working days after the grant within which it is checked.
    check_days: int = Field(default=30, ge=1, le=120)
    form: Literal["original", "copy", "electronic"] = "electronic"
    copies: int = Field(default=1, ge=1, le=5)
    source: Literal["applicant", "government", "other"] = "applicant"
    note: str = ""
    when: When = None

    @model_validator(mode="after")
    def _defer_days_with_deferrable(self) -> MaterialUse:
        if (self.necessity == "deferrable") != (self.defer_days is not None):
            raise Wrong(
                "容缺后补的材料要写补交天数，其他材料不写；necessity: deferrable 与 defer_days 一起出现", "necessity"
            )
        return self


class Fee(Spec):
    """A fee with its basis; an item without one charges nothing (不收费)."""

    standard: Text
    basis: Text


class Result(Spec):
    """What the applicant gets: a licence (证照), a paper (批文、证明、告知) or an entry in a system."""

    kind: Literal["licence", "paper", "record"]
    name: Text
    licence_type: Code | None = None

    @model_validator(mode="after")
    def _licence_names_its_type(self) -> Result:
        if (self.kind == "licence") != (self.licence_type is not None):
            raise Wrong("结果为证照时要写证照类型，其他结果不写；补上或删去 licence_type", "kind")
        return self


class Question(Spec):
    """A frequent question with its answer."""

    ask: Text
    answer: Text


class ItemSpec(Spec):
    """A government-service item (事项) as one body offers it."""

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
    keywords: tuple[str, ...] = ()
    faq: tuple[Question, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> ItemSpec:
        """Check the rules of one item. Source: standards reference 1.5 rules 2, 7, 8; 1.2."""
        if self.statutory_days is not None and self.promised_days > self.statutory_days:
            raise Wrong("承诺时限比法定时限长；把 promised_days 改到不超过 statutory_days", "promised_days")
        if self.visits and not self.visit_reason:
            raise Wrong("要到现场办理的事项要写原因；补上 visit_reason", "visits")
        if self.catalog_code[2:4] != self.type:
            raise Wrong("基本编码第 3、4 位与事项类型不一致；改 catalog_code 或 type", "catalog_code")
        if self.type == "01" and not self.tracked_only and not self.steps:
            raise Wrong("行政许可至少要有一个审查环节；在 steps 下补上", "steps")
        _check_unique([use.element for use in self.fields], "fields", "同一数据元只写一次")
        _check_unique([use.type for use in self.materials], "materials", "同一材料类型只写一次")
        _check_unique([step.code for step in self.steps], "steps", "环节的 code 不能重复")
        _check_unique([use.kind for use in self.special], "special", "同一特别程序只写一次")
        _check_unique([use.kind for use in self.stops], "stops", "同一种停止只写一次")
        self._check_steps()
        self._check_default()
        return self

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
