"""The parts of an item: steps, stops of the clock, fields, materials, fees, results.

Source: GB/T 39046—2020; standards reference 1.4.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from tongban.rules.conditions import Facts, When, holds
from tongban.rules.specs import Spec, Wrong
from tongban.vocabulary.rules import Code, Text


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
    # A certificate (证明材料): demanded only where a law or a decision of the State Council says so.
    is_proof: bool = False
    basis: Basis | None = None
    accept_rule: str = ""  # 受理标准
    note: str = ""  # 填报须知
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
    sample: str = ""  # what a paper says, for the guide (结果样本); a licence shows its face

    @model_validator(mode="after")
    def _licence_names_its_type(self) -> Result:
        if (self.kind == "licence") != (self.licence_type is not None):
            raise Wrong("结果为证照时要写证照类型，其他结果不写；补上或删去 licence_type", "kind")
        return self


class Question(Spec):
    """A frequent question with its answer."""

    ask: Text
    answer: Text


class Variant(Spec):
    """The finest granule of an item (业务办理项): what a situation (情形) is called and when it is the one."""

    code: str = Field(pattern=r"^(0[1-9]|[1-9]\d)$")
    name: Text
    when: When = None


class Intermediary(Spec):
    """A service that a third party must render first (中介服务). Source: 优化营商环境条例 art. 43."""

    name: Text
    basis: Basis


class Suspension(Spec):
    """An item that is out of use for a time (暂停): since when, why, and what people can do instead."""

    since: date
    words: Text


class Grant(Spec):
    """By what this body does what another one held (园区赋权): who held it, the document; when taken back, by which and why.

    It holds from the item's `from_on` to its `until_on`; taking it back sets that day.
    """

    held_by: Code
    document: Text
    revoked_by: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _revoked_with_reason(self) -> Grant:
        if bool(self.revoked_by) != bool(self.reason):
            raise Wrong("收回赋权要写收回的文件和原因；两样一起写，或都不写", "revoked_by", rule="1.3-2")
        return self


class Baseline(Spec):
    """How it was before (四减的基线): what the guide demanded then, and the document that says so."""

    steps: int = Field(ge=0, le=99)
    materials: int = Field(ge=0, le=99)
    days: int = Field(ge=0, le=365)
    visits: int = Field(ge=0, le=20)
    fee_fen: int = Field(default=0, ge=0)
    document: Text


class LocalDifference(Spec):
    """An accepted difference from the basic list (基本目录), with its reason (N同的地方差异)."""

    element: Literal["name", "type", "audience", "statutory_days", "promised_days", "materials", "fee"]
    reason: Text
