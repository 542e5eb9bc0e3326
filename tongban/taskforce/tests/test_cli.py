from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from tongban.core.cli import Output
from tongban.rules.errors import Invalid
from tongban.taskforce import cli
from tongban.taskforce.models import Assignment, Campaign, Task
from tongban.taskforce.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("honghu")]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    args = parser.parse_args(["taskforce", *words])
    code = args.run(args, Output(as_json=True))
    return code, json.loads(capsys.readouterr().out)


def test_the_official_list_becomes_a_campaign_with_its_printed_dates(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run(capsys, "import", str(make.OFFICIAL), "--name", "攻坚行动", "--year", "2021")

    assert (code, told["tasks"], told["shift_years"], told["handed_out"]) == (0, 58, 0, 0)
    first = Task.objects.get(number="1")
    assert (str(first.due_on), str(first.printed_on)) == ("2021-08-31", "2021-08-31")
    assert "各县市人民政府" in told["unknown"]  # type: ignore[operator]


def test_it_is_rebased_mapped_bound_and_handed_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    units, bound = tmp_path / "units.json", tmp_path / "bound.json"
    units.write_text(json.dumps({"州行政审批服务局": ["data"], "各县市人民政府": []}), "utf-8")
    bound.write_text(json.dumps({"1": ["xx-online-offline-doable-rate"]}), "utf-8")
    code, told = run(capsys, "import", str(make.OFFICIAL), "--name", "攻坚行动", "--year", "2021", "--rebase", "2027", "--units", str(units),
                     "--indicators", str(bound), "--launch", "--example")  # fmt: skip

    assert (code, told["shift_years"]) == (0, 6)
    assert Assignment.objects.filter(organisation="data", state="assigned").count() == told["handed_out"]
    assert Task.objects.get(number="1").indicators == ["xx-online-offline-doable-rate"]
    assert Campaign.objects.get().is_example
    assert run(capsys, "list")[1][0]["tasks"] == 58  # type: ignore[index]


def test_a_list_with_double_numbers_waits_to_be_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "清单.txt"
    path.write_text(make.SMALL + "2\t二\t另一件事\t2026年9月30日\t市公安局\t\n", "utf-8")

    code, told = run(capsys, "import", str(path), "--name", "攻坚行动")

    assert code == 1
    assert any("序号 2 有 2 行" in words for words in told["findings"])  # type: ignore[attr-defined]
    assert not Campaign.objects.exists()


def test_check_only_keeps_the_upload(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "清单.txt"
    path.write_text(make.SMALL, "utf-8")
    assert run(capsys, "import", str(path), "--name", "攻坚行动", "--check", "--due", "2026-12-31")[0] == 0
    assert not Campaign.objects.exists()


def test_a_broken_file_of_units_says_how_to_write_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wrong = tmp_path / "units.json"
    wrong.write_text("[1]", "utf-8")
    with pytest.raises(Invalid, match="读不懂"):
        run(capsys, "import", str(make.OFFICIAL), "--name", "攻坚行动", "--units", str(wrong))
    with pytest.raises(Invalid, match="读不懂"):
        run(capsys, "import", str(make.OFFICIAL), "--name", "攻坚行动", "--indicators", str(wrong))
