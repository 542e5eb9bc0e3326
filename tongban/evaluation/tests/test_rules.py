from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from pydantic import ValidationError

from tongban.calendars.rules import seeded
from tongban.evaluation.rules import figures, grades, handling, privacy
from tongban.evaluation.rules.figures import Counts
from tongban.evaluation.rules.grades import Channel
from tongban.evaluation.rules.handling import Branch, Finding, State
from tongban.evaluation.rules.terms import NUMBERS, Terms
from tongban.rules.clock import Lamp
from tongban.rules.errors import Conflict, Invalid, NotAllowed

CALENDAR = seeded()


@pytest.mark.parametrize(
    ("grade", "stars", "is_bad"), [(1, 5, False), (2, 4, False), (3, 3, False), (4, 2, True), (5, 1, True)]
)
def test_stars_run_against_the_national_code(grade: int, stars: int, is_bad: bool) -> None:
    """GB/T 39046: 1 is the best."""
    assert (grades.stars(grade), grades.is_bad(grade)) == (stars, is_bad)


@pytest.mark.parametrize(
    ("via", "is_mobile", "channel"),
    [("qr", True, Channel.QR), ("sms", True, Channel.SMS), ("tablet", False, Channel.TABLET), ("", True, Channel.PHONE),
     ("", False, Channel.WEB), ("made-up", True, Channel.PHONE)],
)  # fmt: skip
def test_the_channel_follows_from_the_link_then_from_the_browser(via: str, is_mobile: bool, channel: Channel) -> None:
    assert grades.channel_of(via, is_mobile=is_mobile) == channel


def test_words_differ_online_and_on_site_and_by_grade() -> None:
    terms = Terms()
    assert {o.code for o in terms.offered("online", 1)} == {"overall", "speed", "guide", "ease", "platform"}
    assert {o.code for o in terms.offered("onsite", 1)} == {"overall", "speed", "skill", "manner"}
    assert [terms.offered("onsite", grade)[3].text for grade in (1, 2, 3, 4, 5)] == [
        "态度好", "态度好", "态度一般", "态度不好", "态度不好",
    ]  # fmt: skip


def test_only_words_that_were_offered_are_kept() -> None:
    offered = Terms().offered("onsite", 5)
    assert [o.code for o in grades.checked_codes(("manner", "platform", "speed"), offered)] == ["speed", "manner"]


def test_options_must_be_given_for_all_five_grades() -> None:
    with pytest.raises(ValidationError, match="五个等级"):
        Terms(options={"online": Terms().options["online"]})


def test_every_number_of_the_settings_can_be_edited() -> None:
    assert set(NUMBERS) == {name for name, field in Terms.model_fields.items() if field.annotation is int}


@pytest.mark.parametrize(
    ("rated_on", "verify_by", "settle_by"),
    [
        (date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 20)),  # Friday: the weekend is not counted
        (date(2026, 3, 7), date(2026, 3, 9), date(2026, 3, 20)),  # Saturday: Monday is the first working day
        (date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 20)),  # before the long holiday, 10-10 is worked
        (date(2025, 9, 26), date(2025, 9, 28), date(2025, 10, 16)),  # Sunday 09-28 is worked
    ],
)
def test_both_clocks_count_working_days_from_the_day_after(rated_on: date, verify_by: date, settle_by: date) -> None:
    """Standards reference 4.2 (1 and 10 working days), 7.2 rule 1 and golden values."""
    found = handling.limits(rated_on, verify_days=1, settle_days=10, calendar=CALENDAR)
    assert (found.verify.due_on, found.settle.due_on) == (verify_by, settle_by)


@pytest.mark.parametrize(
    ("done_on", "on", "lamp", "words"),
    [
        (None, date(2026, 3, 6), Lamp.WARN, "剩 1 个工作日"),
        (None, date(2026, 3, 5), Lamp.OK, "剩 2 个工作日"),
        (None, date(2026, 3, 9), Lamp.WARN, "今天到期"),
        (None, date(2026, 3, 11), Lamp.BAD, "超 2 个工作日"),
        (date(2026, 3, 9), date(2026, 3, 30), Lamp.DONE, "按时"),
        (date(2026, 3, 10), date(2026, 3, 30), Lamp.BAD, "超时完成"),
    ],
)
def test_the_lamp_of_a_clock(done_on: date | None, on: date, lamp: Lamp, words: str) -> None:
    assert handling.lamp(date(2026, 3, 9), done_on, on=on, calendar=CALENDAR) == (lamp, words)


