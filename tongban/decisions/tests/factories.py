"""Decision tables of all kinds, and how to make one in a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from tongban.core.actor import Actor
from tongban.decisions.rules.table import Table

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def column(name: str, kind: str, values: str = "", label: str = "") -> dict[str, str]:
    """Return a column as plain values."""
    return {"name": name, "type": kind, "values": values, "label": label}


def make(
    *rows: tuple[Sequence[str], Sequence[str]], inputs: list[dict[str, str]], outputs: list[dict[str, str]], hit: str = "UNIQUE",
    aggregation: str = "LIST", code: str = "demo-table", org: str = "human-resources", note: str = "",
) -> Table:  # fmt: skip
    """Return a table: each row is its tests and its results."""
    return Table.model_validate({
        "code": code, "name": f"示例表 {code}", "org": org, "hit": hit, "aggregation": aggregation, "inputs": inputs,
        "outputs": outputs, "rows": [{"when": tuple(when), "then": tuple(then), "note": note} for when, then in rows],
    })  # fmt: skip


def small(*rows: tuple[Sequence[str], Sequence[str]], hit: str = "UNIQUE", aggregation: str = "LIST") -> Table:
    """Return a table of one number, one text, and a number as result."""
    return make(
        *rows, hit=hit, aggregation=aggregation, inputs=[column("age", "number"), column("kind", "string")],
        outputs=[column("fee", "number")],
    )  # fmt: skip


RESULT = column("result", "string", '"approve","manual","refuse"', "结论")
AGE = column("age", "number", "[0..120]", "年龄")
KIND = column("kind", "string", '"a","b","c"', "类别")
ON = column("since", "date", "", "从哪天起")
FLAG = column("insured", "boolean", "", "是否参保")
SUM = column("amount", "number", "", "金额")

TABLES = [
    make((["< 18"], ['"refuse"']), (["[18..60]"], ['"approve"']), (["> 60"], ['"manual"']),
         inputs=[AGE], outputs=[RESULT], code="unique-numbers"),
    make((['"a"', "true"], ['"approve"']), (['"b","c"', "-"], ['"manual"']), (['"a"', "false"], ['"refuse"']),
         inputs=[KIND, FLAG], outputs=[RESULT], code="unique-sets"),
    make((['< date("2026-01-01")'], ['"refuse"']), (['[date("2026-01-01")..date("2026-06-30")]'], ['"approve"']),
         (['>= date("2026-07-01")'], ['"manual"']), inputs=[ON], outputs=[RESULT], code="unique-dates"),
    make((["not(true)"], ['"refuse"']), (["true"], ['"approve"']), inputs=[FLAG], outputs=[RESULT], code="unique-flag"),
    make((['not("a","b")', "-"], ['"refuse"']), (["-", "(0..18)"], ['"manual"']), (["-", "-"], ['"approve"']),
         inputs=[KIND, AGE], outputs=[RESULT], hit="FIRST", code="first-fallback", note="依据 <示例> & “引号” \"半角\""),
    make((['? >= 18 and kind = "a"', "-"], ['"approve"']), (["age < 18 or age > 60", "-"], ['"refuse"']),
         (["-", 'not("a")'], ['"manual"']), inputs=[AGE, KIND], outputs=[RESULT], hit="FIRST", code="first-conditions"),
    make((["age in ([0..6],[60..120])"], ['"approve"']), (["age between 7 and 17"], ['"manual"']), (["-"], ['"refuse"']),
         inputs=[AGE], outputs=[RESULT], hit="FIRST", code="first-in"),
    make((["> 10"], ['"manual"']), (["> 20"], ['"approve"']), (["> 30"], ['"refuse"']),
         inputs=[AGE], outputs=[RESULT], hit="PRIORITY", code="priority-results"),
    make((["> 10"], ['"low"', "1"]), (["> 20"], ['"high"', "2"]), (["> 30"], ['"high"', "3"]), inputs=[AGE],
         outputs=[column("risk", "string", '"high","low"'), column("step", "number", "3,2,1")], hit="PRIORITY",
         code="priority-two"),
    make((["> 10"], ['"check-a"']), (["> 20"], ['"check-b"']), (["-"], ['"check-c"']), inputs=[AGE],
         outputs=[column("check", "string")], hit="COLLECT", code="collect-list"),
    make((['"a"', "-"], ["100"]), (["-", "> 60"], ["50.5"]), (["-", "[0..6]"], ["-20"]), inputs=[KIND, AGE], outputs=[SUM],
         hit="COLLECT", aggregation="SUM", code="collect-sum"),
    make((["> 10"], ["3"]), (["> 20"], ["1.5"]), inputs=[AGE], outputs=[SUM], hit="COLLECT", aggregation="MIN",
         code="collect-min"),
    make((["> 10"], ["3"]), (["> 20"], ["1.5"]), inputs=[AGE], outputs=[SUM], hit="COLLECT", aggregation="MAX",
         code="collect-max"),
    make((["> 10"], ["null"]), (["> 20"], ["1"]), inputs=[AGE], outputs=[SUM], hit="COLLECT", aggregation="COUNT",
         code="collect-count"),
    make((["-5", '"\\"x\\\\y\\""'], ['date("2026-05-01")', "true", "null"]), ([".5", '"<&>"'], ["null", "false", "1"]),
         inputs=[column("温度", "number"), column("名称", "string", label="名称 <&\"'>")],
         outputs=[column("日期", "date"), column("能办", "boolean"), SUM], code="unique-odd"),
]  # fmt: skip


def admin(*organisations: str) -> Actor:
    """Return an administrator of some organisations."""
    return Actor(
        account_id=uuid4(), username="a", name="管理员甲", seats={code: frozenset({"admin"}) for code in organisations}
    )
