from __future__ import annotations

from typing import Any

import pytest

from tongban.cases.rules.plan import PlannedMaterial
from tongban.themes.rules import materials
from tongban.themes.rules.materials import Given
from tongban.themes.tests.test_form import plan_of


def material(**more: Any) -> PlannedMaterial:
    known: dict[str, Any] = {"type": "lease", "name": "租赁合同", "necessity": "required", "form": "copy", "copies": 1,
                             "items": ("one",), "licence_type": "lease-licence"}  # fmt: skip
    return PlannedMaterial(**(known | more))


def standing(given: Given, *, licence: bool = False, earlier: bool = False, **more: Any) -> materials.Standing:
    held, files = {"lease-licence": "L1"} if licence else {}, {"lease": ("F1",)} if earlier else {}
    return materials.standings(
        plan_of(needs=(material(**more),)), {"lease": given}, licences=held, earlier=files, facts={}
    )[0]


@pytest.mark.parametrize(
    ("more", "offered"),
    [
        ({}, ("upload", "counter")),
        ({"licence": True}, ("licence", "upload", "counter")),
        ({"earlier": True}, ("reuse", "upload", "counter")),
        ({"commitment": "属实"}, ("upload", "commit", "counter")),
        ({"necessity": "deferrable", "defer_days": 5}, ("upload", "defer", "counter")),
        ({"necessity": "optional"}, ("upload", "counter", "none")),
        ({"by_check": True}, ("check",)),
        ({"provided_by": "business-licence", "licence": True}, ("member",)),
    ],
)
def test_ways_offered_follow_from_the_material_and_what_is_in_hand(
    more: dict[str, Any], offered: tuple[str, ...]
) -> None:
    assert standing(Given(), **more).ways == offered


@pytest.mark.parametrize(
    ("more", "way"),
    [
        ({"licence": True}, "licence"),
        ({"by_check": True}, "check"),
        ({"provided_by": "x"}, "member"),
        ({"earlier": True}, ""),
    ],
)
def test_what_costs_no_work_is_chosen_by_itself(more: dict[str, Any], way: str) -> None:
    row = standing(Given(), **more)
    assert (row.way, row.is_ready) == (way, way != "")


@pytest.mark.parametrize(
    ("given", "more", "words"),
    [
        (Given(), {}, "请选择怎么交“租赁合同”"),
        (Given("upload"), {}, "请上传“租赁合同”"),
        (Given("licence"), {}, "不能用“用电子证照”，可以：上传、到窗口交纸质的"),
        (Given("none"), {}, "不能用“不交（选交）”"),
        (Given("defer"), {}, "不能用“容缺后补”"),
        (Given("member"), {}, "不能用“由前一项办理取得”"),
        (Given("by-magic"), {}, "不能用“by-magic”"),
        (Given("commit"), {"commitment": "属实"}, "勾选同意"),
    ],
)
def test_way_that_is_not_offered_or_not_complete_is_refused(given: Given, more: dict[str, Any], words: str) -> None:
    assert words in str(standing(given, **more).problem)


def test_uploaded_files_choose_the_way_and_are_kept() -> None:
    row = standing(Given(files=("F1", "F2")), licence=True)
    assert (row.way, row.files, row.licence_id, row.problem) == ("upload", ("F1", "F2"), None, None)


def test_files_are_dropped_when_another_way_is_chosen() -> None:
    assert standing(Given("counter", files=("F1",))).files == ()


def test_reused_material_carries_the_earlier_files_and_the_promise_its_words() -> None:
    assert standing(Given("reuse"), earlier=True).files == ("F1",)
    assert standing(Given("commit", text="agreed"), commitment="内容属实").text == "内容属实"


def test_whoever_broke_a_promise_may_not_promise_again_for_its_time() -> None:
    needs = plan_of(needs=(material(commitment="属实"),))
    given = {"lease": Given("commit", text="agreed")}
    (row,) = materials.standings(needs, given, licences={}, earlier={}, facts={}, may_promise=False)
    assert row.ways == ("upload", "counter")
    assert row.problem is not None and "不能用“告知承诺”" in row.problem
