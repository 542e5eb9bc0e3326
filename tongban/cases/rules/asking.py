"""What can be asked for in the one complete notice (一次性告知): only what the item itself demands.

Source: 行政许可法 art. 32(4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tongban.cases.rules.plan import Plan
from tongban.rules import masking
from tongban.rules.errors import Invalid

SHORTEST_REMARK = 2
LONGEST_REMARK = 200


def askable(plan: Plan, item_code: str) -> dict[tuple[str, str], str]:
    """Return the names of what can be asked for by (kind, code): the item's fields and the materials handed in."""
    item = plan.item_of(item_code)
    names = {("field", f.element): f.name for f in plan.fields if f.element in item.fields}
    return names | {("material", m.type): m.name for m in plan.materials if m.type in item.materials}


def named(plan: Plan, item_code: str, items: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the rows of a notice with their names.

    `items` are {"kind": "field" | "material", "code", "remark"}. Raises Invalid when there is none, for one that the
    item does not have, and for a remark that says nothing.
    """
    names = askable(plan, item_code)
    if not items:
        raise Invalid("case.nothing_asked", "没有选要补正的内容", remedy="至少选一项，并写清怎么改")
    problems: dict[str, str] = {}
    for row in items:
        key = (row.get("kind", ""), row.get("code", ""))
        if key not in names:
            problems[f"{key[0]}:{key[1]}"] = f"这个事项没有要求“{key[1]}”，不能要求补正"
        elif not SHORTEST_REMARK <= len(row.get("remark", "").strip()) <= LONGEST_REMARK:
            problems[f"{key[0]}:{key[1]}"] = f"请写清“{names[key]}”怎么改，{SHORTEST_REMARK} 至 {LONGEST_REMARK} 个字"
        elif masking.has_odd(row.get("remark", "")):
            problems[f"{key[0]}:{key[1]}"] = "里面有表情符号或看不见的特殊字符，请删掉后重新输入"
    if problems:
        raise Invalid("case.ask", f"有 {len(problems)} 处要改", fields=problems)
    return [
        {
            "kind": row["kind"],
            "code": row["code"],
            "name": names[row["kind"], row["code"]],
            "remark": row["remark"].strip(),
        }
        for row in items
    ]
