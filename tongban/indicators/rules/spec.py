"""An indicator (指标) as a spec: what is measured, how, over what, towards which target, and who says so.

Source: the plans of 湘西州 (2021), 望城区 (2021), 洪湖市 (2022) and 湖南省 (2019); standards reference 1.7, 4.3.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from tongban.indicators.rules.measures import WORDS
from tongban.rules.specs import Spec, Wrong
from tongban.vocabulary.rules import Code, Text

Kind = Literal[
    "rate", "baseline_count", "target_count", "time_limit", "area", "frequency", "service_hours", "report_day", "rank", "index",
    "duration", "deadline",
]  # fmt: skip
Way = Literal["computed", "reported", "dated"]
WAY_WORDS = {"computed": "平台计算", "reported": "单位填报", "dated": "按期完成"}
BASIS_WORDS = {"stated": "公式照源文", "inferred": "公式是按指标名推断的，源文没有写", "none": "源文没有公式"}


class Source(Spec):
    """Where an indicator stands in print."""

    document: Text
    place: Text  # 任务1, 二（二）7
    quote: str = ""


class Target(Spec):
    """A value to reach; a document that says two has two, each with its words."""

    text: Text
    value: float | None = None
    comparator: Literal[">=", "<=", "=="] | None = None
    basis: Literal["stated", "implied_all", "implied_zero", "counted_from_list", "none"] = "stated"
    source: str = ""


class IndicatorSpec(Spec):
    """One indicator. `measure` names how the platform computes it; without it, units report it with evidence."""

    code: Code
    name: Text
    kind: Kind
    jurisdiction: Text
    level: str = ""
    scope: str = ""
    unit: str = ""
    period: str = ""
    deadline: date | None = None
    targets: tuple[Target, ...] = Field(min_length=1)
    source: Source
    also_in: tuple[Source, ...] = ()
    formula: str = ""  # as printed
    expression: str = ""
    basis: Literal["stated", "inferred", "none"] = "none"
    measure: Code | None = None
    # The theme or item, by its name, that the measure is about; none: all.
    about: str = ""
    # Why the platform does not compute it.
    reason: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _computed_or_not(self) -> IndicatorSpec:
        if self.measure and self.measure not in WORDS:
            raise Wrong(f"平台没有“{self.measure}”这种算法；改为 {'、'.join(sorted(WORDS))} 之一", "measure")
        if self.measure and self.reason:
            raise Wrong("平台计算的指标不写“为什么不算”；删去 reason，或删去 measure", "reason")
        if not self.measure and not self.reason:
            raise Wrong("平台不算的指标要写为什么；补上 reason", "reason")
        return self

    @property
    def way(self) -> Way:
        """How its value comes about: computed, reported by a unit, or a day by which something is done."""
        if self.measure:
            return "computed"
        return "dated" if self.kind in ("deadline", "report_day") else "reported"
