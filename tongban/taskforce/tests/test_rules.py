from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tongban.rules.errors import Conflict
from tongban.taskforce.rules import bulletins, comparing, lamps, lists, moves, periods, rankings
from tongban.taskforce.rules.bulletins import Facts, Figure, Kind
from tongban.taskforce.rules.lamps import Standing
from tongban.taskforce.rules.lists import ALL, Doubt, Match, Row, Unit
from tongban.taskforce.rules.moves import Act, Side, State
from tongban.taskforce.rules.periods import Calendar
from tongban.taskforce.rules.rankings import Method, Tally

START, DUE = date(2026, 6, 1), date(2026, 9, 9)  # 100 days

# Lamps


@pytest.mark.parametrize(
    ("on", "percent"),
    [
        (date(2026, 5, 1), 0),
        (START, 0),
        (date(2026, 6, 2), 1),
        (date(2026, 7, 21), 50),
        (date(2026, 9, 8), 99),
        (DUE, 100),
        (date(2026, 10, 1), 100),
    ],
)
def test_planned_progress_grows_evenly_from_start_to_deadline(on: date, percent: int) -> None:
    assert lamps.expected(START, DUE, on) == percent


def test_planned_progress_of_a_task_due_on_its_first_day_is_whole_at_once() -> None:
    assert lamps.expected(START, START, date(2026, 6, 2)) == 100
    assert lamps.expected(START, START, START) == 0


@pytest.mark.parametrize(
    ("given", "on", "kind", "why"),
    [
        ({"progress": 50}, date(2026, 7, 21), "ok", "进度 50%，序时进度 50%，还有 50 天"),
        ({"progress": 49}, date(2026, 7, 21), "warn", "进度 49%，序时进度 50%，还有 50 天"),
        ({"progress": None}, date(2026, 7, 21), "warn", "没有填报过进度，按 0% 算，序时进度 50%，还有 50 天"),
        ({"progress": 100}, DUE, "ok", "进度 100%，序时进度 100%，今天到期"),
        ({"progress": 100}, date(2026, 9, 10), "bad", "超过完成时限 1 天，进度 100%"),
        ({"state": State.CLOSED, "closed_on": date(2026, 9, 1)}, date(2026, 12, 1), "done", "2026-09-01 销号"),
        (
            {"state": State.CLOSED, "closed_on": date(2026, 9, 12)},
            date(2026, 12, 1),
            "done",
            "2026-09-12 销号，比时限晚 3 天",
        ),
        ({"state": State.PLANNED}, date(2026, 7, 21), "idle", "还没有交办"),
        ({"due_on": None, "syncs": True}, date(2026, 7, 21), "off", "与省同步推进，没有自己的完成时限"),
        ({"due_on": None}, date(2026, 7, 21), "off", "没有明确的完成时限"),
    ],
)
def test_lamp_follows_planned_progress_and_says_the_numbers(
    given: dict[str, object], on: date, kind: str, why: str
) -> None:
    standing = Standing(**({"state": State.RUNNING, "starts_on": START, "due_on": DUE} | given))  # type: ignore[arg-type]
    found = lamps.lamp(standing, on=on)
    assert (found.kind, found.why) == (kind, why)


def test_tolerance_keeps_a_little_behind_green() -> None:
    standing = Standing(State.RUNNING, START, DUE, progress=45)
    assert lamps.lamp(standing, on=date(2026, 7, 21), tolerance=5).kind == "ok"
    assert lamps.lamp(standing, on=date(2026, 7, 21), tolerance=4).kind == "warn"


def test_the_worst_lamp_speaks_for_a_task() -> None:
    assert lamps.worst(["done", "ok", "warn"]) == "warn"
    assert lamps.worst(["done", "off"]) == "off"
    assert lamps.worst([]) == ""
    assert lamps.finding({"ok": 3, "bad": 1}) == "共 4 项分工：超期 1，正常 3"
    assert lamps.finding({}) == "还没有分工"


# Calendar


@pytest.mark.parametrize(
    ("day", "month", "opens", "closes"),
    [
        (25, 8, date(2026, 8, 20), date(2026, 8, 25)),
        (24, 8, date(2026, 8, 19), date(2026, 8, 24)),
        (31, 2, date(2026, 2, 23), date(2026, 2, 28)),  # the last day of a shorter month
        (3, 3, date(2026, 2, 26), date(2026, 3, 3)),
    ],
)
def test_window_closes_on_the_set_day_and_opens_some_days_before(
    day: int, month: int, opens: date, closes: date
) -> None:
    found = periods.window(Calendar(day), 2026, month)
    assert (found.opens_on, found.closes_on) == (opens, closes)
    assert periods.window_of(Calendar(day), found.period) == found


