"""What a place sets for its ratings (评价设置): days, limits, words to tick. All numbers are configuration."""

from __future__ import annotations

from pydantic import Field, field_validator

from tongban.evaluation.rules.grades import DEFAULT_OPTIONS, Grade, Mode, Option, Options
from tongban.rules.specs import Spec


class Terms(Spec):
    """The settings of a place; a new version for every change. Source: standards reference 4.2."""

    rate_days: int = Field(default=30, ge=1, le=365)  # 【惯例】 after the case was closed, in days
    verify_days: int = Field(default=1, ge=1, le=30)  # 【任务】望城, in working days
    settle_days: int = Field(default=10, ge=1, le=60)  # 【任务】望城; elsewhere 5 or 15, in working days
    appeal_days: int = Field(default=5, ge=1, le=30)  # 【惯例】 after the rating, in working days
    tablet_minutes: int = Field(default=15, ge=1, le=120)  # 【惯例】 how long a tablet offers a visit
    # Figures and texts of fewer persons than this are not shown to those rated, nor to the public. Assurance S34.
    least_persons: int = Field(default=5, ge=5, le=50)
    public_days: int = Field(default=90, ge=30, le=366)  # 【惯例】 how far back the public figures reach
    options: dict[str, Options] = DEFAULT_OPTIONS

    @field_validator("options")
    @classmethod
    def _options_are_whole(cls, value: dict[str, Options]) -> dict[str, Options]:
        for mode in Mode:
            if set(value.get(mode.value, {})) != {str(grade.value) for grade in Grade}:
                raise ValueError(f"“{mode.value}”要给五个等级各列出选项")
        return value

    def offered(self, mode: str, grade: int) -> tuple[Option, ...]:
        """Return the words to tick for a grade of an online or on-site service."""
        return self.options[mode][str(grade)]


NUMBERS = {
    "rate_days": ("办结后多少天内可以评价", "天"), "verify_days": ("差评多少个工作日内核实", "个工作日"),
    "settle_days": ("差评多少个工作日内整改", "个工作日"), "appeal_days": ("多少个工作日内可以申诉", "个工作日"),
    "tablet_minutes": ("平板上等多少分钟", "分钟"), "least_persons": ("少于多少人不显示", "人"),
    "public_days": ("公开最近多少天的统计", "天"),
}  # fmt: skip