def test_a_clock_over_at_the_weekend_shows_at_least_one_day() -> None:
    assert handling.lamp(date(2026, 3, 6), None, on=date(2026, 3, 7), calendar=CALENDAR)[1] == "超 1 个工作日"


@pytest.mark.parametrize(
    ("verb", "state", "after"),
    [("verify", State.OPEN, State.VERIFIED), ("settle", State.VERIFIED, State.SETTLED), ("exclude", State.OPEN, State.EXCLUDED),
     ("exclude", State.SETTLED, State.EXCLUDED)],
)  # fmt: skip
def test_moves_of_a_bad_rating(verb: str, state: State, after: State) -> None:
    assert handling.after(verb, state) == after


@pytest.mark.parametrize(
    ("verb", "state"),
    [("settle", State.OPEN), ("verify", State.VERIFIED), ("settle", State.SETTLED), ("verify", State.EXCLUDED)],
)
def test_other_moves_are_refused_in_words(verb: str, state: State) -> None:
    with pytest.raises(Conflict, match=handling.STATE_WORDS[state]):
        handling.after(verb, state)


def test_who_dealt_with_the_matter_does_not_handle_it() -> None:
    mine, other = uuid4(), uuid4()
    handling.require_other(other, {mine})
    for account in (mine, None):
        with pytest.raises(NotAllowed, match="经办过"):
            handling.require_other(account, {mine})


@pytest.mark.parametrize(
    ("finding", "branch", "field"),
    [("true", "at_once", ""), ("true", "planned", ""), ("partly", "explained", ""), ("unfounded", "explained", ""),
     ("true", "explained", "branch"), ("unfounded", "at_once", "branch"), ("", "at_once", "finding"), ("true", "", "branch")],
)  # fmt: skip
def test_three_branches_fit_what_was_found(finding: str, branch: str, field: str) -> None:
    """国办发〔2019〕51号: 立行立改; 说明理由、建台账、限期整改; 解释说明."""
    if not field:
        assert handling.checked_finding(finding, branch) == (Finding(finding), Branch(branch))
        return
    with pytest.raises(Invalid) as refusal:
        handling.checked_finding(finding, branch)
    assert list(refusal.value.fields) == [field]


TODAY, LAST = date(2026, 3, 9), date(2026, 3, 20)


def test_a_plan_has_a_day_within_the_limit() -> None:
    assert handling.checked_plan(Branch.PLANNED, LAST, today=TODAY, settle_by_on=LAST) == LAST
    assert handling.checked_plan(Branch.AT_ONCE, LAST, today=TODAY, settle_by_on=LAST) is None
    after_it = date(2026, 4, 2)
    assert handling.checked_plan(Branch.PLANNED, after_it, today=date(2026, 3, 23), settle_by_on=LAST) == after_it


