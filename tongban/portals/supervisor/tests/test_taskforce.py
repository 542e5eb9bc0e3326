"""What the overseer and the units notice on the pages of campaigns, reports and bulletins."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs.tests.factories import actor, officer
from tongban.taskforce.models import Assignment, Campaign, Report, Upload
from tongban.taskforce.queries import ledger
from tongban.taskforce.rules.bulletins import Kind
from tongban.taskforce.services import bulletins
from tongban.taskforce.tests import factories as make

pytestmark = [pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at")]
DAY = date(2026, 6, 22)


@pytest.fixture(autouse=True)
def _in_june(honghu: str) -> object:
    with time.moved(make.at(DAY)):
        yield


@pytest.fixture
def by(honghu: str) -> Actor:
    return make.overseer()


@pytest.fixture
def made(by: Actor, tmp_path: Path) -> Campaign:
    return make.campaign(tmp_path, by=by)


def signed_in(org: str = "data", post: str = "监督岗") -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


def test_a_list_is_uploaded_checked_and_taken_on_pages(honghu: str) -> None:
    client = signed_in()
    sheet = openpyxl.Workbook()
    sheet.active.append(["编号", "重点工作", "具体措施", "完成时间", "牵头部门", "配合部门"])
    sheet.active.append([1, "改革", "推行一窗受理", "2026年9月底", "市政务数据局", "火星局"])
    out = io.BytesIO()
    sheet.save(out)

    answer = client.post(
        "/supervise/campaigns/upload", {"name": "改革任务", "file": SimpleUploadedFile("别县.xlsx", out.getvalue())}
    )
    shown = text(client.get(answer["Location"]))
    assert "推行一窗受理" in shown
    assert "火星局 1 行 没有对上" in shown
    refused = client.post(answer["Location"], {"act": "take"})
    assert refused.status_code == 422
    assert "1 个单位没有确定" in text(refused)
    client.post(answer["Location"], {"act": "units", "rest": "1"})
    taken = client.post(
        answer["Location"], {"act": "take", "starts_on": "2026-06-01", "report_day": "24", "is_example": "1"}
    )

    page = text(client.get(taken["Location"]))
    assert "改革任务 示例" in page
    assert "有 1 项分工还没有交办" in page
    client.post(taken["Location"] + "/act", {"act": "launch"})
    assert Assignment.objects.get(organisation="data").state == "assigned"


def test_a_row_is_corrected_on_its_page(by: Actor, tmp_path: Path) -> None:
    row = make.uploaded(tmp_path, make.HEAD + "1\t一\t做好服务\t尽快\t市公安局\t\n", by=by)
    client, url = signed_in(), f"/supervise/uploads/{row.pk}/rows/1"
    assert "认不出日期" in text(client.get(url))

    wrong = client.post(url, {"seq": "1", "requirement": "做", "due_on": "九月", "lead": "市公安局"})
    assert wrong.status_code == 422
    assert "日期写成 2026-09-30" in text(wrong)
    client.post(url, {"seq": "1", "requirement": "做好服务", "due_on": "2026-09-30", "lead": "市公安局"})

    shown = text(client.get(f"/supervise/uploads/{row.pk}?only=doubt"))
    assert "0 行有拿不准的格" in shown


@pytest.mark.parametrize(("sent", "words"), [
    ({"name": "专项"}, "选一个 txt、docx、xlsx 或 pdf 文件"),
    ({"name": "专项", "file": SimpleUploadedFile("清单.exe", b"x")}, "不支持"),
    ({"name": "专", "file": SimpleUploadedFile("清单.txt", make.SMALL.encode())}, "专项名称 2 至 100 个字"),
    ({"name": "专项", "year": "abc", "file": SimpleUploadedFile("清单.txt", make.SMALL.encode())}, "印发年份写成四位数字"),
])  # fmt: skip
def test_an_upload_that_cannot_be_read_says_why(honghu: str, sent: dict[str, object], words: str) -> None:
    answer = signed_in().post("/supervise/campaigns/upload", sent)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Upload.objects.exists()


def test_a_unit_neither_uploads_nor_hands_out(made: Campaign) -> None:
    client = signed_in("police", "负责人")
    assert (
        client.post(
            "/supervise/campaigns/upload", {"name": "专项", "file": SimpleUploadedFile("a.txt", make.SMALL.encode())}
        ).status_code
        == 403
    )
    assert client.post(f"/supervise/campaigns/{made.pk}/act", {"act": "end", "reason": "不想办了"}).status_code == 403
    assert "上传任务清单" not in text(client.get("/supervise/campaigns"))


@pytest.mark.parametrize(
    "page", ["", "/matrix", "/timeline", "/late", "/review", "?lamp=warn&text=1", "?due=2026-07-01&state=assigned"]
)
def test_every_view_of_a_campaign_opens_for_overseer_and_unit(made: Campaign, page: str) -> None:
    for client in (signed_in(), signed_in("police", "负责人")):
        assert client.get(f"/supervise/campaigns/{made.pk}{page}").status_code == 200


def test_a_clerk_without_such_a_post_does_not_come_in(made: Campaign) -> None:
    assert signed_in("police", "受理岗").get(f"/supervise/campaigns/{made.pk}").status_code == 403
    assert signed_in("education", "负责人").get(f"/supervise/campaigns/{made.pk}").status_code == 404


def test_one_task_opens_in_its_place(made: Campaign) -> None:
    task = made.tasks.get(number="1")
    shown = text(signed_in().get(f"/supervise/campaigns/{made.pk}?open={task.pk}"))
    assert "收起" in shown
    assert "没有绑定平台计算的指标" in shown


def test_the_matrix_says_in_words_what_each_lamp_means(made: Campaign) -> None:
    shown = text(signed_in().get(f"/supervise/campaigns/{made.pk}/matrix"))
    assert "市公安局 · 任务 1 · 落后" in shown
    assert "序时进度" in shown


def test_the_export_is_a_workbook_with_definitions(made: Campaign) -> None:
    answer = signed_in().get(f"/supervise/campaigns/{made.pk}/export?unit=police")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = list(book["台账"].values)
    assert [row[5] for row in rows[2:]] == ["市公安局", "市公安局"]
    assert made.name in str(rows[0][0]) and made.source in str(rows[0][0])
    assert {"序时进度", "亮灯", "进度（%）", "本期填报", "印发的时限"} < {row[1] for row in book["口径说明"].values}


def test_a_unit_signs_reports_and_sees_what_was_sent_back(made: Campaign) -> None:
    unit, overseer = signed_in("police", "负责人"), signed_in()
    assert "2 项任务待签收" in text(unit.get("/supervise/reports"))
    unit.post(f"/supervise/campaigns/{made.pk}/sign", {"organisation": "police"})
    assert "本期要填报 2 项" in text(unit.get("/supervise/reports"))
    row = make.share(made, "1", "police")

    empty = unit.post(f"/supervise/shares/{row.pk}/report", {"progress": "x", "text": ""})
    assert empty.status_code == 422
    assert "进度填 0 至 100 的整数" in text(empty)
    unit.post(f"/supervise/shares/{row.pk}/report", {"progress": "30", "text": "已公布一批", "publicity": "2"})
    report = Report.objects.get()
    assert (report.progress, report.publicity, report.is_late) == (30, 2, False)

    assert "市公安局" in text(overseer.get(f"/supervise/campaigns/{made.pk}/review"))
    assert overseer.post(f"/supervise/reports/{report.pk}/review", {"act": "return", "remark": "短"}).status_code == 422
    overseer.post(f"/supervise/reports/{report.pk}/review", {"act": "return", "remark": "请附佐证材料"})
    assert "退回：请附佐证材料" in text(unit.get("/supervise/reports"))
    unit.post(f"/supervise/shares/{row.pk}/report", {"progress": "35", "text": "已公布一批，附后"})
    again = Report.objects.get(revision=2)
    overseer.post(f"/supervise/campaigns/{made.pk}/review/all", {"report": [str(again.pk), "nonsense"]})
    assert Report.objects.get(revision=2).review == "accepted"


def test_evidence_is_kept_and_opened_only_by_who_may_see_it(made: Campaign, settings: object, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"  # type: ignore[attr-defined]
    unit = signed_in("police", "负责人")
    unit.post(f"/supervise/campaigns/{made.pk}/sign", {"organisation": "police"})
    row = make.share(made, "1", "police")
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    bad = unit.post(
        f"/supervise/shares/{row.pk}/report",
        {"progress": "30", "text": "有图", "files": SimpleUploadedFile("图.png", picture)},
    )
    assert bad.status_code == 415
    assert not Report.objects.exists()

    out = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (4, 4)).save(out, "PNG")
    unit.post(
        f"/supervise/shares/{row.pk}/report",
        {"progress": "30", "text": "有图", "files": SimpleUploadedFile("图.png", out.getvalue())},
    )
    file = Report.objects.get().files[0]
    answer = unit.get(f"/supervise/shares/{row.pk}/files/{file}")
    assert b"".join(answer.streaming_content) == out.getvalue()
    assert signed_in("education", "负责人").get(f"/supervise/shares/{row.pk}/files/{file}").status_code == 404
    assert unit.get(f"/supervise/shares/{row.pk}/files/{uuid4()}").status_code == 404


def test_acts_are_done_on_the_page_and_refusals_keep_what_was_typed(made: Campaign) -> None:
    overseer, row = signed_in(), make.share(made, "2", "police")
    url = f"/supervise/shares/{row.pk}"
    refused = overseer.post(url + "/act", {"act": "yellow", "words": "请说明一下原因", "on": "2020-01-01"})
    assert refused.status_code == 422
    assert "请说明一下原因" in text(refused)
    overseer.post(url + "/act", {"act": "yellow", "words": "请说明一下原因", "on": "2026-06-30"})

    assert "洪湖市督办〔2026〕1 号" in text(overseer.get(url))
    paper = overseer.get(f"/supervise/orders/{row.papers.get().pk}")
    assert paper.content.startswith(b"%PDF")
    assert overseer.post(url + "/act", {"act": "sign"}).status_code == 403
    assert overseer.post(url + "/act", {"act": "nonsense"}).status_code == 302


def test_a_part_is_broken_off_and_an_indicator_bound_on_the_page(made: Campaign) -> None:
    overseer, task = signed_in(), made.tasks.get(number="1")
    url = f"/supervise/tasks/{task.pk}"
    assert overseer.post(url + "/act", {"act": "part", "requirement": "短"}).status_code == 422
    overseer.post(url + "/act", {"act": "part", "requirement": "整理清单底数", "organisation": "police"})
    overseer.post(url + "/act", {"act": "bind", "indicators": ["no-such", "no-such"]})

    shown = text(overseer.get(url))
    assert "1.1 整理清单底数" in shown
    task.refresh_from_db()
    assert task.indicators == ["no-such"]


def test_a_bulletin_goes_from_draft_to_receipt_on_pages(made: Campaign) -> None:
    overseer, unit = signed_in(), signed_in("police", "负责人")
    page = overseer.post("/supervise/bulletins", {"campaign": str(made.pk), "kind": "month", "period": "2026-06"})[
        "Location"
    ]
    assert "攻坚行动2026年6月通报" in text(overseer.get(page))
    assert "应报" in text(overseer.get(page + "/figures/应报"))
    assert overseer.get(page + "/figures/没有").status_code == 404
    assert unit.get(page).status_code == 404

    bad = overseer.post(page + "/edit", {"title": "攻坚行动通报", "text": "完成率 90%，请抓紧办理。", "seen": "1"})
    assert bad.status_code == 422
    assert "是手写的数" in text(bad)
    overseer.post(page + "/edit", {"title": "攻坚行动通报", "text": "完成率{{完成率}}，请抓紧办理。", "seen": "1"})
    overseer.post(page + "/act", {"act": "issue", "seen": "2"})
    assert "洪湖市督通〔2026〕1 号" in text(unit.get(page))
    for form in ("docx", "pdf"):
        assert unit.get(f"{page}/paper.{form}").status_code == 200
    assert "请代市公安局确认收到" in text(unit.get(page))
    unit.post(page + "/act", {"act": "confirm", "organisation": "police"})
    assert "已确认收到" in text(unit.get(page))
    assert "还没有确认" in text(overseer.get(page))


def test_reminders_are_shown_until_read(made: Campaign) -> None:
    unit = signed_in("police", "管理员")
    assert "交办 2 项，请签收" in text(unit.get("/supervise/reports"))
    unit.post("/supervise/reports/seen")
    assert "交办 2 项，请签收" not in text(unit.get("/supervise/reports"))


def test_the_ledger_does_not_ask_once_a_task(made: Campaign, by: Actor) -> None:
    client = signed_in()
    client.get(f"/supervise/campaigns/{made.pk}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(f"/supervise/campaigns/{made.pk}")
    assert len(asked) <= 30


def test_list_of_bulletins_is_empty_in_words(honghu: str) -> None:
    assert "还没有通报" in text(signed_in().get("/supervise/bulletins"))


def test_drafting_twice_is_refused_on_the_page(made: Campaign, by: Actor) -> None:
    bulletins.draft(made.pk, Kind.MONTH, "2026-06", by=by)
    answer = signed_in().post("/supervise/bulletins", {"campaign": str(made.pk), "kind": "month", "period": "2026-06"})
    assert answer.status_code == 409
    assert "已经起草" in text(answer)
    assert signed_in().post("/supervise/bulletins", {"campaign": "x"}).status_code == 422


def test_nobody_of_the_body_that_hears_appeals_runs_campaigns(made: Campaign) -> None:
    other = actor(officer("business-environment", "监督岗"))
    assert ledger.campaigns(by=other) == []
