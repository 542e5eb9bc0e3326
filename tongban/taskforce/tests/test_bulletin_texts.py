"""What a bulletin covers and says, and which figures may stand in it."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.taskforce.rules import bulletins
from tongban.taskforce.rules.bulletins import Facts, Figure, Kind

FIGURES = {"完成率": Figure("完成率", "62.5%", "已销号 ÷ 有时限的分工", (1, 2))}


@pytest.mark.parametrize(
    ("kind", "last", "months", "words"),
    [
        (Kind.MONTH, "2026-08", ["2026-08"], "2026年8月"),
        (Kind.QUARTER, "2026-08", ["2026-07", "2026-08"], "2026年第三季度"),
        (Kind.HALF, "2026-12", [f"2026-{m:02d}" for m in range(7, 13)], "2026年下半年"),
        (Kind.HALF, "2026-02", ["2026-01", "2026-02"], "2026年上半年"),
    ],
)
def test_a_bulletin_covers_its_months(kind: Kind, last: str, months: list[str], words: str) -> None:
    assert bulletins.months_of(kind, last) == months
    assert bulletins.period_words(kind, last) == words


def test_figures_are_filled_from_the_frozen_ones() -> None:
    assert bulletins.filled("完成率{{完成率}}，{{没有}}。", FIGURES) == "完成率62.5%，{{没有}}。"
    found = bulletins.pieces("完成率{{完成率}}，{{没有}}。", FIGURES)
    assert [(piece.words, piece.figure) for piece in found] == [
        ("完成率", ""),
        ("62.5%", "完成率"),
        ("，", ""),
        ("{{没有}}", ""),
        ("。", ""),
    ]


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("完成率{{完成率}}，请于25日前填报。", ""),
        ("完成率 90%", "“90%”是手写的数"),
        ("完成 12 项", "“12 项”是手写的数"),
        ("提高1.5个百分点", "“1.5个百分点”是手写的数"),
        ("排第2名", "“2名”是手写的数"),
        ("{{完成律}}", "没有叫“完成律”的数"),
        ("{{完成率", "有占位没有写完整"),
        ("市公安局：“办理 300 项”", ""),
        ("《2022年58项任务攻坚》进展", ""),
        ("《贯彻《条例》58 项任务》进展", ""),
        ("反映“落实“一件事”12 项”", ""),
        ("《攻坚行动\n完成 12 项\n见《办法》", "“12 项”是手写的数"),
        ("《攻坚行动完成 12 项，见《办法》", "“12 项”是手写的数"),
        ("反映“缺人\n完成 12 项\n又说“快办”", "“12 项”是手写的数"),
        ("反映“缺人，完成 12 项，又说“快办”", "“12 项”是手写的数"),
        ("得90分", "“90分”"),
        ("用时90分钟", ""),
    ],
)
def test_a_figure_typed_by_hand_is_refused(text: str, flaw: str) -> None:
    found = bulletins.text_flaws(text, FIGURES)
    assert (flaw in found[0]) if flaw else found == []


def test_a_draft_passes_its_own_check_and_names_who_lags() -> None:
    facts = Facts(
        "《2022年58项任务攻坚》",
        Kind.MONTH,
        "2026-08",
        date(2026, 8, 26),
        best=["甲局"],
        overdue=["乙局任务 8、31"],
        silent=["丙局"],
        highlights=["甲局：" + bulletins.quoted("上线{{12}}项“新”服务")],
        blockers=["乙局反映“缺 3 人”"],
        left_out=["外单位（平台外单位）"],
        contradictions=["丁局任务 1"],
        next_due=["任务 2（2026-09-30 前）"],
    )
    text = bulletins.draft(facts)
    names = (
        "任务数 单位数 分工数 已销号 完成率 正常 落后 超期 不计时 应报 "
        "按时报 按时填报率 迟报 未报 宣传报道 特色亮点 自报高于平台数 黄色督办单 红色督办单 约谈 问责"
    ).split()
    assert bulletins.text_flaws(text, {name: Figure(name, "1", "") for name in names}) == []
    for words in (
        "排在前面的是甲局",
        "乙局任务 8、31",
        "有应报未报的单位：丙局",
        "“上线12项‘新’服务”",
        "缺 3 人",
        "外单位（平台外单位）",
        "丁局任务 1",
        "2026-09-30 前",
    ):
        assert words in text


def test_an_empty_draft_says_so() -> None:
    text = bulletins.draft(Facts("“攻坚”", Kind.HALF, "2026-08", date(2026, 8, 26)))
    for words in ("没有超期未完成的任务", "应填报的都已填报", "没有填报特色亮点", "2026年下半年"):
        assert words in text


def test_what_is_due_next_is_said_day_by_day_and_each_task_once() -> None:
    rows = [("3", "2026-12-31"), ("1", "2026-09-30"), ("2", "2026-12-31"), ("3", "2026-12-31")]
    assert bulletins.due_words(rows) == ["任务 1（2026-09-30 前）", "任务 3、2（2026-12-31 前）"]
    assert bulletins.due_words([]) == []
