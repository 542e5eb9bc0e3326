"""The command: rows on stdout, findings on stderr, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tongban.gazette import cli

SAMPLES = Path(__file__).parent / "data"
LIST = "序号\t工作任务\t牵头单位\t完成时限\n1\t建大厅。\t市政务局\t9月底前\n"


def test_rows_go_to_stdout_as_json_and_findings_to_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LIST, encoding="utf-8")

    code = cli.main(["read", str(path), "--as", "tasks", "--json"])

    printed = capsys.readouterr()
    assert code == 0
    assert json.loads(printed.out) == [{
        "seq": 1, "sub": None, "section": None, "requirement": "建大厅。", "deadline_text": "9月底前",
        "deadline_date": None, "sync_with_province": False, "lead_units": ["市政务局"], "responsible_units": [],
    }]  # fmt: skip
    assert printed.err.splitlines() == [
        "序号1（表第2行）：“9月底前”没有年份，文件里也没有发文日期，请用 --year 指定年份"
    ]


def test_strict_fails_on_findings_but_still_prints_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LIST, encoding="utf-8")
    assert cli.main(["read", str(path), "--as", "tasks", "--strict", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["seq"] == 1
    assert cli.main(["read", str(path), "--as", "tasks", "--strict", "--json", "--year", "2021"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["deadline_date"] == "2021-09-30"


@pytest.mark.parametrize(
    ("name", "kind", "last"),
    [("xiangxi-2021-task-list", "tasks", "共 58 条"), ("honghu-2022-one-thing-plan", "themes", "共 40 条")],
)
def test_plain_listing_counts_the_rows(name: str, kind: str, last: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(SAMPLES / f"{name}.txt"), "--as", kind, "--strict"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == last


@pytest.mark.parametrize("name", ["hunan-2019-work-points.txt", "missing.txt", "honghu-2022-one-thing-plan.json"])
def test_refusal_is_one_chinese_line_without_traceback(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(SAMPLES / name), "--as", "themes", "--json"]) == 1
    printed = capsys.readouterr()
    assert set(json.loads(printed.out)) == {"code", "message", "remedy", "facts"}
    assert "请" in printed.err or "须" in printed.err
    assert len(printed.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [["read", "a.txt"], ["read", "a.txt", "--as", "x"], ["read", "a.txt", "--as", "tasks", "--year", "21"], []],
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        cli.main(arguments)
    assert leaving.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_known_units_are_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, units = tmp_path / "a.txt", tmp_path / "units.txt"
    path.write_text(LIST.replace("市政务局", "老街坊议事点"), encoding="utf-8")
    units.write_text("老街坊议事点\n", encoding="utf-8")
    command = ["read", str(path), "--as", "tasks", "--year", "2021", "--strict"]
    assert cli.main(command) == 1
    assert "不像单位名称" in capsys.readouterr().err
    assert cli.main([*command, "--units", str(units)]) == 0
