"""The ledger as a workbook."""

from __future__ import annotations

from tongban.core import books
from tongban.taskforce.models import Campaign
from tongban.taskforce.queries.ledger import Ledger

COLUMNS = (
    "任务类别", "序号", "工作要求", ("印发的时限", "清单原文；演示顺延过年份的，与“完成时限”不同"), "完成时限", "单位", "牵头或责任", "状态",
    ("亮灯", "正常：进度不低于序时进度；落后：低于序时进度；超期：过了完成时限还没有销号；已销号：核验通过；不计时：与省同步推进或没有明确时限"),
    "亮灯依据", ("进度（%）", "单位最近一次没有被退回的填报"), ("本期填报", "按时：窗口关闭以前交；迟报：窗口关闭以后补；未报：还没有交"),
    "自报数", "困难", "特色亮点", "宣传报道（篇）", "佐证（份）", "黄色督办单", "红色督办单",
)  # fmt: skip
TERMS = (("序时进度", "交办日到完成时限之间，已过天数 ÷ 总天数"),)


def ledger_book(campaign: Campaign, found: Ledger) -> bytes:
    """Return a ledger as .xlsx, a row for each share, with a sheet of what the columns mean."""
    rows = []
    for task in found.tasks:
        for share in task.shares:
            row, report = share.row, share.report
            how = "" if share.is_outside else "未报" if report is None else "迟报" if report.is_late else "按时"
            rows.append((
                task.task.section, task.task.number, task.task.requirement, task.task.deadline, row.due_on.isoformat() if row.due_on else "",
                share.unit, "牵头" if row.leads else "责任", share.state, share.lamp.word, share.lamp.why, row.progress, how,
                float(report.value) if report and report.value is not None else None, report.blocker if report else "",
                report.highlight if report else "", report.publicity if report else None, len(report.files) if report else None,
                row.orders.get("yellow", 0), row.orders.get("red", 0),
            ))  # fmt: skip
    return books.written(books.Sheet("台账", COLUMNS, rows, f"{campaign.name}，来源：{campaign.source}", TERMS))