@pytest.mark.parametrize(
    ("day", "said"), [(None, "哪一天"), (date(2026, 3, 8), "早于今天"), (date(2026, 3, 21), "不能晚于 2026-03-20")]
)
def test_a_plan_without_a_fitting_day_is_refused(day: date | None, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        handling.checked_plan(Branch.PLANNED, day, today=TODAY, settle_by_on=LAST)
    assert said in refusal.value.fields["plan_on"]


@pytest.mark.parametrize("text", ["", "  好  ", "字" * 501])
def test_words_that_say_nothing_or_too_much_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        handling.checked_words(text, "理由", field="facts")


def test_words_are_kept_without_blanks() -> None:
    assert handling.checked_words("  已经当面道歉  ", "理由", field="facts") == "已经当面道歉"


# Ten invited, six rated: 2 very good, 1 good, 1 fair, 1 bad, 1 very bad. Good 4 of 6, answered 6 of 10.
COUNTS = Counts(
    invited=10, answered=6, grades=(2, 1, 1, 1, 1), persons=5, verify_due=2, verified_in_time=1, settle_due=1, settled_in_time=1,
    called_back=1, excluded=1,
)  # fmt: skip


def test_figures_of_standards_reference_4_3_on_counts_by_hand() -> None:
    found = {row.code: (row.numerator, row.denominator, row.words) for row in figures.ratios(COUNTS)}
    assert found == {
        "good_rate": (4, 6, "66.7 %"), "answer_rate": (6, 10, "60.0 %"), "active_good_rate": (4, 6, "66.7 %"),
        "unrated_rate": (4, 10, "40.0 %"), "verify_rate": (1, 2, "50.0 %"), "settle_rate": (1, 1, "100.0 %"),
        "call_back_rate": (1, 2, "50.0 %"),
    }  # fmt: skip
    notes = {row.code: row.note for row in figures.ratios(COUNTS)}
    assert notes["settle_rate"] == "还在时限内的 1 条不算"
    assert notes["verify_rate"] == ""


def test_average_of_stars() -> None:
    assert COUNTS.average == pytest.approx((2 * 5 + 4 + 3 + 2 + 1) / 6)
    assert Counts().average is None


def test_nobody_who_did_not_rate_counts_as_praise() -> None:
    counts = Counts(invited=10)
    assert (counts.rated, counts.good, counts.unrated) == (0, 0, 10)
    assert {row.words for row in figures.ratios(Counts())} == {figures.NO_FIGURE}
    assert {row.value for row in figures.ratios(Counts())} == {None}
    assert figures.ratios(COUNTS)[0].value == pytest.approx(4 / 6)


@pytest.mark.parametrize(
    ("numerator", "denominator", "words"),
    [(0, 0, "无数据"), (0, 3, "0.0 %"), (1, 3, "33.3 %"), (2, 3, "66.7 %"), (3, 3, "100.0 %"), (99999, 100000, "99.9 %"),
     (1, 100000, "0.1 %")],
)  # fmt: skip
def test_percent_never_rounds_to_all_or_nothing(numerator: int, denominator: int, words: str) -> None:
    assert figures.percent(numerator, denominator) == words


def test_counts_add_up() -> None:
    both = figures.total([COUNTS, COUNTS])
    assert (both.invited, both.grades, both.excluded) == (20, (4, 2, 2, 2, 2), 2)
    assert figures.total([]) == Counts()


@pytest.mark.parametrize(("persons", "shown"), [(0, False), (4, False), (5, True)])
def test_few_persons_are_not_shown(persons: int, shown: bool) -> None:
    """Assurance S34: statistics with fewer than five persons."""
    assert figures.is_shown(Counts(persons=persons), least_persons=5) is shown


def test_who_sees_many_persons_only_sees_whole_months() -> None:
    """Assurance S34: two periods that differ by a day would tell who rated on that day."""
    assert figures.whole_months(date(2026, 2, 3), date(2026, 2, 3)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert figures.whole_months(date(2025, 12, 31), date(2026, 1, 1)) == (date(2025, 12, 1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我叫张示例，等了两小时", "我叫［已隐去］，等了两小时"),
        ("打 13900001234 找我", "打 ［已隐去］ 找我"),
        ("电话139 0000 1234。", "电话［已隐去］。"),
        ("座机0716-2422345", "座机［已隐去］"),
        ("身份证 42108319900102001X", "身份证 ［已隐去］"),
        ("公司代码91421083MA0000000X", "公司代码［已隐去］"),
        ("邮箱 me@example.cn", "邮箱 ［已隐去］"),
        ("微信：abc_12345", "［已隐去］"),
        ("住新堤街道示例路 1 号", "住［已隐去］"),
        ("材料跑了 3 趟，等了 45 分钟", "材料跑了 3 趟，等了 45 分钟"),
    ],
)
def test_texts_lose_who_wrote_them(text: str, left: str) -> None:
    found = privacy.scrubbed(text, names=["张示例", "张"])
    assert privacy.HIDDEN in left or found == left
    assert (found == left) or (privacy.HIDDEN in found and not privacy.persons_in(found, names=["张示例"]))


def test_what_must_not_be_published_is_named() -> None:
    assert privacy.persons_in("张示例说，打13900001234", names=["张示例", "李"]) == ["张示例", "13900001234"]
    assert privacy.persons_in("窗口已增加一人", names=["张示例"]) == []
