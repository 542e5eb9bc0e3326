from __future__ import annotations

import argparse
import json

import pytest

from tongban.calendars import cli
from tongban.core.cli import Output


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    args = parser.parse_args(["clock", "due", *words])
    return int(args.run(args, Output(as_json=True)))


@pytest.mark.parametrize(
    ("words", "due_on", "provisional"),
    [
        (["--start", "2026-03-06", "--limit", "5"], "2026-03-13", False),
        (["--start", "2026-03-06", "--limit", "5", "--pause", "2026-03-10..2026-03-12"], "2026-03-18", False),
        (["--start", "2026-03-05T16:30:00+00:00", "--limit", "5"], "2026-03-13", False),  # already the 6th in China
        (["--start", "2026-03-02", "--limit", "10", "--unit", "day"], "2026-03-12", False),
        (["--start", "2026-12-10", "--limit", "20"], "2027-01-08", True),
    ],
)
def test_command_says_the_last_day_and_why(
    honghu: str, capsys: pytest.CaptureFixture[str], words: list[str], due_on: str, provisional: bool
) -> None:
    assert run(*words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["due_on"], told["provisional"]) == (due_on, provisional)
    assert told["reasons"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "soon", "--limit", "5"], "不是日期时间"),
        (["--start", "2026-03-06", "--limit", "-1"], "时限应为"),
        (["--start", "2026-03-06", "--limit", "99999"], "时限应为"),
        (["--start", "2026-03-06", "--limit", "5", "--pause", "2026-03-12..2026-03-10"], "结束早于开始"),
        (["--start", "2026-03-06", "--limit", "5", "--pause", "2026-03-12"], "不是期间"),
    ],
)
def test_wrong_word_is_refused_with_an_example(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as end:
        run(*words)
    assert end.value.code == 2
    assert said in capsys.readouterr().err
