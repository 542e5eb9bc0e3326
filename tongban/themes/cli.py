"""`tongban theme compose`: the plan of a theme on the command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tongban.cases.rules.plan import Plan
from tongban.core.cli import Output
from tongban.rules.errors import Invalid
from tongban.themes.queries import composing


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `theme`."""
    verbs = commands.add_parser("theme", help="一件事").add_subparsers(dest="verb", required=True)
    parser = verbs.add_parser("compose", help="合成一张表、一套材料和时间安排")
    parser.add_argument("place", metavar="PLACE")
    parser.add_argument("theme", metavar="THEME")
    parser.add_argument(
        "--answers", required=True, metavar="FILE|all", help="导办回答的 JSON 文件；all 表示不导办，全部成员"
    )
    parser.set_defaults(run=run_compose)


def run_compose(args: argparse.Namespace, out: Output) -> int:
    """Print the plan."""
    answers = None if args.answers == "all" else _read(args.answers)
    plan = composing.compose_theme(args.place, args.theme, answers)
    out.result(plan.as_json(), text=_text(plan))
    return 0


def _read(name: str) -> dict[str, str]:
    try:
        answers = json.loads(Path(name).read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:
        raise Invalid(
            "themes.answers_file", f"读不了回答文件 {name}", remedy='写成 JSON，例如 {"meals": "cook"}'
        ) from problem
    if not isinstance(answers, dict):
        raise Invalid("themes.answers_file", "回答文件应当是“题目: 答案”", remedy='写成 JSON，例如 {"meals": "cook"}')
    return answers


def _text(plan: Plan) -> str:
    due = plan.schedule.due_on + ("（暂定）" if plan.schedule.provisional else "")
    rows = [plan.title, f"{len(plan.items)} 项，{len(plan.fields)} 个空，{len(plan.materials)} 份材料，"
            f"{plan.schedule.days} 个工作日，{due}"]  # fmt: skip
    rows += [
        f"  {item.name}（{item.org_name}）第 {item.starts_after_days} 至 {item.ends_after_days} 个工作日"
        for item in plan.items
    ]
    rows += [f"  {saving.label}：{saving.apart} → {saving.together} {saving.unit}" for saving in plan.savings]
    return "\n".join([*rows, *plan.schedule.breaks])
