"""N同: the same item is the same everywhere. An implementation list is compared, element by element, with the basic list (基本目录).

Source: standards reference 1.2, 1.5; 四级（五级）N同 of the plans. Severities are this project's 【惯例】: longer limits, papers and
fees that the basic list does not know block publishing; other differences are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tongban.catalogue.rules.basic import BasicItem
from tongban.catalogue.rules.checks import Fault
from tongban.catalogue.rules.dictionaries import AUDIENCES, ON_APPLICATION
from tongban.catalogue.rules.item import ItemSpec

ELEMENTS = {
    "name": "事项名称", "type": "事项类型", "audience": "服务对象", "statutory_days": "法定时限", "promised_days": "承诺时限",
    "materials": "申请材料", "fee": "收费",
}  # fmt: skip


def differences(item: ItemSpec, basic: BasicItem) -> Iterator[Fault]:
    """Give how an item differs from its entry of the basic list, but for what is accepted with a reason.

    The last of a rule's number is the element's (`N-fee`).
    """
    accepted = {row.element for row in item.local}
    for element, compare in _COMPARED.items():
        words = "" if element in accepted else compare(item, basic)
        if words:
            yield Fault(
                (element,), f"N-{element}", f"{ELEMENTS[element]}与基本目录不同：{words}",
                "照基本目录改，或在 local 里写明地方差异的理由", blocks=element in _BLOCKING,
            )  # fmt: skip


def adopted(body: dict[str, Any], element: str, basic: BasicItem) -> dict[str, Any]:
    """Return the body of an item with one element taken over from the basic list (一键采纳); the rest as it is."""
    body = dict(body)
    match element:
        case "name":
            body["aliases"] = [*body.get("aliases", []), body["name"]]
            body["name"] = basic.name
        case "type":
            body["type"] = basic.type
        case "audience":
            body["audience"] = list(basic.audience)
        case "statutory_days":
            body["statutory_days"] = basic.statutory_days
        case "promised_days":
            body["promised_days"] = basic.promised_days
        case "materials":
            body["materials"] = [use for use in body.get("materials", []) if use["type"] in basic.materials]
        case "fee":
            body.pop("fee", None)
    return body


def _name(item: ItemSpec, basic: BasicItem) -> str:
    return "" if basic.name in (item.name, *item.aliases) else f"这里叫“{item.name}”，目录里叫“{basic.name}”"


def _type(item: ItemSpec, basic: BasicItem) -> str:
    return "" if item.type == basic.type else f"这里是{ON_APPLICATION[item.type]}，目录里是{ON_APPLICATION[basic.type]}"


def _audience(item: ItemSpec, basic: BasicItem) -> str:
    missing = [AUDIENCES[who] for who in basic.audience if who not in item.audience]
    return f"目录里还有{'、'.join(missing)}" if missing else ""


def _days(name: str) -> Callable[[ItemSpec, BasicItem], str]:
    def compare(item: ItemSpec, basic: BasicItem) -> str:
        here, there = getattr(item, name), getattr(basic, name)
        if here is None or there is None or here <= there:
            return ""
        return f"这里 {here} 个工作日，目录里 {there} 个"

    return compare


def _materials(item: ItemSpec, basic: BasicItem) -> str:
    more = [use.type for use in item.materials if use.type not in basic.materials]
    return f"多要了 {len(more)} 份材料（{'、'.join(more)}）" if basic.materials and more else ""


def _fee(item: ItemSpec, basic: BasicItem) -> str:
    return "目录里不收费，这里收费" if item.fee is not None and not basic.charges else ""


_COMPARED: dict[str, Callable[[ItemSpec, BasicItem], str]] = {
    "name": _name, "type": _type, "audience": _audience, "statutory_days": _days("statutory_days"),
    "promised_days": _days("promised_days"), "materials": _materials, "fee": _fee,
}  # fmt: skip
_BLOCKING = frozenset({"type", "statutory_days", "materials", "fee"})