def test_windows_lie_wholly_within_the_campaign() -> None:
    found = periods.windows(Calendar(25), date(2025, 11, 21), date(2026, 2, 25))
    assert [one.period for one in found] == ["2025-12", "2026-01", "2026-02"]
    assert periods.windows(Calendar(25), date(2026, 1, 20), date(2026, 1, 24)) == []


@pytest.mark.parametrize(
    ("on", "period"),
    [
        (date(2026, 6, 19), None),  # before the first opens
        (date(2026, 6, 20), "2026-06"),
        (date(2026, 6, 25), "2026-06"),
        (date(2026, 7, 19), "2026-06"),  # late
        (date(2026, 7, 20), "2026-07"),
        (date(2027, 1, 3), "2026-12"),
    ],
)
def test_a_report_belongs_to_the_window_open_or_the_last_that_closed(on: date, period: str | None) -> None:
    found = periods.current(Calendar(25), on, since=START)
    assert (found.period if found else None) == period


def test_a_window_that_opens_in_the_month_before_counts_from_its_opening() -> None:
    found = periods.current(Calendar(3), date(2026, 12, 30), since=START)
    assert found is not None
    assert found.period == "2027-01"


def test_closing_day_itself_is_in_time() -> None:
    one = periods.window(Calendar(25), 2026, 8)
    assert not periods.is_late(one, date(2026, 8, 25))
    assert periods.is_late(one, date(2026, 8, 26))


@pytest.mark.parametrize(
    ("assigned_on", "closed_on", "owed"),
    [
        (None, None, False),
        (date(2026, 8, 20), None, True),
        (date(2026, 8, 21), None, False),  # handed out when the window was open already
        (START, date(2026, 8, 25), False),  # struck off before it closed
        (START, date(2026, 8, 26), True),
    ],
)
def test_who_was_handed_a_task_when_the_window_opened_owes_a_report(
    assigned_on: date | None, closed_on: date | None, owed: bool
) -> None:
    one = periods.window(Calendar(25), 2026, 8)
    assert periods.owes(one, assigned_on=assigned_on, closed_on=closed_on) is owed


def test_ladder_goes_from_opening_to_late() -> None:
    one = periods.window(Calendar(25), 2026, 8)
    found = [(step.step, step.on) for step in periods.ladder(Calendar(25, 5, (1, 3, 3, 9, 0)), one)]
    assert found == [
        ("open", date(2026, 8, 20)),
        ("before-3", date(2026, 8, 22)),
        ("before-1", date(2026, 8, 24)),
        ("late", date(2026, 8, 26)),
    ]


def test_next_opening_lies_ahead() -> None:
    assert periods.next_opening(Calendar(25), date(2026, 8, 19)).period == "2026-08"
    assert periods.next_opening(Calendar(25), date(2026, 12, 20)).period == "2027-01"


def test_phase_of_a_day() -> None:
    phases = [("部署", date(2026, 6, 1), date(2026, 6, 30)), ("攻坚", date(2026, 7, 1), date(2026, 9, 30))]
    assert periods.phase_words(phases, date(2026, 6, 30)) == "部署"
    assert periods.phase_words(phases, date(2026, 10, 1)) == ""


# Moves


def test_an_act_that_the_table_does_not_know_is_refused_in_words() -> None:
    with pytest.raises(Conflict, match="现在是“已销号”，不能申请延期"):
        moves.after(Act.ASK_DELAY, State.CLOSED)
    assert moves.after(Act.SIGN, State.ASSIGNED) is State.RUNNING


def test_each_side_is_offered_its_own_acts() -> None:
    assert moves.possible(State.RUNNING, Side.UNIT) == [Act.REPORT, Act.ASK_DELAY, Act.ASK_CLOSE]
    assert moves.possible(State.CLOSE_ASKED, Side.UNIT) == []
    assert Act.VERIFY_CLOSE in moves.possible(State.CLOSE_ASKED, Side.OVERSEER)
    assert moves.possible(State.OUTSIDE, Side.OVERSEER) == [Act.TALK, Act.BLAME]


def test_every_state_and_act_has_its_word() -> None:
    assert set(moves.STATE_WORDS) == set(State)
    assert set(moves.ACT_WORDS) == set(moves.SIDES) == set(Act)


# Lists


def row(seq: str = "1", **more: object) -> Row:
    given: dict[str, object] = {
        "sub": "",
        "section": "",
        "requirement": "做",
        "deadline": "",
        "due_on": None,
        "syncs": False,
        "lead": ("甲局",),
        "responsible": (),
    }
    return Row(seq, **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("where", "place"),
    [("序号8（第2页）", ("8", "")), ("序号8-2（第9行）", ("8", "2")), ("完成时限", None), ("第3行", None)],
)
def test_a_finding_finds_its_row(where: str, place: tuple[str, str] | None) -> None:
    assert lists.place_of(where) == place


