from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from tongban.core import time
from tongban.core.actor import Actor
from tongban.notices import queries as notices
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.taskforce.models import Bulletin, Campaign, Receipt, Reminder
from tongban.taskforce.queries import bulletins as queries
from tongban.taskforce.rules.bulletins import Kind
from tongban.taskforce.rules.moves import Act
from tongban.taskforce.services import acting, bulletins, campaigns
from tongban.taskforce.services.acting import Given
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 10)


@pytest.fixture
def by(honghu: str) -> Actor:
    return make.overseer()


@pytest.fixture
def made(by: Actor, tmp_path: Path) -> Campaign:
    """Two police tasks: one reported in time, one late and overdue; 人社 silent; 市监 done; data silent."""
    text = make.SMALL + "4\t二、平台\t线下宣传\t2026年9月30日\t火星局\t市医保局\n"
    made = make.campaign(tmp_path, by=by, text=text)
    first, police = make.running(made, "1", "police")
    make.reported(first, by=police, on=date(2026, 6, 25), progress=60, highlight="上线{{5}}项服务", publicity=3)
    second, _ = make.running(made, "2", "police")
    make.reported(second, by=police, on=date(2026, 6, 27), progress=20, blocker="缺 2 台设备")
    lead, market = make.running(made, "2", "market")
    make.reported(lead, by=market, on=date(2026, 6, 24), progress=100)
    with time.moved(make.at(date(2026, 6, 29))):
        acting.act(lead.pk, Act.ASK_CLOSE, Given("全部完成，有佐证"), by=market)
        acting.act(lead.pk, Act.VERIFY_CLOSE, Given("核验通过，情况属实"), by=by)
    return made


def drafted(made: Campaign, by: Actor, kind: Kind = Kind.MONTH, period: str = "2026-06") -> Bulletin:
    with time.moved(make.at(DAY)):
        return bulletins.draft(made.pk, kind, period, by=by)


def test_a_draft_counts_what_stood_on_its_day(by: Actor, made: Campaign) -> None:
    row = drafted(made, by)

    shown = {name: figure.shown for name, figure in queries.figures_of(row).items()}
    assert (
        shown
        | {
            "任务数": "4 项",
            "单位数": "5 个",
            "分工数": "8 项",
            "已销号": "1 项",
            "完成率": "16.7%",
            "正常": "1 项",
            "落后": "3 项",
            "超期": "1 项",
            "不计时": "2 项",
            "应报": "8 项次",
            "按时报": "2 项次",
            "按时填报率": "25.0%",
            "迟报": "1 项次",
            "未报": "5 项次",
            "特色亮点": "1 条",
            "宣传报道": "3 篇",
        }
        == shown
    )
    for name in ("分工数", "已销号", "超期", "应报", "未报", "特色亮点"):  # each of these is the count of its rows
        figure, rows = queries.rows_of(row, name)
        assert figure.shown.split()[0] == str(len(rows)), name


def test_the_ranking_shows_ties_and_who_is_left_out(by: Actor, made: Campaign) -> None:
    row = drafted(made, by)

    table = {line[1]: (line[0], line[-1]) for line in queries.table_of(row)}
    # 市监: 1/1 in time, 1/1 done; 公安: 1/2 in time, 0/2 done; data and 人社: nothing; 医保: 0/1 of the task that has a day.
    assert table["市市场监管局"] == ("1", "100.0")
    assert table["市公安局"] == ("2", "25.0")
    assert table["市政务数据局"] == table["市人社局"] == table["市医保局"] == ("3", "0.0")
    assert table["火星局"] == ("—", "平台外单位，不在平台填报")
    assert "平台外单位" in row.text


def test_lags_and_words_of_units_stand_in_the_draft(by: Actor, made: Campaign) -> None:
    text = drafted(made, by).text

    assert "市公安局任务 2" in text
    assert "“上线5项服务”" in text
    assert "“缺 2 台设备”" in text
    assert "有应报未报的单位：市政务数据局、市人社局、市医保局" in text


def test_figures_stay_frozen_while_the_world_moves_on(by: Actor, made: Campaign) -> None:
    row = drafted(made, by)
    silent, unit = make.running(made, "1", "human-resources", on=DAY)
    make.reported(silent, by=unit, on=DAY)

    row.refresh_from_db()
    assert queries.figures_of(row)["未报"].shown == "5 项次"
    with time.moved(make.at(DAY, 12)):
        row = bulletins.freeze_again(row.pk, seen=row.revision, by=by)
    assert queries.figures_of(row)["未报"].shown == "4 项次"


def test_the_leader_edits_words_but_never_figures(by: Actor, made: Campaign) -> None:
    row = drafted(made, by)

    with pytest.raises(Invalid) as refused:
        bulletins.edit(row.pk, title=row.title, text=row.text.replace("{{完成率}}", "99.9%"), seen=row.revision, by=by)
    assert "“99.9%”是手写的数" in refused.value.fields["text"]
    edited = bulletins.edit(row.pk, title=row.title, text=row.text + "\n请分管领导亲自过问。", seen=row.revision, by=by)

    assert [line.words for line in queries.paragraphs(edited)][-1] == "请分管领导亲自过问。"
    with pytest.raises(Conflict, match="别人改过"):
        bulletins.edit(row.pk, title=row.title, text=row.text, seen=row.revision, by=by)


