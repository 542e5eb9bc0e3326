"""The inputs of the editor of an item, section by section: what people call them, what can be chosen, what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tongban.catalogue.rules import dictionaries as words
from tongban.catalogue.rules.elements import WORDS
from tongban.catalogue.rules.parts import SPECIAL_WORDS, STOP_WORDS


@dataclass(frozen=True)
class Column:
    """One input: its key in the body, its label, its kind, what can be chosen (a mapping, or the name of a list of the place).

    `usual` is what counts where the body says nothing; `is_rare` inputs of a row fold away while they are empty.
    """

    key: str
    label: str
    kind: str = "text"  # text, area, int, money, bool, choice, multi, lines, when, after, choices, unsure
    options: Mapping[str, str] | str = field(default_factory=dict)
    hint: str = ""
    usual: Any = None
    is_rare: bool = False


@dataclass(frozen=True)
class Input:
    """An element of the item in the editor: one input, or a group or a list of rows of them."""

    column: Column
    columns: tuple[Column, ...] = ()
    is_list: bool = False

    @property
    def key(self) -> str:
        """The element."""
        return self.column.key


def _one(
    key: str, kind: str = "text", options: Mapping[str, str] | str = "", hint: str = "", usual: Any = None
) -> Input:
    return Input(Column(key, WORDS[key], kind, options, hint, usual))


def _rows(key: str, *columns: Column, hint: str = "") -> Input:
    return Input(Column(key, WORDS[key], hint=hint), columns, is_list=True)


def _group(key: str, *columns: Column, hint: str = "") -> Input:
    return Input(Column(key, WORDS[key], hint=hint), columns)


ROLES = {"clerk": "受理人员", "reviewer": "审查人员", "head": "负责人"}
LAW = (Column("basis.law", "依据的法规"), Column("basis.article", "条款"))
RARE_LAW = tuple(replace(column, is_rare=True) for column in LAW)
PAID = {"before_result": "领结果前", "before_decision": "决定前", "before_acceptance": "受理前"}
STATIONS = {"township": "乡镇（街道）", "village": "村（社区）"}
SOURCES = {"applicant": "申请人自备", "government": "政府部门核发", "other": "其他"}
MATERIAL_FORMS = {"electronic": "电子", "copy": "复印件", "original": "原件"}
RESULTS = {"licence": "证照", "paper": "批文、证明", "record": "登记在系统里"}
YES = {"required": "必要", "optional": "可以不交", "deferrable": "可以容缺后补"}
SECTIONS: dict[str, tuple[str, tuple[Input, ...]]] = {
    "basics": ("基本信息", (
        _one("name"), _one("aliases", "lines", hint="一行一个，人们也这样叫它"), _one("summary", "area", hint="一句话说清谁在什么时候办它"),
        _one("type", "choice", words.ON_APPLICATION), _one("catalog_code", hint="基本目录里的 12 位编码"), _one("org", "choice", "organisations"),
        _one("level", "choice", words.LEVELS, hint="不选：和实施主体的层级一样"), _one("power_source", "choice", words.POWER_SOURCES, usual="1"),
        _one("body", "choice", words.BODIES, usual="1"), _one("entrusted_by"), _one("joint_with", "lines"),
        _group("grant", Column("held_by", "原来由谁办", "choice", "organisations"), Column("document", "赋权文件"),
               Column("revoked_by", "收回的文件"), Column("reason", "为什么收回"), hint="生效、停办的日子写在计划生效日、计划取消日"),
        _one("old_codes", "lines", hint="10 位或 24 位"),
        _rows("variants", Column("code", "顺序码（01 至 99）"), Column("name", "名称"), Column("when", "什么情形", "when")),
        _one("from_on", hint="例如 2026-12-01"), _one("until_on"),
        _group("suspended", Column("since", "从哪天起"), Column("words", "为什么，可以怎么办", "area")),
        _one("note", hint="例如：示例（未经审定）"),
    )),
    "basis": ("依据和条件", (
        _rows("basis", Column("law", "法规名称"), Column("article", "条款")), _one("audience", "multi", words.AUDIENCES),
        _one("person_topics", "multi", words.PERSON_TOPICS), _one("firm_topics", "multi", words.FIRM_TOPICS),
        _one("conditions", "lines", hint="一行一条"), _one("limit_note", "area"), _one("rights", "area"),
    )),
    "timing": ("时限和环节", (
        _one("statutory_days", "int"), _one("promised_days", "int", hint="0 就是当日办结（即办件）"), _one("long_limit"),
        _rows("steps", Column("name", "环节"), Column("role", "谁办", "choice", ROLES, usual="reviewer"), Column("days", "工作日", "int", usual=1),
              Column("after", "什么时候开始", "after"), Column("on_site", "要上门", "bool")),
        _rows("special", Column("kind", "特别程序", "choice", SPECIAL_WORDS), Column("days", "最多几个工作日", "int"), *LAW),
        _rows("stops", Column("kind", "停止承诺时限的情形", "choice", STOP_WORDS), Column("days", "最多几个工作日", "int"), *LAW,
              Column("quote", "原文")),
        _one("safety", "bool"), _group("instant", Column("table", "决策表", "choice", "tables"),
                                       Column("mode", "方式", "choice", {"shadow": "影子运行", "live": "直接决定"}, usual="shadow")),
        _group("baseline", Column("steps", "原来的环节", "int"), Column("materials", "原来的材料", "int"), Column("days", "原来的工作日", "int"),
               Column("visits", "原来跑几次", "int"), Column("document", "出自哪个文件"), hint="四减就拿它来比"),
        _rows("local", Column("element", "哪一项和基本目录不同", "choice", {
            "name": "事项名称", "type": "事项类型", "audience": "服务对象", "statutory_days": "法定时限", "promised_days": "承诺时限",
            "materials": "申请材料", "fee": "收费"}), Column("reason", "理由")),
    )),
    "form": ("表单", (
        _rows("fields", Column("element", "问什么", "choice", "elements"), Column("required", "必填", "bool", usual=True), Column("hint", "提示"),
              Column("when", "什么时候问", "when"), hint="按这里的先后排；同一个数据元只问一次"),
    )),
    "materials": ("材料", (
        _rows("materials", Column("type", "材料", "choice", "materials"), Column("necessity", "必要性", "choice", YES, usual="required"),
              Column("defer_days", "容缺：几个工作日内补", "int"), Column("source", "从哪来", "choice", SOURCES, usual="applicant"),
              Column("form", "形式", "choice", MATERIAL_FORMS, usual="electronic"),
              Column("copies", "份数", "int", usual=1), Column("when", "什么时候要", "when"),
              Column("commitment", "告知承诺：承诺书的话", "area", is_rare=True), Column("is_proof", "属于证明材料", "bool", is_rare=True), *RARE_LAW,
              Column("note", "填报须知", is_rare=True),
              Column("accept_rule", "受理标准", is_rare=True)),
        _rows("intermediaries", Column("name", "中介服务"), *LAW),
    )),
    "results": ("收费和结果", (
        _group("fee", Column("standard", "收费标准"), Column("basis", "收费依据"), Column("amount_fen", "金额（元）", "money"),
               Column("when", "什么时候交", "choice", PAID, usual="before_result"),
               hint="不收费的都留空"),
        _one("pay_online", "bool"),
        _group("result", Column("kind", "结果类型", "choice", RESULTS), Column("name", "结果名称"),
               Column("licence_type", "证照类型", "choice", "licences"), Column("sample", "样本写些什么", "area")),
    )),
    "places": ("在哪里办", (
        _one("ways", "multi", words.WAYS, usual=["1", "2"]),
        _one("online", "multi", words.ONLINE, usual=["1", "2", "3", "4", "5", "6"]), _one("reach", "choice", words.REACHES),
        _one("visits", "int", usual=0), _one("visit_reason", "area"), _one("stations", "multi", STATIONS),
        _one("kiosk", "bool"), _one("address", hint="不写就用机构的"), _one("hours", hint="不写就用大厅的"), _one("traffic", "area"),
        _one("phone", hint="不写就用机构的"), _one("supervision_phone", hint="不写就用 12345"),
    )),
    "answers": ("查找和问答", (
        _one("keywords", "lines", hint="人们会说的词，一行一个"), _rows("faq", Column("ask", "问"), Column("answer", "答", "area")),
    )),
}  # fmt: skip

THEME_WORDS = {
    "code": "内部代码", "seq": "官方序号", "name": "主题名称", "short_name": "简称", "summary": "一句话说明", "audience": "服务对象", "stage": "阶段",
    "lead": "牵头单位", "responsible": "责任单位", "limit": "联办时限", "visits": "到现场次数", "members": "联办事项", "questions": "导办题",
    "keywords": "关键词", "frequent": "高频", "permit": "一业一证",
}  # fmt: skip


def _theme(
    key: str, kind: str = "text", options: Mapping[str, str] | str = "", hint: str = "", usual: Any = None
) -> Input:
    return Input(Column(key, THEME_WORDS[key], kind, options, hint, usual))


THEME_SECTIONS: dict[str, tuple[str, tuple[Input, ...]]] = {
    "basics": ("基本信息", (
        _theme("name"), _theme("short_name", hint="人们口头怎么叫，例如：我要开酒店"), _theme("summary", "area"), _theme("seq", "int"),
        _theme("audience", "multi", words.AUDIENCES), _theme("stage", hint="例如：准营、招工"), _theme("lead", "choice", "organisations"),
        _theme("responsible", "multi", "organisations"), _theme("visits", "int", usual=0), _theme("frequent", "bool"),
        Input(Column("limit", "联办时限"), (Column("text", "照文件写"), Column("days", "几个工作日", "int"),
                                         Column("immediate", "即时办结", "bool"), Column("excludes", "不含哪些"))),
        Input(Column("permit", "一业一证", hint="全部准予后发一张综合许可证；没有就留空"),
              (Column("licence_type", "综合许可证", "choice", "licences"), Column("issuer", "由谁发（不选：牵头单位）", "choice", "organisations"))),
    )),
    "members": ("联办事项", (
        Input(Column("members", "联办事项", hint="没有写名称的，用事项自己的名称"), (
            Column("item", "事项", "choice", "items"), Column("name", "在这里叫什么"), Column("limit_days", "几个工作日", "int"),
            Column("when", "什么时候办", "when"), Column("waits_for", "等哪些先办完", "multi", "members"),
            Column("outside_limit", "不计入联办时限", "bool")), is_list=True),
    )),
    "questions": ("导办题", (
        Input(Column("questions", "导办题", hint="回答决定办哪些事项；怎么答都没有用的题，检查会说出来"), (
            Column("ask", "问什么"), Column("why", "为什么问"), Column("hint", "提示"),
            Column("choices", "选项", "choices", hint="一行一个"), Column("unsure", "选“不确定”时按哪个算", "unsure"),
            Column("when", "什么时候问", "when"), Column("element", "答案填进表单的哪一项（没有就不选）", "choice", "choosing", is_rare=True)),
            is_list=True),
    )),
    "answers": ("查找", (_theme("keywords", "lines", hint="人们会说的词，一行一个"),)),
}  # fmt: skip
Sections = dict[str, tuple[str, tuple[Input, ...]]]
SCHEMAS: dict[str, Sections] = {"item": SECTIONS, "theme": THEME_SECTIONS}
NAMES: dict[str, Mapping[str, str]] = {"item": WORDS, "theme": THEME_WORDS}
# Kind -> element -> the section of the editor in which it is mended.
SECTION_OF: dict[str, dict[str, str]] = {
    kind: {row.key: section for section, (_, rows) in sections.items() for row in rows}
    for kind, sections in SCHEMAS.items()
}
