"""The columns of a spreadsheet of items: what each fills, what people and foreign systems call it, what can be chosen.

Keys are elements of the item ("fee.standard" a part of one); those with @ help to read the others. Source: standards reference 1.4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tongban.authoring.rules.cells import line
from tongban.authoring.rules.schema import MATERIAL_FORMS, RESULTS, SOURCES, STATIONS, YES
from tongban.catalogue.rules import dictionaries as words

IGNORED = "@none"


@dataclass(frozen=True)
class Column:
    """One column: key, label, how its cells are read, other heads (fields of the exchange tables first), choices, help."""

    key: str
    label: str
    kind: str = "text"
    heads: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    help: str = ""
    example: str = ""
    is_in_template: bool = True


TYPES = {"许可": "01", "给付": "05", "确认": "07", "奖励": "08", "裁决": "09", "其他权力": "10", "其他": "10", "其他类别": "10",
         "其他行政权力事项": "10", "公共服务事项": "20", "服务": "20", "21": "20", "行政许可事项": "01"}  # fmt: skip
NOT_ON_APPLICATION = ("行政处罚", "行政强制", "行政征收", "行政检查", "02", "03", "04", "06")
_LEVELS = {"国家": "1", "部级": "1", "省": "2", "省级直属": "2", "市": "3", "州级": "3", "地市级": "3", "县": "4", "区级": "4", "区县级": "4",
           "县区级": "4", "县市区级": "4", "乡镇级": "5", "镇级": "5", "街道级": "5", "乡级": "5", "镇乡街道级": "5", "镇": "5",
           "村级": "6", "社区级": "6", "村": "6"}  # fmt: skip
AUDIENCE_WORDS = {
    "1": "person", "个人": "person", "公民": "person", "自然人": "person", "群众": "person", "2": "firm", "3": "firm", "4": "firm",
    "5": "firm", "6": "firm",
    "9": "firm", "法人": "firm", "企业法人": "firm", "企业": "firm", "事业法人": "firm", "社会组织法人": "firm", "社会组织": "firm",
    "行政机关": "firm",
    "其他组织": "firm", "非法人企业": "firm", "非法人组织": "firm", "个体工商户": "firm", "机关": "firm", "法人和其他组织": "firm",
}  # fmt: skip
_WAYS = {"窗口": "1", "现场": "1", "现场办理": "1", "大厅办理": "1", "网上": "2", "网上办理": "2", "电脑": "2", "pc端": "2", "网办": "2",
   "掌上办": "3",
         "手机": "3", "app": "3", "移动端": "3", "快递": "4", "邮寄": "4", "快递申请": "4", "其他": "9"}  # fmt: skip
_ONLINE = {"咨询": "1", "收件": "2", "预审": "3", "受理": "4", "办理": "5", "结果反馈": "6", "证照反馈": "7"}
_DEPTHS = {"ⅰ级": "1", "ⅱ级": "2", "ⅲ级": "3", "ⅳ级": "4", "i级": "1", "ii级": "2", "iii级": "3", "iv级": "4", "一级": "1", "二级": "2",
   "三级": "3",
           "四级": "4", "全程网办": "4"}  # fmt: skip
_REACHES = {
    "全国": "1",
    "跨省": "1",
    "全省": "2",
    "跨市": "2",
    "全市": "3",
    "跨县": "3",
    "全县": "4",
    "全镇": "5",
    "跨村": "6",
}
_NEEDS = {"是": "required", "必须": "required", "必要材料": "required", "1": "required", "否": "optional", "非必要": "optional",
   "非必需": "optional",
          "0": "optional", "选交": "optional", "容缺": "deferrable", "可容缺": "deferrable", "容缺后补": "deferrable", "2": "optional",
          "3": "deferrable"}  # fmt: skip
_SOURCES = {"申请人": "applicant", "自备": "applicant", "1": "applicant", "政府核发": "government", "政府部门": "government", "2": "government",
            "9": "other", "其它": "other"}  # fmt: skip
_FORMS = {"电子版": "electronic", "电子件": "electronic", "纸质或电子": "electronic", "复印": "copy", "纸质": "original",
   "原件和复印件": "original",
          "原件或复印件": "original", "2": "copy", "1": "original"}  # fmt: skip
_RESULTS = {"证件": "licence", "批文": "paper", "证明": "paper", "文件": "paper", "其他": "record", "无": "record", "登记": "record",
   "出证办结": "licence",
            "出文办结": "paper", "审批办结": "record", "批复": "paper"}  # fmt: skip
_STATIONS = {
    "乡镇": "township",
    "街道": "township",
    "镇": "township",
    "村": "village",
    "社区": "village",
    "村社区": "village",
}
UNITS = {"1": "工作日", "工作日": "工作日"}


def _c(key: str, label: str, kind: str = "text", *heads: str, **rest: object) -> Column:
    return Column(key, label, kind, heads, **rest)  # type: ignore[arg-type]  # the keywords of Column


MARK = _c("@mark", "标记", "skip", help="写“示例”的行不取", example="示例")
ITEMS: tuple[Column, ...] = (
    MARK,
    _c("code", "内部代码", "slug", "code", "事项内部代码", help="小写字母、数字和 -；新事项可以不写，由系统编", example=""),
    _c("name", "事项名称", "text", "task_name", "名称", "事项名", "实施清单名称", "业务办理项名称", "taskname", "政务服务事项名称",
       "主项名称", "子项名称",
       help="照基本目录写", example="示例小作坊登记"),
    _c("catalog_code", "基本编码", "basic", "catalog_code", "基本目录编码", "事项基本编码", "catalogcode", "目录编码",
       help="12 位数字，列设为文本", example="430100099000"),
    _c("@task_code", "实施编码", "task", "task_code", "实施清单编码", "事项编码", "taskcode", "task_handle_item", "业务办理项编码",
       help="31 位；有它就认得出单位和基本编码"),
    _c("type", "事项类型", "choice", "task_type", "权力类型", "职权类型", "事项类别", "tasktype", "类型", options=words.ON_APPLICATION,
       aliases=TYPES, example="行政许可"),
    _c("org", "实施主体", "org", "dept_name", "实施部门", "实施机构", "实施单位", "主管部门", "责任部门", "部门", "单位", "部门名称",
       "单位名称", "所属部门", "办理部门",
       help="写单位的名称或简称", example=""),
    _c("@org_code", "实施主体编码", "uscc", "dept_code", "统一社会信用代码", "实施主体统一社会信用代码", "组织机构代码", "部门编码",
       "单位代码", "信用代码", help="18 位统一社会信用代码"),
    _c("level", "行使层级", "choice", "use_level", "层级", "行使级别", "办理层级", options=words.LEVELS, aliases=_LEVELS,
       help="不写就和单位的层级一样"),
    _c("power_source", "权力来源", "choice", "power_source", options=words.POWER_SOURCES),
    _c("body", "实施主体性质", "choice", "dept_type", "主体性质", options=words.BODIES),
    _c("entrusted_by", "委托部门", "text", "entrust_name"),
    _c("joint_with", "联办机构", "names", "other_dept", "联办部门"),
    _c("summary", "一句话说明", "area", "事项简介", "简介", "事项说明", "事项描述", help="谁在什么时候办它", example="开小作坊之前办"),
    _c("aliases", "别名", "names", "俗称", "曾用名", "简称"),
    _c("old_codes", "旧编码", "old", "local_catalog_code", "local_task_code", "原编码", "地方编码", "旧事项编码", "地方基本编码",
       "地方实施编码", help="10 位或 24 位，几个用、隔开"),
    _c("basis", "设定依据", "laws", "by_law", "法律依据", "实施依据", "办理依据", "依据", help="《法规》第几条，几个分行写",
       example="《示例条例》第八条"),
    _c("audience", "服务对象", "multi", "server_type", "服务对象类型", "办理对象", "面向对象", options=words.AUDIENCES,
       aliases=AUDIENCE_WORDS, example="法人和其他组织"),
    _c("person_topics", "自然人主题", "multi", "user_topic_type", "个人主题", "面向自然人事项主题", options=words.PERSON_TOPICS),
    _c("firm_topics", "法人主题", "multi", "corp_topic_type", "面向法人事项主题", options=words.FIRM_TOPICS, example="准营准办"),
    _c("conditions", "受理条件", "sentences", "accept_condition", "办理条件", "申请条件", help="一行一条", example="有固定的场所"),
    _c("limit_note", "数量限制", "area", "limit_explain"),
    _c("rights", "权利义务", "area", "right_and_duty", "申请人权利和义务"),
    _c("statutory_days", "法定时限（工作日）", "days", "anticipate_day", "法定办结时限", "法定时限", "法定期限", "法定", "法定办理时限",
       example="20"),
    _c("@statutory_unit", "法定时限单位", "unit", "anticipate_day_type", "法定办结时限单位", is_in_template=False),
    _c("promised_days", "承诺时限（工作日）", "days", "promise_day", "承诺办结时限", "承诺时限", "承诺期限", "承诺", "承诺办理时限",
       "办理时限", help="当日办结写 0", example="5"),
    _c("@promised_unit", "承诺时限单位", "unit", "promise_day_type", "承诺办结时限单位", is_in_template=False),
    _c("@kind", "办件类型", "kind", "project_type", "办理类型", is_in_template=False),
    _c("long_limit", "长于 20 日的依据", "text", "anticipate_explain", "法定办结时限说明", "法定时限说明"),
    _c("steps", "办理环节", "steps", "handle_flow", "办理流程", "审批环节", "环节", "流程", help="受理和决定之间的环节，几个用、隔开",
       example="审查"),
    _c("special", "特别程序", "special", "special_procedure"),
    _c("safety", "涉及公共安全、人身健康", "yes"),
    _c("@is_fee", "是否收费", "yes", "is_fee", "收费", example="否"),
    _c("fee.standard", "收费标准", "text", "fee_standard", "收费项目及标准"),
    _c("fee.basis", "收费依据", "text", "fee_basis"),
    _c("fee.amount_fen", "收费金额（元）", "yuan", "收费金额", "金额"),
    _c("pay_online", "网上支付", "yes", "is_pay_online", "是否网上支付", "是否支持网上支付"),
    _c("result.kind", "结果类型", "choice", "result_type", "审批结果类型", "办理结果类型", options=RESULTS, aliases=_RESULTS, example="批文、证明"),
    _c("result.name", "结果名称", "text", "result_name", "审批结果名称", "办理结果名称", "审批结果", "办理结果", example="登记证明（示例）"),
    _c("result.licence_type", "证照类型", "licence", "result_licence_type", "电子证照类型"),
    _c("ways", "办理形式", "multi", "handle_type", "办理方式", options=words.WAYS, aliases=_WAYS, example="窗口办理、电脑端网上办理"),
    _c("online", "网办环节", "multi", "online_handle_depth", "网上办理环节", options=words.ONLINE, aliases=_ONLINE),
    _c("depth", "网办深度", "depth", "online_grade", "网上办理深度", "网办等级", options={str(k): v for k, v in words.DEPTHS.items()},
       aliases=_DEPTHS, help="一般不写，由系统算"),
    _c("reach", "通办范围", "choice", "handle_area", options=words.REACHES, aliases=_REACHES),
    _c("visits", "到现场次数", "visits", "limit_scene_num", "到办事现场次数", "跑动次数", "到现场办理次数", "跑腿次数", example="0"),
    _c("visit_reason", "必须到现场的原因", "area", "limit_scene_explain", "必须现场办理原因说明"),
    _c("stations", "下放到", "multi", "stations", "下沉层级", options=STATIONS, aliases=_STATIONS),
    _c("in_hall", "进驻大厅", "yes", "is_entry_center", "是否进驻大厅", "是否进驻政务大厅", example="是"),
    _c("kiosk", "自助终端", "yes", "is_service_terminals", "是否支持自助终端办理"),
    _c("address", "办理地点", "text", "transact_addr", "办理地址", "办公地址"),
    _c("hours", "办理时间", "text", "transact_time", "办公时间"),
    _c("traffic", "交通指引", "text", "traffic_guide"),
    _c("phone", "咨询电话", "text", "link_way", "咨询方式", "联系电话", "电话"),
    _c("supervision_phone", "监督投诉电话", "text", "supervise_way", "监督投诉方式", "投诉电话", "监督电话"),
    _c("from_on", "计划生效日", "day", "plan_effective_date", "计划生效日期", "生效日期"),
    _c("until_on", "计划取消日", "day", "plan_cancel_date", "计划取消日期", "取消日期"),
    _c("keywords", "关键词", "names", "keywords", "搜索词"),
    _c("faq", "常见问题", "questions", "faq", "常见问题解答", help="问：…答：…"),
    _c("materials", "申请材料", "papers", "materials", "材料", "材料清单", "申报材料", help="只写名称，用、隔开；细目写在“材料”表",
       is_in_template=False),
    _c("baseline.steps", "原来的环节", "number", "原环节数"), _c("baseline.materials", "原来的材料", "number", "原材料数"),
    _c("baseline.days", "原来的工作日", "number", "原时限"), _c("baseline.visits", "原来跑几次", "number", "原跑动次数"),
    _c("baseline.document", "四减基线出自", "text", "基线文件"),
    _c("note", "备注", "text", "说明"),
)  # fmt: skip
MATERIALS: tuple[Column, ...] = (
    MARK,
    _c("m.item", "事项编码", "code", "catalog_code", "task_code", "基本编码", "实施编码", "内部代码", "事项代码", "task_handle_item",
       help="内部代码、12 位基本编码或 31 位实施编码", example="430100099000"),
    _c("m.item_name", "事项名称", "text", "task_name", help="没有编码时照名称认", example="示例小作坊登记"),
    _c("m.org", "实施主体", "text", "dept_name", "实施部门", help="几个单位有同一事项时写"),
    _c("m.type", "材料名称", "paper", "material_name", "申请材料名称", "申请材料", "材料", example=""),
    _c("m.necessity", "必要性", "choice", "is_need", "材料必要性", "是否必要", "是否必备材料", "是否必需", options=YES, aliases=_NEEDS,
       example="必要"),
    _c("m.defer_days", "容缺补交天数", "days", "容缺时限"),
    _c("m.source", "来源", "choice", "source_type", "来源渠道", "材料来源", options=SOURCES, aliases=_SOURCES, example="申请人自备"),
    _c("m.form", "形式", "choice", "material_type", "材料类型", "材料形式", options=MATERIAL_FORMS, aliases=_FORMS, example="电子"),
    _c("m.copies", "份数", "copies", "page_num", "纸质份数", "原件份数", example="1"),
    _c("m.note", "填报须知", "area", "fill_explain"),
    _c("m.accept_rule", "受理标准", "area", "accept_standard"),
    _c("m.commitment", "承诺书的话", "area", "告知承诺书"),
    _c("m.is_proof", "属于证明材料", "yes", "是否证明"),
    _c("m.basis.law", "依据的法规", "text", "by_law", "要求提供材料的依据"), _c("m.basis.article", "条款", "text"),
)  # fmt: skip
ITEM, MATERIAL = "items", "materials"
BY_KEY = {column.key: column for column in (*ITEMS, *MATERIALS)}
REPORT_HEADS = ("工作表", "行", "问题", "怎么改")  # of our own failure sheet
_SERIAL = {"序号", "编号", "no", "no.", "id", "行号", "number", *REPORT_HEADS}


def is_serial(head: str) -> bool:
    """Return whether a head only numbers the lines, or is one of our own report."""
    return bare(head) in _SERIAL


def bare(head: str) -> str:
    """Return a head as it is compared: without blanks, marks, what stands in brackets; small letters."""
    said = re.sub(r"[（(\[【].*?[)）\]】]|[\s*＊:：_\-]", "", line(head)).lower()
    return said.removeprefix("是否") or said


def _known(columns: tuple[Column, ...]) -> dict[str, str]:
    return {bare(head): column.key for column in reversed(columns) for head in (*reversed(column.heads), column.label)}


_ITEM_HEADS, _MATERIAL_HEADS = _known(ITEMS), _known(MATERIALS)


def kind_of(heads: tuple[str, ...]) -> str:
    """Return what a sheet with these heads holds: items, materials, or "" nothing that is known."""
    said = {bare(head) for head in heads if head}
    materials = {_MATERIAL_HEADS[head] for head in said if head in _MATERIAL_HEADS}
    items = {_ITEM_HEADS[head] for head in said if head in _ITEM_HEADS}
    if "m.type" in materials and materials & {"m.item", "m.item_name"} and len(materials) >= len(items):
        return MATERIAL
    return ITEM if items & {"name", "code", "catalog_code", "@task_code"} else ""


def score(heads: tuple[str, ...]) -> int:
    """Return how many of the texts are heads that are known."""
    return max(
        len({known[bare(head)] for head in heads if bare(head) in known}) for known in (_ITEM_HEADS, _MATERIAL_HEADS)
    )


def matched(heads: tuple[str, ...], kind: str) -> list[str]:
    """Return the key that each head fills, "" for one that nothing is known of; no key twice."""
    known, used, keys = _MATERIAL_HEADS if kind == MATERIAL else _ITEM_HEADS, set(), []
    for head in heads:
        key = IGNORED if bare(head) in _SERIAL else known.get(bare(head), "")
        keys.append("" if key in used and key != IGNORED else key)
        used.add(key)
    return keys


def columns_of(kind: str) -> tuple[Column, ...]:
    """Return the columns of a kind of sheet."""
    return MATERIALS if kind == MATERIAL else ITEMS


def key_of(words_or_key: str, kind: str) -> str:
    """Return the key that is meant by a key, a label or 不取. Raises KeyError for what is neither."""
    said = words_or_key.strip()
    if said in (IGNORED, "不取", ""):
        return IGNORED
    by_label = {column.label: column.key for column in columns_of(kind)}
    return {**{column.key: column.key for column in columns_of(kind)}, **by_label}[said]
