"""Recognise the heads of columns (表头) by the words that offices use for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tongban.gazette.rules import texts
from tongban.gazette.rules.shapes import Column, Kind, Row

_UNIT = r"(单位|部门|机构|科室|处室|股室|主体)"
_SEQ = re.compile(r"序号|序|编号|序次|号|No\.?|任务编号|项目编号|任务序号|主题编号|事项序号", re.I)
_LEAD = re.compile(r"(责任)?(牵头|主办|主责|首办|第一责任|主要责任|首要责任|总牵头)(负责|责任|主责)?" + _UNIT + "?")
_SUPPORTING = re.compile(r"(主要)?(配合|协办|协同|协作|参与|参加|会办|协助)(责任|落实)?" + _UNIT + "?")
_RESPONSIBLE = re.compile(
    r"(主要|具体|共同)?(责任|联办|联动|落实|实施|承办|涉及|相关|负责|办理|责任落实|责任承办)(责任)?" + _UNIT
    + r"|责任分工|牵头(及|和)?(配合|协办|参与)(单位|部门)|责任(单位|部门)(及|和)?(责任|配合|协办)?(人|单位|部门)?"
    r"|(涉及|联办)的?(政府)?部门(和单位)?|部门|单位"
)  # fmt: skip
_DEADLINE = re.compile(
    r"(计划|拟|预计|要求|应)?(完成|办结|落实|整改|推进|工作|任务|实施)?(的)?"
    r"(时限|期限|时间|日期|节点|时间节点|时间要求|时限要求|进度安排|时间安排|时间进度|进度要求|时间表)(要求|节点|安排)?"
)
_LIMIT = re.compile(r".*(时限|时间|期限|时长|工作日|天数)(要求|安排)?")
_OLD_LIMIT = re.compile(r".*((联办|优化|改革|压缩|整合|集成|实施)前|原|法定|单独|现行).*")
_NEW_LIMIT = re.compile(r".*((联办|优化|改革|压缩|整合|集成|实施)后|联办|集成|一件事).*")
_THEME = re.compile(
    r"(高效办成|联办|集成办|改革)*(一件事|主题|套餐|场景|主题套餐|主题场景)(主题|场景|服务)?"
    r"(一次办)?(名称|事项|清单|事项名称|目录|主题|场景|服务|重点事项)*|主题事项名称|集成服务名称|联办场景"
)
_ITEMS = re.compile(
    r"(联办|涉及|包含|包括|集成|关联|办理|具体|组成|子|所含|所涉|涵盖|纳入|整合|涉及办理|关联办理|单个?|主要)?(的)?"
    r"(政务服务|行政审批|审批|审批服务|服务|行政|办理|单个?|具体|联办)?事项(名称|清单|内容|明细|目录|范围)?"
)
_REQUIREMENT = re.compile(
    r"(工作|具体|落实|主要|重点|任务|推进|改革|保障|实施|目标|细化|分解|建设|和|及|的)*"
    r"(要求|措施|举措|内容|做法|具体任务|细化任务|分解任务|任务分解|具体工作|工作清单)(内容|清单)?"
)
_SECTION = re.compile(
    r"(任务|工作|事项|项目|改革|重点)?(类别|分类|类型|大类|领域|板块|方面|门类)|[一二]级(指标|任务|目录|事项|分类)|重点领域|专项行动|行动名称|章节"
)
_EITHER = re.compile(
    r"(主要|重点|工作|目标|年度|改革|具体|攻坚|专项|总体|整改|创建|建设)*"
    r"(任务|工作|事项|项目|指标|目标任务|任务目标|改革事项)(名称|清单|项目|事项|分解|指标)*"
)
_IGNORED = re.compile(
    r"备注|说明|(责任|牵头|分管|联系|主管|包联|经办)?(市|区|县|州|局|厅)?(领导|负责人|责任人|联系人)|(联系)?(电话|方式)"
    r"|(目前|当前|最新|完成|进展|落实|办理|整改|推进|工作)(情况|进展|状态|进度)|是否.+|依据|.*(层级|依据|类型)|地区"
)


_LONGEST = 200  # characters; no head is as long, and the patterns below are slow on a whole document


@dataclass(frozen=True)
class Layout:
    """Which column stands where: the column of each index, and the printed heads (also the unread ones)."""

    width: int
    columns: Mapping[int, Column]
    heads: Mapping[Column, str]
    unread: tuple[str, ...] = ()
    promoted: bool = False  # 责任单位 beside 配合单位 with no 牵头单位 is read as the lead


def bare(text: str) -> str:
    """Return a head without blanks, quotes, marks and bracketed notes: “牵 头 单 位（部门）” gives 牵头单位."""
    if len(text) > _LONGEST:
        return text[:_LONGEST]
    without = re.sub(r"[(（【\[][^)）】\]]*[)）】\]]", "", texts.compact(text))
    return re.sub(r"[“”\"'‘’《》：:*＊/／、]", "", without)


def is_head(text: str, kind: Kind) -> bool:
    """Tell whether a cell reads like a head of a list of this kind, the columns that are not read included."""
    word = bare(text)
    return 0 < len(word) <= 16 and (bool(_roles(word, kind)) or _IGNORED.fullmatch(word) is not None)


def _roles(word: str, kind: Kind) -> set[str]:
    """Return what a head may mean; a theme list and a task list know different heads."""
    patterns = {"seq": _SEQ, "lead": _LEAD, "supporting": _SUPPORTING, "responsible": _RESPONSIBLE}
    if kind is Kind.THEMES:
        patterns |= {"theme": _THEME, "items": _ITEMS, "limit": _LIMIT}
    else:
        patterns |= {"deadline": _DEADLINE, "requirement": _REQUIREMENT, "section": _SECTION, "either": _EITHER}
    return {role for role, pattern in patterns.items() if pattern.fullmatch(word)}


def layout(row: Row, kind: Kind) -> Layout | None:
    """Return the layout that a row of heads gives, or None when the row is not the head of such a list."""
    words = [bare(cell or "") for cell in row]
    if any(len(word) > 16 for word in words):
        return None
    roles = [_roles(word, kind) for word in words]
    columns = {index: Column[role.upper()] for role in ("seq", "lead") for index in _with(roles, role)[:1]}
    columns |= _units(roles, columns) | (_theme_columns(roles, words) if kind is Kind.THEMES else _task_columns(roles))
    found = set(columns.values())
    if not _suffices(found, kind):
        return None
    promoted = Column.LEAD not in found and {Column.RESPONSIBLE, Column.SUPPORTING} <= found
    if promoted:
        columns = {at: Column.LEAD if column is Column.RESPONSIBLE else column for at, column in columns.items()}
    unread = tuple(
        word
        for at, word in enumerate(words)
        if word and at not in columns and not _IGNORED.fullmatch(word) and not _OLD_LIMIT.fullmatch(word)
    )
    heads = {column: texts.compact(row[at] or "") for at, column in sorted(columns.items(), reverse=True)}
    return Layout(len(row), columns, heads, unread, promoted)


def _with(roles: Sequence[set[str]], role: str) -> list[int]:
    return [index for index, found in enumerate(roles) if role in found]


def _units(roles: Sequence[set[str]], taken: Mapping[int, Column]) -> dict[int, Column]:
    responsible = {at: Column.RESPONSIBLE for at in _with(roles, "responsible") if at not in taken}
    return {at: Column.SUPPORTING for at in _with(roles, "supporting") if at not in taken} | responsible


def _theme_columns(roles: Sequence[set[str]], words: Sequence[str]) -> dict[int, Column]:
    """Choose theme, items and limit; the limit after the reform wins over the one before."""
    limits = [at for at in _with(roles, "limit") if not _OLD_LIMIT.fullmatch(words[at])]
    limits.sort(key=lambda at: (not _NEW_LIMIT.fullmatch(words[at]), "承诺" not in words[at]))
    themes, items = _with(roles, "theme"), _with(roles, "items")
    if not themes and len(items) > 1:  # “事项名称” beside “涉及事项”
        themes = items[:1]
    items = [at for at in items if at not in themes[:1]]
    chosen = ((themes, Column.THEME), (items, Column.ITEMS), (limits, Column.LIMIT))
    return {found[0]: column for found, column in chosen if found}


def _task_columns(roles: Sequence[set[str]]) -> dict[int, Column]:
    """Choose requirement and section: the finest text column is the requirement, the coarsest the section."""
    strong, either, coarse = (_with(roles, role) for role in ("requirement", "either", "section"))
    requirement = (strong or either)[-1:]
    section = [at for at in (*coarse, *either, *strong) if at not in requirement][:1]
    deadline = _with(roles, "deadline")[:1]
    chosen = ((requirement, Column.REQUIREMENT), (section, Column.SECTION), (deadline, Column.DEADLINE))
    return {found[0]: column for found, column in chosen if found}


def _suffices(found: set[Column], kind: Kind) -> bool:
    if kind is Kind.THEMES:
        return {Column.THEME, Column.ITEMS} <= found
    return Column.REQUIREMENT in found and len(found & {Column.DEADLINE, Column.LEAD, Column.RESPONSIBLE}) > 0
