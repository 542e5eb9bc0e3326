"""Broken implementation lists: each is found by the rule that was broken, and by no other."""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tongban.catalogue.rules import checks
from tongban.catalogue.rules.alike import ELEMENTS
from tongban.core.cli import Output
from tongban.packs import cli, services
from tongban.packs.tests.factories import copy_of_pack

Body = dict[str, Any]
FILE = "items/market-stall.yaml"
LAW = {"law": "中华人民共和国食品安全法", "article": "第三十五条"}
# A whole item that breaks no rule; every case below breaks it in one way.
GOOD: Body = {
    "code": "market-stall", "name": "食品摊贩登记（示例）", "type": "01", "catalog_code": "420198001001", "org": "market",
    "summary": "在划定的地方摆摊卖食品要登记。", "basis": [LAW], "audience": ["person", "firm"], "person_topics": ["040"],
    "firm_topics": ["010"], "conditions": ["有健康证明"], "statutory_days": 20, "promised_days": 5,
    "steps": [{"code": "check", "name": "核对材料", "days": 1}, {"code": "sign", "name": "审批", "role": "head", "days": 1}],
    "fields": [{"element": "applicant-name"}, {"element": "contact-phone"}, {"element": "premises-name"}],
    "materials": [{"type": "premises-plan"}], "result": {"kind": "paper", "name": "摊贩登记卡", "sample": "登记编号、姓名、地点"},
    "faq": [{"ask": "要交钱吗", "answer": "不要。"}], "phone": "0716-2200000", "address": "大厅 1 号窗口（示例）",
}  # fmt: skip
BASIC: Body = {
    "code": "420198001001", "name": "食品摊贩登记（示例）", "type": "01", "audience": ["person", "firm"], "statutory_days": 20,
    "promised_days": 10, "materials": ["premises-plan"],
}  # fmt: skip


def put(*path: Any, to: Any) -> Callable[[Body], None]:
    """Return a breaker that sets the value at a path."""

    def change(body: Body) -> None:
        *before, last = path
        for key in before:
            body = body[key]
        if isinstance(body, list) and last == len(body):
            body.append(to)
        else:
            body[last] = to

    return change


def drop(key: str) -> Callable[[Body], None]:
    """Return a breaker that takes an element out."""
    return lambda body: body.__delitem__(key)


