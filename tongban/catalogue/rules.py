"""Items (政务服务事项) as specs: the elements of an implementation list that this release uses.

Source: GB/T 39046—2020; standards reference 1.1–1.5.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tongban.decisions.rules.table import Table
from tongban.rules.conditions import Facts, When, holds
from tongban.rules.specs import Path, Spec, Wrong
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
    """智能秒批: a decision table decides at once, after it agreed with clerks on enough cases.

    The table grants when its `output` is one of `grant`; what is in `refuse` is only compared, people decide it.
    """

    table: Code
    mode: Literal["shadow", "live"] = "shadow"
    agreed_cases: int = Field(default=20, ge=1, le=10_000)
    output: Text = "result"
    grant: tuple[Text, ...] = Field(default=("approve",), min_length=1)
    refuse: tuple[Text, ...] = ("refuse",)

    @model_validator(mode="after")
    def _one_meaning_a_value(self) -> Instant:
        if set(self.grant) & set(self.refuse):
            raise Wrong("同一个结论不能既是准予又是不予；改 grant 或 refuse", "refuse")
        return self


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


MOST_FEE_FEN = 10_000_000_00


class OtherFee(Spec):
    """Another amount of the same fee, for the cases in which a condition holds."""

    amount_fen: int = Field(gt=0, le=MOST_FEE_FEN)
    when: When


class Fee(Spec):
    """A fee with its basis; an item without one charges nothing (不收费).

    Without an amount it depends on the single case, and nothing is ordered by itself. Source: 行政许可法 art. 58, 59.
    """

    standard: Text
    basis: Text
    amount_fen: int | None = Field(default=None, gt=0, le=MOST_FEE_FEN)
    others: tuple[OtherFee, ...] = ()
    # When it is asked for. What is not paid holds back the result, and before_decision the grant; never the statutory clock.
    when: Literal["before_acceptance", "before_decision", "before_result"] = "before_result"
    refund: Literal["never", "refused_or_withdrawn"] = "refused_or_withdrawn"

    @model_validator(mode="after")
    def _others_need_an_amount(self) -> Fee:
        if self.others and self.amount_fen is None:
            raise Wrong("写了别的金额，没有写一般金额；补上 amount_fen", "others")
        return self

    def amount_of(self, facts: Facts) -> int | None:
        """Return what a case with these facts costs in fen, or None where it depends on the single case."""
        return next((other.amount_fen for other in self.others if holds(other.when, facts)), self.amount_fen)


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
        self._check_instant()
        return self

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


def instant_flaws(item: ItemSpec, table: Table | None, facts: Container[str]) -> Iterator[tuple[Path, str, str]]:
    """Give (path, message, remedy) of what keeps the table of an item's 秒批 from ever deciding a case of it.

    `facts` are the names that cases of this item know: its data elements, answers of guidance, what a case computes.
    """
    use = item.instant
    if use is None:
        return
    if table is None:
        yield ("instant", "table"), f"没有定义决策表“{use.table}”", "在 decisions 里补上，或改名"
        return
    if table.org != item.org:
        yield ("instant", "table"), f"决策表“{use.table}”由别的单位负责", "用办理单位自己的表"
    output = next((column for column in table.outputs if column.name == use.output), None)
    if output is None:
        yield ("instant", "output"), f"决策表没有叫“{use.output}”的输出", "改为表里有的输出"
    elif not _results(table, use.output) & set(use.grant):
        yield ("instant", "grant"), f"决策表没有一行的结论是{'、'.join(use.grant)}", "改 grant，或改表"
    for column in table.inputs:
        if column.name not in facts:
            yield (
                ("instant", "table"),
                f"决策表要看“{column.name}”，这个事项没有问",
                "在 fields 里问，或从表里删去这一列",
            )


def _results(table: Table, output: str) -> set[str]:
    """Return the literals of an output, without their quotes."""
    place = [column.name for column in table.outputs].index(output)
    return {row.then[place].strip('"') for row in table.rows}
