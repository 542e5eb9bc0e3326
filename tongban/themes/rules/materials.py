"""How each material of the one set is handed in: what is offered, what was chosen, what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tongban.cases.rules.plan import Plan, PlannedMaterial
from tongban.rules.conditions import Facts

WAY_WORDS = {
    "member": "由前一项办理取得", "check": "部门核验", "licence": "用电子证照", "reuse": "沿用交过的",
    "upload": "上传", "defer": "容缺后补", "commit": "告知承诺", "counter": "到窗口交纸质的", "none": "不交（选交）",
    "missing": "没有带来",
}  # fmt: skip
AUTOMATIC = ("member", "check", "licence")


@dataclass(frozen=True)
class Given:
    """What the applicant chose for one material."""

    way: str = ""
    files: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Standing:
    """A material with the ways offered, the way that counts now, and what is wrong with it, if anything."""

    material: PlannedMaterial
    ways: tuple[str, ...]
    way: str
    files: tuple[str, ...]
    licence_id: str | None
    text: str
    problem: str | None

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.problem is None


def ways(
    material: PlannedMaterial,
    *,
    licence_id: str | None,
    has_earlier: bool,
    at_window: bool = False,
    may_promise: bool = True,
) -> tuple[str, ...]:
    """Return the ways in which a material can be handed in, the least work first.

    At a window the paper lies on the desk, and what was not brought is written down as missing. Whoever broke a promise
    may not promise again (告知承诺) for its time.
    """
    if material.provided_by:
        return ("member",)
    if material.by_check:
        return ("check",)
    offered = [("licence", licence_id is not None), ("reuse", has_earlier), ("upload", True),
               ("commit", bool(material.commitment) and may_promise), ("defer", material.necessity == "deferrable"), ("counter", True),
               ("none", material.necessity == "optional")]  # fmt: skip
    found = tuple(way for way, is_offered in offered if is_offered)
    return found if not at_window or material.necessity == "optional" else (*found, "missing")


def standings(
    plan: Plan, given: Mapping[str, Given], *, licences: Mapping[str, str], earlier: Mapping[str, tuple[str, ...]],
    facts: Facts, at_window: bool = False, may_promise: bool = True,
) -> list[Standing]:  # fmt: skip
    """Return where each material of the plan stands; at a window the paper counts as brought until the clerk says otherwise.

    `licences` maps licence types in hand to licence ids, `earlier` material types to files of earlier applications.
    """
    rows = []
    for material in plan.materials:
        if material.applies(facts):
            licence_id = licences.get(material.licence_type or "")
            rows.append(
                _standing(
                    material,
                    given.get(material.type, Given()),
                    licence_id,
                    earlier.get(material.type, ()),
                    at_window=at_window,
                    may_promise=may_promise,
                )
            )
    return rows


def _standing(
    material: PlannedMaterial, given: Given, licence_id: str | None, earlier: tuple[str, ...], *, at_window: bool,
    may_promise: bool,
) -> Standing:  # fmt: skip
    offered = ways(
        material, licence_id=licence_id, has_earlier=bool(earlier), at_window=at_window, may_promise=may_promise
    )
    way = given.way or ("upload" if given.files else "")
    if at_window and not way and offered[0] not in AUTOMATIC:
        way = "none" if material.necessity == "optional" else "counter"
    if not way and offered[0] in AUTOMATIC:
        way = offered[0]
    files = given.files if way == "upload" else earlier if way == "reuse" else ()
    problem = _problem(material, way, offered, files, given.text)
    return Standing(material, offered, way, files, licence_id if way == "licence" else None,
                    material.commitment if way == "commit" else "", problem)  # fmt: skip


def _problem(
    material: PlannedMaterial, way: str, offered: tuple[str, ...], files: tuple[str, ...], text: str
) -> str | None:
    if not way:
        return f"请选择怎么交“{material.name}”"
    if way not in offered:
        return f"“{material.name}”不能用“{WAY_WORDS.get(way, way)}”，可以：{'、'.join(WAY_WORDS[w] for w in offered)}"
    if way == "upload" and not files:
        return f"请上传“{material.name}”"
    if way == "commit" and text != "agreed":
        return f"请看完“{material.name}”的承诺内容并勾选同意"
    return None


def defer_until(material: PlannedMaterial) -> int:
    """Return the working days within which a deferred material must follow."""
    return material.defer_days or 0


def summary(rows: list[Standing]) -> tuple[int, int, int]:
    """Return how many materials there are, how many are free (免交) and how many are still open."""
    free = sum(1 for row in rows if row.way in AUTOMATIC)
    return len(rows), free, sum(1 for row in rows if not row.is_ready)