FEE = {"standard": "每证 10 元", "basis": "鄂价费规〔2013〕1号（示例）", "amount_fen": 1000}
BROKEN: list[tuple[str, Callable[[Body], None], str]] = [
    ("another province", put("catalog_code", to="430198001001"), "1.2-1"),
    ("a region that is none", put("catalog_code", to="990198001001"), "1.2-1"),
    ("code of another type", put("catalog_code", to="420598001001"), "1.2-2"),
    ("type of another code", put("type", to="10"), "1.2-2"),
    ("code of 11 digits", put("catalog_code", to="42019800100"), "1.4-2"),
    ("an old code twice", put("old_codes", to=["0100123000", "0100123000"]), "1.2-6"),
    ("an old code of 9", put("old_codes", to=["010012300"]), "1.4-2"),
    ("no such topic of persons", put("person_topics", to=["080"]), "1.3-1"),
    ("no such topic of firms", put("firm_topics", to=["040", "003"]), "1.3-1"),
    ("an agent without principal", put("body", to="3"), "1.3-2"),
    ("a principal without agent", put("entrusted_by", to="市商务局"), "1.3-2"),
    ("a level above the body's", put("level", to="2"), "1.3-3"),
    ("a level that is none", put("level", to="8"), "1.4-2"),
    ("no summary", drop("summary"), "1.4-1"),
    ("no basis", put("basis", to=[]), "1.4-2"),
    ("no conditions", drop("conditions"), "1.4-1"),
    ("no fields", put("fields", to=[]), "1.4-2"),
    ("no result", drop("result"), "1.4-1"),
    ("days in words", put("promised_days", to="五天"), "1.4-2"),
    ("an element nobody knows", put("colour", to="red"), "1.4-3"),
    ("ends before it begins", lambda b: b.update(from_on="2026-05-02", until_on="2026-05-01"), "1.4-4"),
    ("complaints go to the same phone", lambda b: b.update(supervision_phone="0716-2200000"), "1.4-5"),
    ("the name of another item", put("name", to="办理营业执照"), "1.4-7"),
    ("a body that is not there", put("org", to="sheriff"), "1.4-8"),
    ("an element that is not there", put("fields", 3, to={"element": "shoe-size"}), "1.4-8"),
    ("a material that is not there", put("materials", 1, to={"type": "golden-ticket"}), "1.4-8"),
    ("a condition on what is not asked", put("materials", 0, "when", to={"premises-tenure": ["rent"]}), "1.4-8"),
    ("a licence that is not there", put("result", to={"kind": "licence", "name": "摊贩证", "licence_type": "stall"}), "1.4-8"),
    ("done on the spot in two days", put("promised_days", to=0), "1.5-1"),
    ("steps longer than the promise", put("steps", 0, "days", to=9), "1.5-1"),
    ("a visit without reason", put("visits", to=1), "1.5-2"),
    ("no visit but at the window only", put("ways", to=["1"]), "1.5-2"),
    ("a grade too high", lambda b: b.update(depth=4, online=["1", "2"]), "1.5-3"),
    ("all online with a visit", lambda b: b.update(depth=4, visits=1, visit_reason="核验原件"), "1.5-3"),
    ("a grade too low", put("depth", to=1), "1.5-3"),
    ("a fee without its document", put("fee", to={**FEE, "basis": "规定"}), "1.5-4"),
    ("a fee of no amount", put("fee", to={"standard": "见公告", "basis": FEE["basis"]}), "1.5-4"),
    ("paid online, costs nothing", put("pay_online", to=True), "1.5-4"),
    ("persons without topic", drop("person_topics"), "1.5-5"),
    ("firms without topic", drop("firm_topics"), "1.5-5"),
    ("a topic without persons", put("audience", to=["firm"]), "1.5-5"),
    ("a licence called a paper", put("result", to={"kind": "paper", "name": "摊贩经营许可证", "sample": "样本"}), "1.5-6"),
    ("a paper without sample", put("result", to={"kind": "paper", "name": "摊贩登记卡"}), "1.5-6"),
    ("a licence without review", put("steps", to=[]), "1.5-7"),
    ("a licence without questions", drop("faq"), "1.5-7"),
    ("promised longer than the law", put("promised_days", to=21), "1.5-8"),
    ("a licence in thirty days", put("statutory_days", to=30), "1.5-8"),
    ("a licence without a limit", drop("statutory_days"), "1.5-8"),
    ("a third party on a notice", put("intermediaries", to=[{"name": "检测", "basis": {"law": "市局通知", "article": "一"}}]), "1.5-9"),
    ("a proof without basis", put("materials", 0, "is_proof", to=True), "1.5-9"),
    ("asks for what is held", put("materials", 1, to={"type": "business-licence"}), "1.5-10"),
]  # fmt: skip


def report(*bodies: Body, basic: Body | None = None) -> set[str]:
    """Return the rules broken by items put into the catalogue in force, without what is wrong there already."""
    files: dict[str, object] = {f"items/{body['code']}.yaml": body for body in bodies}
    if basic:
        files["basic-more.yaml"] = {"basic_items": [basic]}
    rows = services.report_in_force("honghu", files)
    return {row.finding.rule for row in rows if row.finding.file in files}


