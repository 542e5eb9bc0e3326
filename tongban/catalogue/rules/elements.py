"""The elements of an item in people's words, and their sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Section -> element -> what people call it; the order is the guide's. Source: standards reference 1.4.
SECTIONS: dict[str, dict[str, str]] = {
    "基本信息": {
        "code": "内部代码", "name": "事项名称", "aliases": "别名", "summary": "一句话说明", "type": "事项类型", "catalog_code": "基本编码",
        "old_codes": "旧编码", "org": "实施主体", "level": "行使层级", "power_source": "权力来源", "body": "实施主体性质",
        "entrusted_by": "委托部门", "grant": "赋权", "guided_by": "中央业务指导部门", "joint_with": "联办机构", "tracked_only": "外部办理、只跟踪",
        "note": "备注", "prepared": "已编制", "suspended": "暂停办理", "from_on": "计划生效日", "until_on": "计划取消日",
        "variants": "业务办理项",
    },
    "依据和条件": {"basis": "设定依据", "audience": "服务对象", "person_topics": "自然人主题", "firm_topics": "法人主题",
                  "conditions": "受理条件", "limit_note": "数量限制", "rights": "权利义务"},
    "时限和环节": {"statutory_days": "法定时限（工作日）", "promised_days": "承诺时限（工作日）", "long_limit": "长于 20 日的依据",
                  "steps": "办理环节", "special": "特别程序", "stops": "可以停止计时的情形", "safety": "涉及公共安全、人身健康",
                  "on_timeout": "超时默认", "instant": "智能秒批", "baseline": "四减基线", "local": "地方差异"},
    "表单": {"fields": "表单字段"},
    "材料": {"materials": "申请材料", "intermediaries": "中介服务"},
    "收费和结果": {"fee": "收费", "pay_online": "网上支付", "result": "审批结果"},
    "在哪里办": {"ways": "办理形式", "online": "网办环节", "depth": "网办深度", "reach": "通办范围", "visits": "到现场次数",
                "visit_reason": "必须到现场的原因", "stations": "下放到", "in_hall": "进驻大厅", "kiosk": "自助终端", "address": "办理地点",
                "hours": "办理时间", "traffic": "交通指引", "phone": "咨询电话", "supervision_phone": "监督投诉电话"},
    "查找和问答": {"keywords": "关键词", "faq": "常见问题"},
}  # fmt: skip
WORDS = {element: words for rows in SECTIONS.values() for element, words in rows.items()}
# The parts of an element.
PART_WORDS = {
    "law": "法规", "article": "条款", "code": "代码", "name": "名称", "role": "岗位", "days": "天数", "after": "等待", "on_site": "上门",
    "element": "数据元", "required": "必填", "hint": "提示", "when": "条件", "type": "类型", "necessity": "必要性",
    "defer_days": "补交天数", "defer_lapse": "逾期后", "commitment": "承诺书", "check_days": "核查天数", "form": "形式", "copies": "份数",
    "source": "来源", "is_proof": "证明材料", "basis": "依据", "accept_rule": "受理标准", "note": "填报须知", "standard": "标准",
    "amount_fen": "金额", "others": "其他金额", "refund": "退费", "kind": "种类", "licence_type": "证照类型", "sample": "样本",
    "ask": "问", "answer": "答", "table": "决策表", "mode": "方式", "document": "文件", "quote": "原文", "since": "自", "words": "说明",
    "steps": "环节", "materials": "材料", "visits": "到现场次数", "fee_fen": "收费", "reason": "理由",
    "held_by": "原实施主体", "revoked_by": "收回文件",
}  # fmt: skip
# What a citizen would miss in a guide: the meter of completeness counts these (编制完整度).
METERED = ("name", "summary", "basis", "audience", "conditions", "statutory_days", "steps", "fields", "materials", "result",
           "address", "phone", "faq", "keywords", "baseline")  # fmt: skip


def completeness(body: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Return how much of what a guide should say is there, in percent, and the words of what is not."""
    missing = [WORDS[element] for element in METERED if body.get(element) in (None, "", [], {})]
    return round(100 * (len(METERED) - len(missing)) / len(METERED)), missing
