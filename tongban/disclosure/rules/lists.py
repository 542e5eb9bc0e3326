"""The lists (清单) that a place makes public, drawn from its catalogue: what stands in each, row by row.

Nothing is typed in twice: a list holds what the published items say. A list without rows is shown as empty, one without a source
in the catalogue does not exist. Source: 优化营商环境条例 art. 43, 44; standards reference 1.4; the plans' lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tongban.catalogue.rules import dictionaries as words
from tongban.catalogue.rules.exchange import TASK_STATES, level, task_code, task_state
from tongban.catalogue.rules.item import ItemSpec
from tongban.orgs.rules import OrganisationSpec
from tongban.vocabulary.rules import MaterialType

Cell = str | int
NECESSITY_ENDS = {"terminate": "终止办理", "refuse": "不予许可"}


@dataclass(frozen=True)
class Entry:
    """An item in force with what a list says of it."""

    item: ItemSpec
    version: int
    published_on: date
    organisation: OrganisationSpec


@dataclass(frozen=True)
class Row:
    """One row of a list and the code of the item that it is about."""

    item: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Kind:
    """A list: its code, its name, what it says, its columns; `shown` are the columns of the page, all stand in the files."""

    code: str
    name: str
    about: str
    columns: tuple[str, ...]
    shown: tuple[int, ...]


@dataclass(frozen=True)
class Listing:
    """A list with its rows; `updated_on` is the day on which the catalogue it was drawn from was last published."""

    kind: Kind
    rows: tuple[Row, ...]
    updated_on: date | None


@dataclass(frozen=True)
class Around:
    """What rows are written with: the words of materials, and the day."""

    materials: Mapping[str, MaterialType]
    on: date
    names: Mapping[str, str] = field(default_factory=dict)  # of organisations, by code


Rows = Callable[[Entry, Around], Iterator[tuple[Cell, ...]]]
COMMON = ("事项名称", "实施主体")


def drawn(code: str, entries: Iterable[Entry], around: Around) -> Listing:
    """Return one list. Raises KeyError for a code that is none."""
    kind, rows = LISTS[code]
    entries = list(entries)
    found = [Row(entry.item.code, cells) for entry in entries for cells in rows(entry, around)]
    return Listing(kind, tuple(found), max((entry.published_on for entry in entries), default=None))


def matching(listing: Listing, query: str) -> tuple[Row, ...]:
    """Return the rows in which every word of a query stands somewhere; all for an empty one."""
    wanted = query.lower().split()
    return tuple(
        row for row in listing.rows if all(any(word in str(cell).lower() for cell in row.cells) for word in wanted)
    )


def _both(entry: Entry) -> tuple[str, str]:
    return entry.item.name, entry.organisation.full_name


def _days(days: int | None) -> Cell:
    return "没有规定" if days is None else days


def state_words(item: ItemSpec, on: date) -> str:
    """Return the state of an item on a day in words: what is still to be prepared says so."""
    return TASK_STATES[task_state(item, on)] if item.prepared else "编制中"


def _items(entry: Entry, around: Around) -> Iterator[tuple[Cell, ...]]:
    item = entry.item
    yield (
        *_both(entry), task_code(item, entry.organisation), item.catalog_code, words.ON_APPLICATION[item.type],
        words.LEVELS[level(item, entry.organisation)], words.POWER_SOURCES[item.power_source],
        "、".join(words.AUDIENCES[who] for who in item.audience), "；".join(f"《{row.law}》{row.article}" for row in item.basis),
        _days(item.statutory_days), item.promised_days, "即办件" if item.is_on_the_spot else "承诺件", item.visits,
        "收费" if item.fee else "不收费", words.DEPTHS[item.reached_depth], state_words(item, around.on), entry.version,
        f"{entry.published_on:%Y-%m-%d}",
    )  # fmt: skip


def _material(code: str, around: Around) -> str:
    return around.materials[code].name if code in around.materials else code


def _commitments(entry: Entry, around: Around) -> Iterator[tuple[Cell, ...]]:
    for use in entry.item.materials:
        if use.commitment:
            yield (*_both(entry), _material(use.type, around), use.commitment, use.check_days)


def _deferrable(entry: Entry, around: Around) -> Iterator[tuple[Cell, ...]]:
    for use in entry.item.materials:
        if use.defer_days is not None:
            yield (*_both(entry), _material(use.type, around), use.defer_days, NECESSITY_ENDS[use.defer_lapse])


def _intermediaries(entry: Entry, around: Around) -> Iterator[tuple[Cell, ...]]:
    for row in entry.item.intermediaries:
        yield (*_both(entry), row.name, f"《{row.basis.law}》{row.basis.article}")


def _fees(entry: Entry, around: Around) -> Iterator[tuple[Cell, ...]]:
    fee = entry.item.fee
    if fee is not None:
        amount = "按具体情况" if fee.amount_fen is None else f"{fee.amount_fen / 100:.2f}"
        yield (*_both(entry), fee.standard, amount, fee.basis, "可以" if entry.item.pay_online else "不可以")


def _across(entry: Entry, around: Around) -> Iterator[tuple[Cell, ...]]:
    item = entry.item
    if item.reach:
        since = item.from_on or entry.published_on
        yield (*_both(entry), words.REACHES[item.reach], state_words(item, around.on), f"{since:%Y-%m-%d}")


def _grants(entry: Entry, around: Around) -> Iterator[tuple[Cell, ...]]:
    item, grant = entry.item, entry.item.grant
    if grant is not None and item.from_on is not None:
        held = around.names.get(grant.held_by, grant.held_by)
        yield (
            *_both(entry), held, words.POWER_SOURCES[item.power_source], grant.document, f"{item.from_on:%Y-%m-%d}",
            grant_state(item, around.on), _day_words(item.until_on), grant.revoked_by, grant.reason,
        )  # fmt: skip


def grant_state(item: ItemSpec, on: date) -> str:
    """Return whether a grant holds on a day, in words. The item has one."""
    if item.from_on is not None and on < item.from_on:
        return "还没生效"
    if item.until_on is None or on < item.until_on:
        return "有效"
    return "已收回" if item.grant is not None and item.grant.revoked_by else "已到期"


def _day_words(on: date | None) -> str:
    return "" if on is None else f"{on:%Y-%m-%d}"


def _instant(entry: Entry, around: Around) -> Iterator[tuple[Cell, ...]]:
    item = entry.item
    live = item.instant is not None and item.instant.mode == "live"
    if live or item.is_on_the_spot:
        yield (
            *_both(entry),
            "秒批" if live else "即办",
            "决策表自动审批" if live else "窗口或网上当日办结",
            item.visits,
        )


def _kind(code: str, name: str, about: str, columns: tuple[str, ...], shown: tuple[int, ...] = ()) -> Kind:
    every = (*COMMON, *columns)
    return Kind(code, name, about, every, shown or tuple(range(len(every))))


LISTS: dict[str, tuple[Kind, Rows]] = {
    kind.code: (kind, rows)
    for kind, rows in (
        (_kind("items", "政务服务事项目录", "全部已公布的依申请事项和公共服务事项",
               ("实施编码", "基本编码", "事项类型", "行使层级", "权力来源", "服务对象", "设定依据", "法定时限（工作日）",
                "承诺时限（工作日）", "办件类型", "到现场次数", "收费", "网办深度", "状态", "版本", "公布日期"), (0, 1, 4, 10, 12, 15)), _items),
        (_kind("commitments", "告知承诺清单", "可以签承诺书代替的材料，批准后核查", ("材料", "承诺内容", "核查期限（工作日）")), _commitments),
        (_kind("deferrable", "容缺受理清单", "缺了也先受理、限期补交的材料", ("可后补的材料", "补交期限（工作日）", "逾期不补")), _deferrable),
        (_kind("intermediaries", "中介服务清单", "办理前要由中介机构完成的服务；清单以外的不得要求", ("中介服务", "设定依据")), _intermediaries),
        (_kind("fees", "收费清单", "收费的事项；清单以外的不收费", ("收费标准", "金额（元）", "收费依据", "网上支付")), _fees),
        (_kind("across", "跨域通办清单", "不限户籍地、经营地，可以异地办理的事项", ("通办范围", "状态", "开通日期")), _across),
        (_kind("grants", "园区赋权清单", "由园区等机构办理的事项：原来由谁办、凭什么文件、从哪天起；收回的也列出",
               ("原实施主体", "赋权方式", "赋权文件", "生效日期", "状态", "停办日期", "收回文件", "收回原因"), (0, 1, 2, 4, 5, 6)), _grants),
        (_kind("instant", "秒批和即办件清单", "提交后自动审批或当日办结的事项", ("方式", "说明", "到现场次数")), _instant),
    )
}  # fmt: skip