@pytest.mark.parametrize(("change", "rule"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_list_is_found_by_the_rule_it_breaks_and_by_no_other(
    honghu: str, change: Callable[[Body], None], rule: str
) -> None:
    body = copy.deepcopy(GOOD)
    change(body)
    found = report(body)
    assert found - {"1.2-5"} == {rule}, found


def test_a_whole_list_breaks_no_rule(honghu: str) -> None:
    assert report(GOOD, basic=BASIC) == set()


def test_what_needs_a_visit_may_be_done_at_the_window_only(honghu: str) -> None:
    assert report({**GOOD, "ways": ["1"], "visits": 1, "visit_reason": "当面核对"}, basic=BASIC) == set()


def test_an_item_that_is_not_in_the_basic_list_is_found(honghu: str) -> None:
    assert report(GOOD, basic={**BASIC, "code": "420198002001"}) == {"1.2-5"}


def test_one_body_does_not_use_a_code_twice_at_one_level(honghu: str) -> None:
    other = {**GOOD, "code": "market-stall-two", "name": "夜市摊贩登记（示例）", "fields": GOOD["fields"][:2]}
    assert report(GOOD, other, basic=BASIC) == {"1.2-3", "N-name"}
    assert report(GOOD, {**other, "org": "police"}, basic=BASIC) == {"N-name"}


def test_a_main_item_with_parts_cannot_be_offered_itself(honghu: str) -> None:
    part = {**GOOD, "code": "market-stall-part", "name": "食品摊贩登记（夜市，示例）", "conditions": ["在夜市"],
            "fields": GOOD["fields"][:2]}  # fmt: skip
    main_item = {**GOOD, "catalog_code": "420198001000"}
    assert report(main_item, part) - {"1.2-5"} == {"1.2-4"}


@pytest.mark.parametrize(
    ("element", "there"),
    [
        ("name", {"name": "食品摊点登记"}), ("type", {"type": "10"}), ("statutory_days", {"statutory_days": 10}),
        ("promised_days", {"promised_days": 3}), ("materials", {"materials": ["lease-contract"]}),
    ],
)  # fmt: skip
def test_what_differs_from_the_basic_list_is_found_unless_it_is_accepted_with_a_reason(
    honghu: str, element: str, there: Body
) -> None:
    assert report(GOOD, basic=BASIC | there) == {f"N-{element}"}
    accepted = {**GOOD, "local": [{"element": element, "reason": "本地条例另有规定"}]}
    assert report(accepted, basic=BASIC | there) == set()


def test_a_fee_that_the_basic_list_does_not_know_is_found(honghu: str) -> None:
    assert report({**GOOD, "fee": FEE}, basic=BASIC) == {"N-fee"}
    assert report({**GOOD, "fee": FEE}, basic={**BASIC, "charges": True}) == set()


def test_an_audience_that_is_left_out_is_found(honghu: str) -> None:
    only = {key: value for key, value in GOOD.items() if key != "firm_topics"} | {"audience": ["person"]}
    assert report(only, basic=BASIC) == {"N-audience"}


def test_what_is_still_to_be_prepared_is_left_alone(honghu: str) -> None:
    body = {**GOOD, "prepared": False, "faq": [], "phone": "", "person_topics": []}
    assert report(body) == set()


def test_every_number_has_words_and_a_broken_list_of_its_own() -> None:
    broken = {row[2] for row in BROKEN} | {"1.2-3", "1.2-4", "1.2-5"}
    assert broken | {"1.4-6"} == set(checks.RULES)
    assert len(BROKEN) >= 40
    assert set(ELEMENTS) == {"name", "type", "audience", "statutory_days", "promised_days", "materials", "fee"}


def test_the_command_lists_findings_with_their_numbers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pack = copy_of_pack(tmp_path)
    path = next(pack.glob("items/food-business-licence.yaml"))
    text = path.read_text("utf-8")
    path.write_text(text + "\ncolour: red\n", "utf-8")
    assert check(pack, as_json=True) == 1
    rows = json.loads(capsys.readouterr().out)
    found = [row for row in rows if row["file"] == "items/food-business-licence.yaml" and row["blocks"]]
    assert [(row["rule"], row["line"]) for row in found] == [("1.4-3", len(text.splitlines()) + 2)]
    assert check(pack, as_json=False) == 1
    assert "[1.4-3]" in capsys.readouterr().out


def check(pack: Path, *, as_json: bool) -> int:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    args = parser.parse_args(["catalogue", "check", str(pack)])
    return int(args.run(args, Output(as_json=as_json)))
