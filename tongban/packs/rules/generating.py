"""What a pack lets be generated (示例): villages, their stations, and rows that only fill the published counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import Field

from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.parts import Basis, FieldUse, Result, StepSpec
from tongban.orgs.rules import RegionSpec, WindowSpec
from tongban.rules.specs import Spec
from tongban.vocabulary.rules import Code, Text

REGION = r"^\d{12}$"
UNPREPARED = "示例·待编制"
_FIRST_COMMITTEE, _FIRST_VILLAGE, _UNLIKE_TOWNS = 1, 201, 400


class StationRule(Spec):
    """A county whose villages are generated; each township and each village gets a window of `org`."""

    county: str = Field(pattern=REGION)
    villages: int = Field(ge=0, le=3000)
    org: Code


class FillRule(Spec):
    """A published count (`total`): what is written by hand counts into it, rows of 示例·待编制 fill it up.

    Counted is what has the level and one of the types; no types named means any.
    """

    code: Code
    name: Text
    level: Literal["1", "2", "3", "4", "5", "6", "7"]
    types: tuple[str, ...] = ()
    total: int = Field(ge=0, le=5000)
    org: Code
    # The basic code of the first row; the five digits of the main item (主项) count up from it.
    first: str = Field(pattern=REGION)
    audience: tuple[Literal["person", "firm"], ...] = Field(default=("person",), min_length=1)
    stations: tuple[Literal["township", "village"], ...] = ()


class Generate(Spec):
    """`generate.yaml`: what the loader makes beside what is written in the files of a pack."""

    stations: tuple[StationRule, ...] = ()
    fill: tuple[FillRule, ...] = ()


def townships(county: str, regions: Iterable[RegionSpec]) -> list[RegionSpec]:
    """Return the townships and streets of a county, in the order of the pack."""
    return [region for region in regions if region.parent == county and region.code.endswith("000")]


def villages(rule: StationRule, regions: Iterable[RegionSpec]) -> Iterator[RegionSpec]:
    """Give the villages of a county, spread evenly over its towns; farms and the like (400 and above) get none.

    Source: standards reference 2.6 (001–199 居委会 under streets, 200–399 村委会 elsewhere).
    """
    towns = [town for town in townships(rule.county, regions) if int(town.code[6:9]) < _UNLIKE_TOWNS]
    least, more = divmod(rule.villages, len(towns)) if towns else (0, 0)
    for n, town in enumerate(towns):
        is_street = int(town.code[6:9]) < 100
        first, word = (_FIRST_COMMITTEE, "示例社区") if is_street else (_FIRST_VILLAGE, "示例村")
        for number in range(least + (n < more)):
            code = f"{town.code[:9]}{first + number:03d}"
            yield RegionSpec(code=code, name=f"{word}{number + 1:02d}", parent=town.code)


def stations(rule: StationRule, regions: Iterable[RegionSpec], below: Iterable[RegionSpec]) -> Iterator[WindowSpec]:
    """Give a window for each township of a county and for each of the villages `below` them."""
    names: dict[str, str] = {}
    for town in townships(rule.county, regions):
        names[town.code] = town.name
        yield WindowSpec(
            code=f"station-{town.code}", number="1", name=f"{town.name}综合窗口", place=f"{town.name}便民服务中心（示例）",
            region=town.code, org=rule.org, level="township",
        )  # fmt: skip
    for village in below:
        name = names[village.parent or ""] + village.name
        yield WindowSpec(
            code=f"station-{village.code}", number="1", name=f"{name}综合窗口", place=f"{name}便民服务站",
            region=village.code, org=rule.org, level="village",
        )  # fmt: skip


def missing(rule: FillRule, items: Iterable[ItemSpec]) -> int:
    """Return how many rows the published count still lacks; negative when more is written than was published."""
    return rule.total - sum(item.level == rule.level and item.type in (rule.types or (item.type,)) for item in items)


def fillers(rule: FillRule, count: int) -> Iterator[ItemSpec]:
    """Give `count` rows of 示例·待编制: listed, never filed."""
    asked = "applicant-name" if "person" in rule.audience else "firm-name"
    for n in range(count):
        code = f"{rule.first[:4]}{int(rule.first[4:9]) + n:05d}{rule.first[9:]}"
        number = f"{rule.code}-{n + 1:03d}"
        yield ItemSpec.model_validate({
            "code": number, "name": f"{UNPREPARED}：{rule.name}{n + 1:03d}", "type": rule.first[2:4], "catalog_code": code,
            "org": rule.org, "level": rule.level, "prepared": False, "note": UNPREPARED,
            "summary": "这一项只占公布的数目，办事指南还没有编制，不能申办。", "basis": (Basis(law=UNPREPARED, article=UNPREPARED),),
            "audience": rule.audience, "conditions": (UNPREPARED,), "promised_days": 1,
            "person_topics": ("999",) if "person" in rule.audience else (),
            "firm_topics": ("999",) if "firm" in rule.audience else (),
            "steps": (StepSpec(code="decide", name="审查并决定"),), "fields": (FieldUse(element=asked),),
            "stations": rule.stations, "result": Result(kind="record", name=UNPREPARED),
        })  # fmt: skip
