"""On-site checks (现场踏勘): who must come, what a checklist must say. Source: 行政许可法 art. 34, 55; standards reference 7.1."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from tongban.rules.errors import Invalid

FEWEST_OFFICERS = 2  # 行政许可法 art. 34: 应当指派两名以上工作人员
MOST_SHOTS = 60
KINDS = {"onsite": "到现场", "remote": "远程视频"}


class State(enum.StrEnum):
    """States of a visit."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


WORDS = {State.PLANNED: "已约定", State.DONE: "已完成", State.CANCELLED: "已取消"}
CONCLUSIONS = {"pass": "符合要求", "fail": "不符合要求"}


@dataclass(frozen=True)
class Line:
    """A line of a checklist with its answer: `ok` True, False, or None while it is open."""

    text: str
    ok: bool | None = None
    remark: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the line as it is kept."""
        return {"text": self.text, "ok": self.ok, "remark": self.remark}


def checklist(conditions: Sequence[str]) -> list[Line]:
    """Return the lines to check: the conditions of the item as its spec lists them."""
    return [Line(text) for text in conditions]


def officers(names: str, *, kind: str) -> list[str]:
    """Return the officers named, separated by commas or spaces. Raises Invalid below two for a visit to the place."""
    for mark in "，,;；、\n":
        names = names.replace(mark, " ")
    found = list(dict.fromkeys(name[:20] for name in names.split()))
    if kind == "onsite" and len(found) < FEWEST_OFFICERS:
        words = f"到现场核查要有 {FEWEST_OFFICERS} 名以上工作人员，请写全姓名"
        raise Invalid("visits.officers", "有 1 处要改", fields={"officers": words})
    if not found:
        raise Invalid("visits.officers", "有 1 处要改", fields={"officers": "请写核查人员姓名"})
    return found


def answered(lines: Sequence[Line], conclusion: str, remark: str) -> None:
    """Check a filled checklist. Raises Invalid naming each line that is open, or wrong without saying what is wrong."""
    problems: dict[str, str] = {}
    for n, line in enumerate(lines):
        if line.ok is None:
            problems[f"line-{n}"] = "请选符合或不符合"
        elif not line.ok and len(line.remark) < 2:
            problems[f"line-{n}"] = "不符合的要写清是什么情况"
    if conclusion not in CONCLUSIONS:
        problems["conclusion"] = "请选核查结论"
    elif conclusion == "pass" and any(line.ok is False for line in lines):
        problems["conclusion"] = "有不符合的项目，结论不能是符合要求"
    if conclusion == "fail" and len(remark) < 5:
        problems["remark"] = "结论不符合的要写明情况，5 个字以上"
    if problems:
        raise Invalid("visits.checklist", f"有 {len(problems)} 处要改", fields=problems)


def coordinate(text: str, *, most: int) -> Decimal | None:
    """Return a coordinate in degrees (WGS 84), or None when it is left out. Raises Invalid for what is none."""
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation as problem:
        raise Invalid("visits.place", "有 1 处要改", fields={"place": "经纬度应为数字，可以留空"}) from problem
    if not value.is_finite() or abs(value) > most:
        raise Invalid("visits.place", "有 1 处要改", fields={"place": f"经纬度超出范围（±{most} 度）"})
    return value.quantize(Decimal("0.000001"))


def check_time(planned_at: datetime, *, at: datetime) -> None:
    """Raise Invalid for a visit planned for a moment that is over."""
    if planned_at <= at:
        raise Invalid("visits.time", "有 1 处要改", fields={"planned_at": "时间要在现在以后"})


def lines_of(kept: Sequence[Mapping[str, object]]) -> list[Line]:
    """Return the lines of a checklist as it is kept."""
    return [Line(str(row["text"]), None if row["ok"] is None else bool(row["ok"]), str(row["remark"])) for row in kept]