@pytest.mark.parametrize(
    ("reason", "column"),
    [
        ("“某某”不像单位名称，照原文保留", "responsible"),
        ("“牵头单位”为空，按合并单元格沿用上一行“甲”", "lead"),
        ("“尽快”认不出日期", "deadline"),
        ("序号不连续，上一行是序号3", "seq"),
        ("工作要求为空", "requirement"),
    ],
)
def test_a_finding_finds_its_column(reason: str, column: str) -> None:
    assert lists.column_of(reason) == column


def test_faults_of_rows() -> None:
    rows = [
        row(),
        row("2"),
        row("2"),
        row("2", sub="1"),
        row(""),
        row("5", requirement=""),
        row("6", lead=()),
        row("2", left_out="重复"),
    ]
    found = [[fault.words for fault in faults] for faults in lists.faults(rows)]
    double = ["序号 2 有 2 行，请改成不同的序号"]
    assert found == [[], double, double, [], ["没有序号"], ["工作要求为空"], ["没有牵头单位，也没有责任单位"], []]


@pytest.mark.parametrize(
    ("day", "years", "moved"),
    [
        (date(2021, 8, 31), 5, date(2026, 8, 31)),
        (date(2021, 2, 28), 3, date(2024, 2, 29)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2021, 9, 20), 0, date(2021, 9, 20)),
        (None, 5, None),
        (date(2021, 6, 7), 5, date(2026, 6, 7)),
    ],
)
def test_moved_years_keep_the_end_of_a_month(day: date | None, years: int, moved: date | None) -> None:
    assert lists.moved(day, years) == moved


def test_the_first_year_of_a_list_becomes_the_wanted_one() -> None:
    assert lists.year_shift([None, date(2022, 1, 31), date(2021, 9, 30)], 2026) == 5
    assert lists.year_shift([None], 2026) == 0


UNITS = (
    Unit("data", "市政务数据局", ("洪湖市政务服务和大数据管理局",)),
    Unit("market", "市市场监管局", ("洪湖市市场监督管理局",)),
    Unit("development", "市发改局", ("洪湖市发展和改革局",)),
    Unit("gas", "市中燃公司", ("洪湖市中燃公司",)),
)


@pytest.mark.parametrize(
    ("name", "codes", "how"),
    [
        ("市政务数据局", ("data",), "name"),
        ("市 政务数据局", ("data",), "name"),
        ("洪湖市政务服务和大数据管理局", ("data",), "alias"),
        ("州市场监督管理局", ("market",), "like"),
        ("州发改委", ("development",), "like"),
        ("州推进办", (), ""),
        ("县老名字", ("gas",), "before"),
        ("局", (), ""),
    ],
)
def test_a_printed_name_is_matched(name: str, codes: tuple[str, ...], how: str) -> None:
    found = lists.match(name, UNITS, {"县老名字": ["gas"]})
    assert (found.codes, found.how) == (codes, how)


def test_an_outside_unit_of_an_earlier_list_stays_outside() -> None:
    found = lists.match("火星局", UNITS, {"火星局": []})
    assert found.outside
    assert found.is_known


def test_a_likeness_to_two_is_none() -> None:
    twins = (Unit("a", "市水务局"), Unit("b", "县水务局"))
    assert lists.match("州水务局", twins, {}) == Match()


def test_a_likeness_is_not_yet_knowledge() -> None:
    assert not Match(("a",), how="like").is_known
    assert Match(("a",), how="hand").is_known
    assert not Match().is_known


def test_each_takes_part_once_and_who_leads_leads() -> None:
    known = {
        "甲局": Match(("a",), how="name"),
        "甲局老名": Match(("a",), how="alias"),
        "各单位": Match((ALL,), how="hand"),
        "外单位": Match(outside=True),
    }
    given = row(lead=("甲局",), responsible=("甲局老名", "各单位", "外单位"))
    found = [(share.code, share.name, share.leads) for share in lists.shares(given, known, ("a", "b"))]
    assert found == [("a", "甲局", True), ("b", "各单位", False), ("", "外单位", False)]


def test_a_list_is_clear_when_nothing_stands_in_the_way() -> None:
    known = {"甲局": Match(("a",), how="name")}
    assert lists.check([row()], known).is_clear
    assert lists.check([row(lead=("乙局",))], known).unknown == ("乙局",)
    assert lists.check([row(lead=("乙局",), left_out="不要")], known).is_clear
    assert not lists.check([row(), row()], known).is_clear


