"""好差评 on the pages of supervision: who comes in, what shows, that nobody's name does (assurance S34)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client

from tongban.core import time
from tongban.evaluation.models import BadRating, TermsVersion
from tongban.evaluation.services.handling import settle, verify
from tongban.evaluation.tests.factories import FRIDAY, bad_of, decided, on, person, rated
from tongban.identity.models import Account
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import actor, at_desk, officer

TEXT = "我是张示例，打 13900000100 找我，窗口推来推去"
HOME, BAD = "/supervise/evaluation", "/supervise/evaluation/bad"


@pytest.fixture(autouse=True)
def _friday(honghu: str) -> Iterator[None]:
    with time.moved(on(FRIDAY)):
        yield


@pytest.fixture
def clerk() -> Account:
    """Give the head who accepted and decided the case."""
    return officer("market")


@pytest.fixture
def bad(clerk: Account) -> BadRating:
    """Give a bad rating whose giver wrote who he is."""
    return bad_of(rated(decided(clerk=actor(clerk), name="张示例"), 5, text=TEXT))


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def supervisor() -> Client:
    return as_(officer("data", SUPERVISOR_POST))


def page_of(bad: BadRating) -> str:
    return f"{BAD}/{bad.pk}"


def identities(bad: BadRating) -> list[str]:
    joint, case = bad.rating.invitation.joint_case, bad.rating.invitation.case
    assert case is not None
    return ["张示例", "13900000100", joint.contact_phone, joint.applicant.phone, joint.applicant.code, joint.number, case.number,
            str(joint.pk), str(case.pk)]  # fmt: skip


def workbook(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("post", ["受理岗", "审查岗"])
def test_clerks_do_not_come_in(bad: BadRating, post: str) -> None:
    client = as_(officer("market", post))
    for path in (HOME, BAD, page_of(bad), f"{HOME}/ratings", f"{BAD}?format=xlsx"):
        page = client.get(path)
        assert page.status_code == 403
        assert "没有这样的岗位" in page.content.decode()


def test_no_page_list_or_export_says_who_rated(bad: BadRating, clerk: Account) -> None:
    for n in range(4):
        rated(decided(clerk=actor(clerk), applicant=person(f"李示{'甲乙丙丁'[n]}")), 1)
    paths = (HOME, f"{HOME}?by=item", f"{HOME}/ratings", BAD, f"{BAD}?view=all", page_of(bad))
    for account in (clerk, officer("market"), officer("market", "管理员"), officer("data", SUPERVISOR_POST)):
        client = as_(account)
        pages = "".join(client.get(path).content.decode() for path in paths)
        assert "推来推去" in pages
        files = [client.get(f"{path}?format=xlsx&view=all") for path in (HOME, BAD)]
        text = pages + "".join(workbook(file.content) for file in files)
        assert bad.number in text
        assert [word for word in [*identities(bad), "李示甲", "李示丁"] if word in text] == []


def test_leads_of_other_units_find_nothing(bad: BadRating) -> None:
    client = as_(officer("police"))
    assert client.get(page_of(bad)).status_code == 404
    assert bad.number not in client.get(f"{BAD}?view=all").content.decode()
    assert client.post(page_of(bad), {"act": "unmask", "reason": "想看看是谁"}).status_code == 404


def test_a_unit_sees_no_distribution_of_few_persons(bad: BadRating, clerk: Account) -> None:
    unit, whole = as_(clerk).get(HOME).content.decode(), supervisor().get(HOME).content.decode()
    assert "评价的人不到 5 个，不显示" in unit
    assert "0.0 %" not in unit
    assert "0.0 %" in whole  # nobody praised: a figure for who supervises
    assert "推来推去" not in as_(clerk).get(f"{HOME}/ratings").content.decode()
    hidden = workbook(as_(clerk).get(f"{HOME}?format=xlsx").content)
    assert "人数不足，不显示" in hidden


def test_the_figures_come_with_what_they_mean(bad: BadRating) -> None:
    answer = supervisor().get(f"{HOME}?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["统计", "口径说明"]
    head = [cell.value for cell in book["统计"][2]]
    told = {row[1]: row[2] for row in book["口径说明"].iter_rows(min_row=2, values_only=True)}
    assert {"应评", "评价总数", "差评", "好评率", "差评按时核实率"} <= set(head) & set(told)
    assert told["好评率"] == "（非常满意 + 满意 + 基本满意）÷ 评价总数"
    assert told["未评价率"] == "未评价数 ÷ 应评数；未评价不算好评"
    assert "未评价率" not in head


def test_a_unit_cannot_single_out_a_day(bad: BadRating, clerk: Account) -> None:
    """Few persons hide even how many rated; a unit looks at whole months, so that two periods never differ by a day."""
    unit = as_(clerk)
    page = unit.get(f"{HOME}?since=2026-03-06&until=2026-03-06").content.decode()
    assert "2026年3月1日 至 2026年3月31日" in page
    assert "其中已评" not in page
    assert 'data-label="已评"' not in page
    assert (
        "2026年3月6日 至 2026年3月6日" in supervisor().get(f"{HOME}?since=2026-03-06&until=2026-03-06").content.decode()
    )


def test_whoever_decided_the_case_is_refused_in_words(bad: BadRating, clerk: Account) -> None:
    client = as_(clerk)
    page = client.get(page_of(bad)).content.decode()
    assert "这件事你经办过" in page
    assert "核实完成" not in page
    posted = client.post(
        page_of(bad), {"act": "verify", "finding": "true", "branch": "at_once", "facts": "等候确实过长"}
    )
    assert posted.status_code == 403
    assert "经办过" in posted.content.decode()


def test_verified_settled_called_back_and_published(bad: BadRating) -> None:
    client, path = supervisor(), page_of(bad)
    assert "剩 1 个工作日" in client.get(BAD).content.decode()
    acts = (
        {
            "act": "verify",
            "finding": "partly",
            "branch": "planned",
            "facts": "排队系统要改造，列入台账",
            "plan_on": "2026-03-18",
        },
        {"act": "settle", "result": "排队系统已改造，增开一个窗口"},
        {"act": "call_back", "outcome": "content"},
        {"act": "publish", "public_text": "等候过长，已增开一个窗口。"},
    )
    for posted in acts:
        assert client.post(path, posted).status_code == 302
    page = client.get(path).content.decode()
    for words in ("限期整改", "增开一个窗口", "回访", "公开处理结果"):
        assert words in page
    assert "已整改" in client.get(f"{BAD}?view=all").content.decode()


@pytest.mark.parametrize(
    ("posted", "said"),
    [({"act": "verify"}, "请选择核实的结论"),
     ({"act": "verify", "finding": "true", "branch": "explained", "facts": "等候过长属实"}, "只能选"),
     ({"act": "verify", "finding": "true", "branch": "planned", "facts": "等候过长属实", "plan_on": "x"}, "哪一天"),
     ({"act": "call_back"}, "请选择回访的结果"), ({"act": "unmask", "reason": ""}, "为什么要查看")],
)  # fmt: skip
def test_what_is_missing_is_told_at_its_place(bad: BadRating, posted: dict[str, str], said: str) -> None:
    page = supervisor().post(page_of(bad), posted)
    assert page.status_code == 422
    assert said in page.content.decode()


def test_an_act_that_does_not_exist_is_not_found(bad: BadRating) -> None:
    assert supervisor().post(page_of(bad), {"act": "delete"}).status_code == 404


def test_who_rated_shows_once_and_is_not_kept_by_the_browser(bad: BadRating) -> None:
    client = supervisor()
    shown = client.post(page_of(bad), {"act": "unmask", "reason": "回访需要联系办事人"})
    assert "张示例" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    again = client.get(page_of(bad)).content.decode()
    assert "张示例" not in again
    assert "回访需要联系办事人" in again


def test_a_unit_appeals_and_another_body_decides(bad: BadRating, clerk: Account) -> None:
    unit, path = as_(clerk), page_of(bad)
    assert (
        unit.post(path, {"act": "appeal", "plea": "mistaken", "words": "办事人弄混了两个单位，附窗口记录"}).status_code
        == 302
    )
    assert unit.post(path, {"act": "decide", "upheld": "yes", "decision": "我们认为是误评"}).status_code == 403
    who = supervisor()
    assert who.post(path, {"act": "decide", "upheld": "", "decision": "核对录像，确为误评"}).status_code == 422
    assert who.post(path, {"act": "decide", "upheld": "yes", "decision": "核对录像，确为误评"}).status_code == 302
    page = who.get(path).content.decode()
    assert "经复核不计入" in page
    assert "原评价保留" in page
    assert "不计入" in who.get(f"{BAD}?view=excluded").content.decode()


def test_a_ratio_of_nothing_is_no_figure() -> None:
    page = supervisor().get(HOME).content.decode()
    assert page.count("无数据") == 7
    assert "100.0 %" not in page


@pytest.mark.parametrize("by", ["organisation", "item", "window", "region", "channel", "x"])
def test_figures_by_group(bad: BadRating, by: str) -> None:
    page = supervisor().get(f"{HOME}?by={by}").content.decode()
    assert {"organisation": "市场监管局", "item": "营业执照", "channel": "PC端"}.get(by, "好评率") in page


def test_odd_addresses_are_read_as_far_as_they_go(bad: BadRating) -> None:
    client = supervisor()
    for query in ("?since=x&until=2026-99-01", "?page=99999", "?window=x", "?grade=x&page=-1", "?view=x", "?org=%00"):
        for path in (HOME, f"{HOME}/ratings", BAD):
            assert client.get(path + query).status_code in (200, 400)


def test_lists_ask_few_questions(bad: BadRating, clerk: Account, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    client = supervisor()
    for path, most in ((f"{BAD}?view=all", 40), (f"{HOME}/ratings", 30)):
        client.get(path)
        with django_assert_max_num_queries(most) as first:
            client.get(path)
        for _ in range(3):
            rated(decided(clerk=actor(clerk)), 5)
        with django_assert_max_num_queries(len(first.captured_queries)):
            client.get(path)


NUMBERS = {"rate_days": "30", "verify_days": "2", "settle_days": "5", "appeal_days": "5", "tablet_minutes": "15",
           "least_persons": "5", "seen": "0", "reason": "按市里要求"}  # fmt: skip


def test_who_supervises_sets_the_days(bad: BadRating, clerk: Account) -> None:
    client, path = supervisor(), f"{HOME}/terms"
    wrong = client.post(path, {**NUMBERS, "verify_days": "0"})
    assert wrong.status_code == 422
    assert "应为 1 至 30 的整数" in wrong.content.decode()
    assert client.post(path, NUMBERS).status_code == 302
    assert TermsVersion.objects.get().version == 1
    assert "按市里要求" in client.get(path).content.decode()
    assert client.post(path, NUMBERS).status_code == 409
    unit = as_(clerk)
    assert "保存设置" not in unit.get(path).content.decode()
    assert unit.post(path, {**NUMBERS, "seen": "1"}).status_code == 403


def test_lamps_follow_the_clocks(bad: BadRating) -> None:
    client = supervisor()
    with time.moved(on(FRIDAY + timedelta(days=5))):
        assert "超 2 个工作日" in client.get(BAD).content.decode()
        by = at_desk("data", SUPERVISOR_POST)
        verify(bad.pk, finding="true", branch="at_once", facts="等候确实过长", by=by)
        settle(bad.pk, result="已经增开一个窗口", by=by)
        page = client.get(f"{BAD}?view=all").content.decode()
        assert "超时完成" in page
        assert "按时" in page