def test_an_issued_bulletin_is_numbered_and_never_changes(by: Actor, made: Campaign) -> None:
    row = drafted(made, by)
    with time.moved(make.at(DAY)):
        row = bulletins.issue(row.pk, seen=row.revision, by=by)

    assert row.number == "洪湖市督通〔2026〕1 号"
    assert queries.is_intact(row)
    for change in (
        lambda: bulletins.edit(row.pk, title="改一改标题", text=row.text, seen=row.revision, by=by),
        lambda: bulletins.freeze_again(row.pk, seen=row.revision, by=by),
        lambda: bulletins.issue(row.pk, seen=row.revision, by=by),
    ):
        with pytest.raises(Conflict, match="已经签发"):
            change()
    Bulletin.objects.filter(pk=row.pk).update(title="有人在库里改了")
    assert not queries.is_intact(Bulletin.objects.get(pk=row.pk))


def test_each_unit_gets_it_and_confirms_once(by: Actor, made: Campaign) -> None:
    row = drafted(made, by)
    unit = make.head("police")
    with pytest.raises(NotFound):
        queries.one(row.pk, by=unit)  # a draft is the overseer's
    with time.moved(make.at(DAY)):
        bulletins.issue(row.pk, seen=row.revision, by=by)

    assert Receipt.objects.count() == 5
    assert Reminder.objects.filter(organisation="police", words__contains="请确认收到").exists()
    told = notices.desk_of(unit).get(text__contains="请确认收到")
    assert told.link == f"/supervise/bulletins/{row.pk}"
    assert [receipt.bulletin_id for receipt in queries.unconfirmed(by=unit)] == [row.pk]
    bulletins.confirm(row.pk, "police", by=unit)
    assert queries.unconfirmed(by=unit) == []
    with pytest.raises(Conflict):
        bulletins.confirm(row.pk, "police", by=unit)
    with pytest.raises(NotAllowed):
        bulletins.confirm(row.pk, "market", by=unit)
    with pytest.raises(NotFound):
        queries.one(row.pk, by=make.head("education"))  # it was not sent there


def test_only_the_overseer_drafts_once_a_period_that_has_begun(by: Actor, made: Campaign) -> None:
    with pytest.raises(NotAllowed):
        drafted(made, make.head("police"))
    with pytest.raises(Invalid, match="1 处要改"):
        drafted(made, by, period="2026-08")
    drafted(made, by)
    with pytest.raises(Conflict, match="已经起草"):
        drafted(made, by)
    assert drafted(made, by, Kind.QUARTER).title == "攻坚行动2026年第二季度督查"
    assert drafted(made, by, Kind.HALF).title == "攻坚行动2026年上半年考评"


def test_word_and_pdf_say_the_same_as_the_page(by: Actor, made: Campaign) -> None:
    row = drafted(made, by)
    with time.moved(make.at(DAY)):
        row = bulletins.issue(row.pk, seen=row.revision, by=by)

    document = Document(io.BytesIO(queries.docx(row)))
    words = "\n".join(line.text for line in document.paragraphs)
    pages = "".join(page.extract_text() for page in PdfReader(io.BytesIO(queries.pdf(row, site="http://x"))).pages)
    for said in ("洪湖市督通〔2026〕1 号", "16.7%"):
        assert said in words
        assert said in pages
    assert "市公安局任务 2" in words
    assert [cell.text for cell in document.tables[0].rows[1].cells][:2] == ["1", "市市场监管局"]


def test_orders_and_talks_of_the_month_are_counted(by: Actor, made: Campaign) -> None:
    row = make.share(made, "2", "police")
    with time.moved(make.at(date(2026, 6, 28))):
        acting.act(row.pk, Act.YELLOW, Given("请说明原因并整改", date(2026, 7, 20)), by=by)
    with time.moved(make.at(date(2026, 7, 2))):
        acting.act(row.pk, Act.TALK, Given("约谈分管负责人", date(2026, 7, 2)), by=by)

    month, quarter = drafted(made, by), drafted(made, by, Kind.QUARTER)
    assert [queries.figures_of(month)[name].shown for name in ("黄色督办单", "红色督办单", "约谈")] == [
        "1 次",
        "0 次",
        "0 次",
    ]
    assert queries.rows_of(month, "黄色督办单")[1][0]["unit"] == "市公安局"
    assert queries.figures_of(quarter)["约谈"].shown == "0 次"  # July belongs to the next quarter


def test_an_order_is_a_paper(by: Actor, made: Campaign) -> None:
    row = make.share(made, "2", "police")
    with time.moved(make.at(DAY)):
        acting.act(row.pk, Act.RED, Given("请说明原因并整改", date(2026, 7, 20)), by=by)
        number, content = queries.order_pdf(row.papers.get().pk, site="http://x", by=make.head("police"))

    words = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert number in words
    assert "红色督办单" in words
    with pytest.raises(NotFound):
        queries.order_pdf(row.papers.get().pk, site="http://x", by=make.head("education"))


@pytest.mark.slow
def test_a_bulletin_of_forty_units_takes_few_queries(
    by: Actor, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    units = [f"市第{n}局" for n in range(1, 41)]
    lines = [f"{n}\t类\t做第{n}件事\t2026年9月30日\t市公安局\t{'、'.join(units)}\n" for n in range(1, 59)]
    path = tmp_path / "forty.txt"
    path.write_text(make.HEAD + "".join(lines), "utf-8")
    made = make.campaign(tmp_path, by=by, text=path.read_text("utf-8"), launched=False)
    with time.moved(make.at(make.FIRST_DAY)):
        campaigns.launch(made.pk, by=by)
    with time.moved(make.at(DAY)), django_assert_max_num_queries(60):  # type: ignore[operator]  # how fast: tests/bench_oversight.py
        row = bulletins.draft(made.pk, Kind.MONTH, "2026-06", by=by)
    assert len([each for each in row.rows if each["kind"] == "share"]) == 58 * 41
