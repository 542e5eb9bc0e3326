from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.apps import apps

from tongban.catalogue import queries as catalogue
from tongban.core.actor import Actor
from tongban.core.specs import SpecVersion
from tongban.packs import services
from tongban.packs.tests.factories import HONGHU, change, copy_of_pack, place_of
from tongban.rules.errors import Conflict, NotFound
from tongban.rules.specs import SpecError
from tongban.search import queries as search
from tongban.themes.queries import composing

pytestmark = pytest.mark.usefixtures("own_caches")
BY = Actor.system()
HOTEL, LICENCE = "themes/honghu-12.yaml", "items/business-licence.yaml"
JOBS = "items/employment-registration.yaml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_pack(tmp_path)


def versions() -> list[int]:
    return [model.objects.count() for model in apps.get_models() if issubclass(model, SpecVersion)]


def test_pack_of_honghu_has_nothing_wrong() -> None:
    assert services.check(HONGHU) == []


def test_nothing_is_left_to_do_after_applying(honghu: str) -> None:
    assert services.plan(HONGHU).is_empty
    before = versions()
    assert services.apply(HONGHU, by=BY).is_empty
    assert versions() == before


def test_exported_pack_is_clean_changes_nothing_and_exports_the_same(honghu: str, tmp_path: Path) -> None:
    services.export(honghu, tmp_path / "one")
    assert services.check(tmp_path / "one") == []
    assert services.plan(tmp_path / "one").is_empty
    services.export(honghu, tmp_path / "two")
    for path in (tmp_path / "one").rglob("*.yaml"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_export_into_a_folder_that_is_not_empty_is_refused(honghu: str, pack: Path, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        services.export(honghu, pack)
    with pytest.raises(NotFound):
        services.export("nowhere", tmp_path / "new")


BROKEN = [
    (LICENCE, "promised_days: 1", "promised_days: 9", "1.5-8", "承诺时限比法定时限长"),
    (LICENCE, "promised_days: 1", "promised_day: 1", "unknown", "promised_day"),
    (LICENCE, "org: market", "org: marketing", "org", "没有定义机构“marketing”"),
    (LICENCE, "{element: firm-form}", "{element: firm-shape}", "element", "没有定义数据元“firm-shape”"),
    (LICENCE, "type: lease-contract", "type: lease-paper", "material", "没有定义材料类型“lease-paper”"),
    (LICENCE, "premises-tenure: [rent]", "premises-tenure: [lease]", "when-value", "没有“lease”这个选项"),
    (LICENCE, "premises-tenure: [rent]", "house-use: [residence]", "when", "这个事项没有问"),
    (LICENCE, "{premises-tenure: [rent]}", "{premises-name: [rent]}", "when", "不是单选或多选"),
    (LICENCE, "licence_type: business-licence", "licence_type: shop-licence", "licence-type", "没有定义证照类型"),
    (LICENCE, "  - {element: business-scope}\n", "", "face", "这个事项没有问"),
    (LICENCE, 'catalog_code: "420700001000"', 'catalog_code: "420100004000"', "1.2-2", "第 3、4 位"),
    (LICENCE, 'catalog_code: "420700001000"', "catalog_code: 42", "type", "catalog_code"),
    (LICENCE, "code: business-licence", "code: business-license", "file-name", "文件名和 code"),
    (LICENCE, "name: 办理营业执照", "name: 竣工档案验收", "name-twice", "已用于"),
    (LICENCE, "summary: ", "summary ", "yaml", "不是合格的 YAML"),
    (LICENCE, "- {code: review, name: 审核登记材料", "- {code: review, code: review, name: 审核登记材料", "yaml", "YAML"),
    (HOTEL, "item: food-business-licence", "item: food-licence", "item", "没有定义事项“food-licence”"),
    (HOTEL, "name: 食品经营许可新办", "name: 食品许可", "member-name", "不是 food-business-licence 的名称或别名"),
    (HOTEL, "food-supply: [cook]", "food-supply: [kitchen]", "when-value", "没有“kitchen”这个选项"),
    (HOTEL, "food-supply: [cook]", "kitchen: [cook]", "value", "没有问的 kitchen"),
    (HOTEL, "unsure: cook", "unsure: maybe", "value", "“不确定”"),
    (HOTEL, "seq: 12", "seq: 11", "seq-twice", "序号与"),
    (HOTEL, "lead: police", "lead: sheriff", "org", "没有定义机构“sheriff”"),
    (HOTEL, "name: 办理营业执照, limit_days: 1", "name: 办理营业执照, limit_days: 3", "limit-broken", "超过联办时限“5个工作日”"),
    (HOTEL, "limit_days: 1}", "limit_days: 1, waits_for: [hotel-special-trade-licence]}", "value", "成了一个圈"),
    (HOTEL, "value: cook, label", "value: fry, label", "value", "“不确定”"),
    (HOTEL, "element: food-supply", "element: food-colour", "element", "没有定义数据元"),
    (JOBS, "table: employment-registration-instant", "table: no-such-table", "instant", "没有定义决策表“no-such-table”"),
    (JOBS, "table: employment-registration-instant", "table: prepacked-food-instant", "instant", "由别的单位负责"),
    (JOBS, "mode: live", "mode: live, output: verdict", "instant", "没有叫“verdict”的输出"),
    (JOBS, "mode: live", "mode: live, grant: [grant]", "instant", "没有一行的结论是grant"),
    (HOTEL, "licence_type: hotel-combined-permit", "licence_type: hotel-permit", "permit", "没有定义证照类型“hotel-permit”"),
    (HOTEL, "licence_type: hotel-combined-permit", "licence_type: hygiene-licence", "permit", "已由成员事项颁发"),
    (HOTEL, "licence_type: hotel-combined-permit", "licence_type: performance-permit", "permit", "照面要用“event-name”"),
    (HOTEL, "hotel-combined-permit}", "hotel-combined-permit, issuer: nobody}", "permit", "没有定义机构“nobody”"),
    ("themes/honghu-07.yaml", "keywords: [", "permit: {licence_type: hotel-combined-permit}\nkeywords: [", "permit", "不到两张"),
    ("organisations.yaml", "11421083MADEMX003P", "11421083MADEMX003Q", "value", "校验位不对"),
    ("organisations.yaml", "11421083MADEMX003P", "11421083MADEMX011J", "uscc-twice", "信用代码与"),
    ("regions.yaml", 'parent: "421000000000"', 'parent: "429900000000"', "region", "没有定义"),
    ("licences.yaml", 'serial: "002"', 'serial: "001"', "serial-twice", "顺序码与"),
    ("licences.yaml", "source: element:business-scope", "source: element:scope", "element", "没有定义数据元“scope”"),
    ("vocabulary/core.yaml", "kind: idcard, section: applicant", "kind: idcard, section: nowhere", "section", "没有定义表单部分"),
    ("vocabulary/core.yaml", "elements:", "elemens:", "unknown", "不认识“elemens”"),
    ("pack.yaml", 'region: "421083000000"', 'region: "421083999000"', "region", "没有定义"),
    ("pack.yaml", "host: ", "hosts: ", "missing", "host"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "rule", "words"), BROKEN, ids=[f"{n}-{b[3]}" for n, b in enumerate(BROKEN)]
)
def test_broken_spec_is_refused_with_file_line_rule_and_a_chinese_remedy(
    pack: Path, name: str, old: str, new: str, rule: str, words: str
) -> None:
    where = place_of(pack, name, old)
    line = change(pack, name, old, new)
    files = {name, where}  # A value that is nowhere is missed in the place's own file.
    found = [f for f in services.check(pack) if f.file in files and f.rule == rule and words in f.message]
    assert found, services.check(pack)[:3]
    assert any("\u4e00" <= ch <= "\u9fff" for ch in found[0].remedy)
    text = (pack / found[0].file).read_text("utf-8").splitlines()
    assert 1 <= found[0].line <= len(text)
    # These stand elsewhere than the change: at the whole spec, or at the second of two.
    if rule not in ("missing", "limit-broken", "face", "value", "region", "uscc-twice"):
        assert abs(found[0].line - line) <= 1, (found[0].line, line)


DEAD = [
    ("when: {food-supply: [cook]}", "when: {food-supply: []}", "when-value"),
    ("  - code: signboard\n", "  - code: signboard\n    when: {food-supply: [none], lodging-scale: [small], firm-form: [branch]}\n", ""),
    ("when: {food-supply: [cook]}", "when: {food-supply: [cook], premises-tenure: [own], signboard: []}", "when-value"),
    ("keywords: [酒店", "  - {code: colour, ask: 颜色？, why: 没有, choices: [{value: red, label: 红}, {value: blue, label: 蓝}]}\nkeywords: [酒店",
     "question-idle"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule"), DEAD, ids=range(len(DEAD)))
def test_condition_that_never_holds_and_question_that_changes_nothing_are_found(
    pack: Path, old: str, new: str, rule: str
) -> None:
    change(pack, HOTEL, old, new)
    assert {f.rule for f in services.check(pack)} == ({rule} if rule else set())


def test_member_that_no_way_through_guidance_leads_to_is_found(pack: Path) -> None:
    change(pack, HOTEL, "  - code: signboard\n", "  - code: signboard\n    when: {food-supply: [none]}\n")
    line = change(pack, HOTEL, "when: {food-supply: [cook]}", 'when: {food-supply: [cook], signboard: ["yes"]}')
    assert [(f.rule, f.line) for f in services.check(pack)] == [("when-dead", line)]


@pytest.mark.parametrize(
    ("old", "new"),
    [("promised_days: 1", "promised_days: 9"), ("promised_days: 1", "promised_days: yes"), ("promised_days: 1", f"promised_days: {'9' * 5000}"),
     ("promised_days: 1", "promised_days: !!python/name:os.system"), ("promised_days: 1", "promised_days: 2026-13-45"),
     ("- {element: applicant-id}", "- {element: applicant-name}"), ("licence_type: business-licence", "licence_type: null")],
)  # fmt: skip
def test_finding_stands_on_the_line_of_the_fault(pack: Path, old: str, new: str) -> None:
    line = change(pack, LICENCE, old, new)
    assert [f.line for f in services.check(pack)] == [line]


def test_what_is_no_file_of_the_pack_itself_is_not_read(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("elements: []", "utf-8")
    (pack / "items" / "linked.yaml").symlink_to(tmp_path / "outside.yaml")
    (pack / "elsewhere").symlink_to(tmp_path)
    (pack / "items" / "folder.yaml").mkdir()
    (pack / "items" / "short.yml").write_text("code: x", "utf-8")
    os.mkfifo(pack / "items" / "pipe.yaml")
    found = {f.file: f.rule for f in services.check(pack)}
    assert found == {"items/linked.yaml": "link", "elsewhere": "link", "items/folder.yaml": "file", "items/pipe.yaml": "file",
                     "items/short.yml": "file-name"}  # fmt: skip


@pytest.mark.parametrize("name", ["items/business-licence.yaml", "vocabulary/core.yaml"])
def test_file_that_is_no_text_is_refused(pack: Path, name: str) -> None:
    (pack / name).write_bytes(b"\xff\xfe\x00")
    assert "encoding" in {f.rule for f in services.check(pack)}


def test_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    assert [f.rule for f in services.check(tmp_path)] == ["missing"]


def test_two_items_with_the_same_content_are_refused(pack: Path) -> None:
    text = (pack / "items" / "drainage-permit.yaml").read_text("utf-8")
    twin = text.replace("code: drainage-permit", "code: drainage-twin", 1)
    (pack / "items" / "drainage-twin.yaml").write_text(twin, "utf-8")
    assert {"same-shape", "name-twice", "code-twice"} <= {f.rule for f in services.check(pack)}


def test_no_two_items_share_fields_materials_and_steps(honghu: str) -> None:
    shapes = [
        (frozenset(u.element for u in i.fields), frozenset(u.type for u in i.materials), tuple(s.name for s in i.steps))
        for i in catalogue.items(honghu).values()
    ]
    assert len(shapes) == len(set(shapes)) == 99


def test_applying_a_broken_pack_changes_nothing(honghu: str, pack: Path) -> None:
    change(pack, LICENCE, "promised_days: 1", "promised_days: 2")
    change(pack, HOTEL, "item: food-business-licence", "item: food-licence")
    before = versions()
    for refused in (lambda: services.apply(pack, by=BY), lambda: services.plan(pack)):
        with pytest.raises(SpecError):
            refused()
    assert versions() == before
    assert catalogue.item(honghu, "business-licence").spec.promised_days == 1


def test_pack_that_fails_in_the_middle_is_taken_back_as_a_whole(
    honghu: str, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(pack, LICENCE, "promised_days: 1", "promised_days: 2")
    change(pack, "organisations.yaml", "name: 市政务数据局", "name: 市数据局")
    before = versions()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services.themes, "apply", fail)
    with pytest.raises(RuntimeError):
        services.apply(pack, by=BY)
    assert versions() == before
    assert len(search.find("营业执照", pack=honghu)) > 0


def test_changed_item_gets_a_new_version_and_the_old_one_stays(honghu: str, pack: Path) -> None:
    change(pack, LICENCE, "promised_days: 1", "promised_days: 2")
    assert services.plan(pack).change == ("item/business-licence",)
    services.apply(pack, by=BY)
    row = catalogue.item(honghu, "business-licence")
    assert (row.version, row.spec.promised_days) == (2, 2)
    assert catalogue.version(honghu, "business-licence", 1).promised_days == 1
    assert services.plan(pack).is_empty


def test_retired_theme_is_gone_from_lists_and_search_and_can_come_back(honghu: str, pack: Path) -> None:
    (pack / HOTEL).rename(pack / "kept.txt")
    assert services.plan(pack).retire == ("theme/honghu-12",)
    services.apply(pack, by=BY)
    assert "honghu-12" not in composing.published(honghu)
    assert "honghu-12" not in {hit.code for hit in search.find("我要开酒店", pack=honghu)}
    services.apply(HONGHU, by=BY)
    assert composing.published(honghu)["honghu-12"].version == 3


def test_retired_organisation_and_region_come_and_go(honghu: str, pack: Path) -> None:
    change(pack, "regions.yaml", '  - {code: "421083113000", name: 黄家口镇, parent: "421083000000"}\n', "")
    changes = services.apply(pack, by=BY)
    assert changes.retire == ("org/421083113000",)
    assert services.plan(pack).is_empty
