"""The kinds of cards (红黄牌规则) and the thresholds of a place, as data.

No national thresholds exist: all numbers here are defaults 【惯例】 that the overseer of a place changes on screen.
Source: standards reference 7.3; GB/T 39046—2020 table 11.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, field_validator

from tongban.rules.specs import Spec, Wrong


class Level(enum.StrEnum):
    """How grave a card is: 预警, 黄牌, 红牌."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


LEVEL_WORDS = {Level.BLUE: "预警", Level.YELLOW: "黄牌", Level.RED: "红牌"}
LEVEL_CODES = {Level.BLUE: "1", Level.YELLOW: "2", Level.RED: "3"}  # 预警类型代码 【惯例】


@dataclass(frozen=True)
class Kind:
    """A rule: its number (规则编号), name, usual level and points 【惯例】, when it applies, what the unit must do."""

    number: str
    name: str
    level: Level
    points: int
    when: str
    demand: str


# code -> rule. What raises each stands in `services/sweeping.py` (clocks) and `services/looking.py` (acts).
KINDS: dict[str, Kind] = {
    "promise_near": Kind("01", "临近承诺时限", Level.BLUE, 0, "离承诺到期不多，还没有办结", "请在到期前办结"),
    "promise_over": Kind("02", "超过承诺时限", Level.YELLOW, 1, "到承诺时限没有办结，法定时限还没有到", "请立即办结并说明原因"),
    "statutory_over": Kind("03", "超过法定时限", Level.RED, 3, "到法定时限没有作出决定", "请立即作出决定，查明责任"),
    "step_over": Kind("04", "环节超时", Level.YELLOW, 1, "环节、会签或征求意见到期没有办完", "请立即办完这个环节"),
    "late_acceptance": Kind(
        "05", "逾期不答复受理", Level.RED, 3, "收件后五个工作日没有答复，依法视为受理", "请按受理办理，查明为什么没有答复"
    ),
    "late_reporting": Kind("06", "事后补录", Level.YELLOW, 1, "送达的日子早于登记的日子，超过允许的天数", "请当日登记，说明补录原因"),
    "second_notice": Kind("07", "再次告知补正", Level.YELLOW, 1, "没有一次性告知", "请说明为什么第一次没有告知全"),
    "bare_refusal": Kind("08", "不予不说明理由", Level.YELLOW, 2, "不予、不予受理或终止，理由是空的或只有套话", "请补充事实、依据和理由，重新送达"),
    "undue_fee": Kind("09", "违规收费", Level.RED, 5, "对不收费的事项收费，或超过清单写的标准", "请停止收费，退还多收的钱"),
    "outside": Kind("10", "体外循环", Level.RED, 5, "没有受理记录就作了决定，或没有准予就出了证照", "请说明在哪里办的，补全记录"),
    "stop_overrun": Kind("11", "特别程序超期", Level.YELLOW, 1, "停止计时的天数超过告知申请人的天数", "请恢复计时或重新告知"),
    "default_grant": Kind("12", "超时默认", Level.YELLOW, 2, "到期没有决定，按文件默认准予", "请说明为什么没有按时决定"),
    "rating_unverified": Kind("13", "差评逾期未核实", Level.YELLOW, 1, "差评没有在期限内核实", "请立即核实并回访"),
    "rating_unsettled": Kind("14", "差评逾期未办结", Level.RED, 3, "差评没有在期限内整改办结", "请立即整改并答复"),
    "uncured": Kind("15", "黄牌逾期未整改", Level.RED, 3, "黄牌发出后没有按期报整改", "请立即整改，说明为什么逾期"),
    "three_yellows": Kind("16", "一月多张黄牌", Level.RED, 3, "一个单位一个月黄牌太多", "请全面自查，报整改方案"),
}  # fmt: skip
WARNING, CAME_TRUE = "promise_near", "promise_over"


def ends_by_itself(rule: str, level: str) -> bool:
    """Return whether a card ends with its case, or with the card that follows (自动核销): a warning that stayed one."""
    return rule == WARNING and level == Level.BLUE.value


ON_CLOCKS = ("promise_near", "promise_over", "statutory_over", "step_over")
# Findings (监察发现) of the app `cases` that are causes.
OF_FINDINGS = {
    "deemed_acceptance": "late_acceptance", "second_notice": "second_notice", "stop_overrun": "stop_overrun",
    "default_grant": "default_grant",
}  # fmt: skip


class Use(Spec):
    """What a place makes of a kind of card."""

    is_on: bool = True
    level: Literal["blue", "yellow", "red"]
    points: int = Field(ge=0, le=100)


def _usual() -> dict[str, Use]:
    return {code: Use(level=kind.level.value, points=kind.points) for code, kind in KINDS.items()}


FORMULAS = (
    "不符合条件", "不符合规定", "不符合要求", "不符合法定条件", "材料不齐", "材料不齐全", "材料不符", "条件不符",
    "依法不予受理", "依法不予许可", "不予受理", "不予许可", "不予批准", "不予办理", "经审查", "经研究", "决定", "有关", "相关",
)  # fmt: skip


class Thresholds(Spec):
    """The thresholds of a place 【惯例】. Days are working days unless said otherwise."""

    near_days: int = Field(default=1, ge=0, le=10)  # 预警: so many days of the promise are left
    near_percent: int = Field(default=80, ge=50, le=100)  # or so much of it is used
    near_least: int = Field(default=3, ge=1, le=30)  # no 预警 for promises of fewer days
    cure_days: int = Field(default=3, ge=1, le=30)  # for a report on a yellow card
    appeal_days: int = Field(default=3, ge=1, le=30)
    yellows_a_month: int = Field(default=3, ge=2, le=100)
    reason_chars: int = Field(default=8, ge=1, le=100)  # of a reason that are no formula
    formulas: tuple[str, ...] = FORMULAS
    entry_days: int = Field(default=1, ge=0, le=30)  # between an act and its entry
    # Anti-gaming (反作弊).
    burst_ratings: int = Field(default=5, ge=2, le=1000)  # good ratings of one source
    burst_minutes: int = Field(default=60, ge=1, le=10_080)
    quick_seconds: int = Field(default=60, ge=1, le=3600)
    quick_cases: int = Field(default=1, ge=1, le=1000)  # of a unit and day
    idle_days: int = Field(default=30, ge=1, le=366)  # natural days without any case
    kinds: dict[str, Use] = Field(default_factory=_usual)

    @field_validator("formulas")
    @classmethod
    def _formulas_say_something(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(words.strip() for words in value if words.strip()))

    @field_validator("kinds")
    @classmethod
    def _all_kinds(cls, value: dict[str, Use]) -> dict[str, Use]:
        unknown = set(value) - set(KINDS)
        if unknown:
            raise Wrong(f"没有这种规则：{'、'.join(sorted(unknown))}；删去", "kinds")
        return {**_usual(), **value}

    def use(self, code: str) -> Use:
        """Return what the place makes of a kind."""
        return self.kinds[code]