def test_names_typed_into_a_cell_are_parted_outside_brackets() -> None:
    assert lists.split_names("甲局、乙局（含丙、丁），戊办；甲局\n己") == ("甲局", "乙局（含丙、丁）", "戊办", "己")
    assert lists.split_names(" ") == ()


def test_doubt_keeps_its_words() -> None:
    assert row(doubts=(Doubt("seq", "x"),)).doubts[0].words == "x"
    assert row("8", sub="2").number == "8-2"


# Ranking


def tally(unit: str, **more: object) -> Tally:
    given: dict[str, object] = {"owed": 10, "on_time": 10, "late": 0, "tasks": 4, "done": 2}
    return Tally(unit, unit, **(given | more))  # type: ignore[arg-type]


def test_equal_points_share_a_rank_and_the_next_is_skipped() -> None:
    rows = rankings.ranked([tally("甲", done=1), tally("乙"), tally("丙"), tally("丁", on_time=0)], Method())
    assert [(row.rank, row.tally.name, row.score) for row in rows] == [
        (1, "乙", 75.0),
        (1, "丙", 75.0),
        (3, "甲", 62.5),
        (4, "丁", 25.0),
    ]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"outside": True}, "平台外单位，不在平台填报"),
        ({"tasks": 0, "done": 0}, "只承担随省推进或没有时限的任务"),
        ({"owed": 0, "on_time": 0}, "本期没有应报的任务"),
    ],
)
def test_who_cannot_be_measured_is_left_out_with_the_reason(more: dict[str, object], why: str) -> None:
    (last,) = [row for row in rankings.ranked([tally("甲"), tally("乙", **more)], Method()) if row.rank is None]
    assert (last.tally.name, last.score, last.why_out) == ("乙", None, why)


def test_weights_decide_and_are_said() -> None:
    assert rankings.score(tally("甲", on_time=5, done=4), Method(80, 20)) == 60.0
    assert rankings.score(tally("甲", owed=3, on_time=2, tasks=3, done=1), Method()) == 50.0
    assert "按时填报率 × 80 + 完成率 × 20" in Method(80, 20).words


@pytest.mark.parametrize(
    ("bound", "met", "points"),
    [(4, 4, 40 + 20 + 20), (4, 1, 40 + 20 + 5), (0, 0, 75.0)],  # without indicators 60 of 80 become 75 of 100
)
def test_indicators_count_where_there_are_any(bound: int, met: int, points: float) -> None:
    assert rankings.score(tally("甲", bound=bound, met=met), Method(40, 40, 20)) == points
    assert rankings.score(tally("甲", bound=bound, met=met), Method()) == 75.0
    assert "指标达标率 × 20" in Method(40, 40, 20).words
    assert "指标达标率" not in Method().words


def test_indicators_alone_leave_nothing_to_scale() -> None:
    assert rankings.score(tally("甲"), Method(0, 0, 100)) == 0.0


def test_a_share_of_nothing_is_no_data() -> None:
    assert rankings.share(0, 0) == "无数据"
    assert rankings.share(1, 3) == "33.3%"


# Bulletins

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
        ("得90分", "“90分”"),
        ("用时90分钟", ""),
    ],
)
def test_a_figure_typed_by_hand_is_refused(text: str, flaw: str) -> None:
    found = bulletins.text_flaws(text, FIGURES)
    assert (flaw in found[0]) if flaw else found == []


def test_a_draft_passes_its_own_check_and_names_who_lags() -> None:
    facts = Facts(
        "“攻坚”",
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


# Comparing


@pytest.mark.parametrize(
    ("own", "computed", "comparator", "kind", "words"),
    [
        (100, Fraction(921, 10), ">=", "above", "自报比平台高 7.9 个百分点"),
        (92, Fraction(92), ">=", "same", "一致"),
        (90, Fraction(92), ">=", "below", "自报比平台低 2.0 个百分点"),
        (3, Fraction(5), "<=", "above", "自报比平台低 2.0 个百分点"),
        (None, Fraction(5), ">=", "missing", "没有填自报数"),
        (5, None, ">=", "unknown", "平台无数据"),
        (None, None, ">=", "unknown", "平台无数据"),
    ],
)
def test_a_self_report_is_held_against_the_platform(
    own: int | None, computed: Fraction | None, comparator: str, kind: str, words: str
) -> None:
    found = comparing.verdict(None if own is None else Fraction(own), computed, comparator=comparator, unit="%")
    assert (found.kind, found.words, found.is_contradiction) == (kind, words, kind == "above")
