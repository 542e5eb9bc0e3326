"""Words that an officer must give: they say facts and basis, and any official paper can print them."""

from __future__ import annotations

from tongban.rules import masking
from tongban.rules.errors import Invalid

SHORTEST_REASON = 5
LONGEST_REASON = 500


def checked_reason(reason: str, field: str = "reason", name: str = "理由") -> str:
    """Return words of an officer that say something; `field` and `name` say where they stand. Raises Invalid.

    Source: 行政许可法 art. 38(2).
    """
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        words = f"请写明{name}，{SHORTEST_REASON} 至 {LONGEST_REASON} 个字，要说清事实和依据"
        raise Invalid("case.reason", "有 1 处要改", fields={field: words})
    if masking.has_odd(reason):
        raise Invalid(
            "case.reason", "有 1 处要改", fields={field: "里面有表情符号或看不见的特殊字符，请删掉后重新输入"}
        )
    return reason
