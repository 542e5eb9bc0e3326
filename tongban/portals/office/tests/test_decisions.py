"""What an administrator notices on the pages of decision tables (决策表)."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.core import time
from tongban.decisions import queries, services
from tongban.decisions.rules import draft as drafts
from tongban.decisions.rules.table import Table
from tongban.decisions.tests.factories import RESULT, admin, column, make
from tongban.orgs.tests.factories import officer

pytestmark = [
    pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at"),
]  # fmt: skip
CODE = "employment-registration-instant"
HOME = "/work/decisions"
PAGE = f"{HOME}/t/{CODE}"
FOREIGN = Path(settings.PACK_DIR).parents[1] / "tests" / "dmn" / "foreign"


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(officer("human-resources", "管理员"))
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def form(table: Table, **more: str) -> dict[str, str]:
    """Return the form of the editor as a browser sends it."""
    draft = drafts.of_table(table)
    sent = {"name": draft.name, "hit": draft.hit, "aggregation": draft.aggregation, "seen": "1"}
    sent |= {"inputs": str(len(draft.inputs)), "outputs": str(len(draft.outputs)), "rows": str(len(draft.rows))}
    for side, columns in (("in", draft.inputs), ("out", draft.outputs)):
        sent |= {f"{side}-{n}-{name}": value for n, each in enumerate(columns) for name, value in vars(each).items()}
    for r, row in enumerate(draft.rows):
        sent |= {f"r-{r}-w-{n}": cell for n, cell in enumerate(row.when)}
        sent |= {f"r-{r}-t-{n}": cell for n, cell in enumerate(row.then)} | {f"r-{r}-note": row.note}
    return sent | more


def in_force(code: str = CODE) -> Table:
    return queries.table("honghu", code).spec


def own() -> Table:
    return make(
        (["> 5"], ['"approve"']), (["<= 5"], ['"manual"']), inputs=[column("jobs-created", "number")], outputs=[RESULT], code="demo-jobs"
    )  # fmt: skip


def test_administrator_sees_the_tables_of_the_own_organisation(client: Client) -> None:
    page = text(client.get(HOME))
    assert "就业失业登记秒批" in page
    assert "预包装食品" not in page
    assert "还没有比对" in page


def test_list_asks_the_database_as_often_for_many_tables(client: Client) -> None:
    client.get(HOME)
    with CaptureQueriesContext(connection) as few:
        client.get(HOME)
    for n in range(5):
        table = own().model_copy(update={"code": f"demo-{n}"})
        services.publish("honghu", table, seen=0, reason="示例的新表", by=admin("human-resources"))
    client.get(HOME)
    with CaptureQueriesContext(connection) as many:
        assert "本单位负责的，6 张" in text(client.get(HOME))
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "path",
    ["", "/new", "/import", f"/t/{CODE}", f"/t/{CODE}/edit", f"/t/{CODE}/import", f"/t/{CODE}/1", f"/t/{CODE}/1.dmn"],
)
def test_others_may_not_come_in(path: str) -> None:
    clerk, stranger = Client(), Client()
    clerk.force_login(officer("human-resources", "负责人"))
    stranger.force_login(officer("market", "管理员"))
    assert clerk.get(HOME + path).status_code == 403
    assert stranger.get(HOME + path).status_code == (404 if "/t/" in path else 200)
    assert Client().get(HOME + path).status_code == 302


def test_page_shows_rows_and_answers_a_try(client: Client) -> None:
    page = text(
        client.get(PAGE, {"try": "1", "try-0": "flexible", "try-1": "2020-05-01", "try-2": "true", "try-3": "true"})
    )
    assert "第 2 行对上。结论：<b>“approve”</b>" in page
    page = text(client.get(PAGE, {"try": "1", "try-0": "flexible", "try-1": "去年", "try-2": "true", "try-3": "true"}))
    assert "不是日期，当作没有填" in page
    assert "没有一行对得上。最接近的是第 1 行，没对上的是：现在的就业情况" in page


def test_cell_that_is_wrong_is_marked_where_it_is_and_nothing_is_published(client: Client) -> None:
    sent = form(in_force(), **{"r-0-w-0": "“seeking”", "r-1-w-1": ">= 5", "act": "publish", "reason": "按新的办法调整"})
    response = client.post(f"{PAGE}/edit", sent)
    page = text(response)
    assert response.status_code == 422
    assert 'id="r-0-w-0-e"' in page
    assert 'href="#r-1-w-1"' in page
    assert "第 2 行：这一列是日期，这里写的是数字" in page
    assert queries.table("honghu", CODE).version == 1


def test_overlapping_rows_are_told_in_the_row(client: Client) -> None:
    page = text(client.post(f"{PAGE}/edit", form(in_force(), **{"r-3-w-0": '"seeking"', "act": "check"})))
    assert "第 4 行：和第 1 行会同时对上" in page


def test_buttons_change_the_form_and_publish_nothing(client: Client) -> None:
    page = text(client.post(f"{PAGE}/edit", form(in_force(), act="row-down-0")))
    assert re.search(r'id="r-1-w-0" name="r-1-w-0" value="&quot;seeking&quot;"[^>]*autofocus', page)
    page = text(client.post(f"{PAGE}/edit", form(in_force(), act="input-add")))
    assert 'id="in-2-name"' in page
    assert queries.table("honghu", CODE).version == 1


def test_try_in_the_editor_uses_what_is_typed(client: Client) -> None:
    sent = form(
        in_force(), **{"r-0-t-0": '"manual"', "act": "try", "try-0": "seeking", "try-2": "true", "try-3": "true"}
    )
    assert "第 1 行对上。结论：<b>“manual”</b>" in text(client.post(f"{PAGE}/edit", sent))
    sent = form(in_force(), **{"r-0-t-0": "manual", "act": "try", "try-0": "seeking", "try-2": "true", "try-3": "true"})
    assert "改好才能试算" in text(client.post(f"{PAGE}/edit", sent))


def test_publishing_makes_a_version_with_its_reason_and_what_changed(client: Client) -> None:
    sent = form(
        in_force(), **{"r-3-note": "在单位上班的，由窗口核对劳动合同", "act": "publish", "reason": "说明写清楚"}
    )
    response = client.post(f"{PAGE}/edit", sent, follow=True)
    assert "第 2 版，现在起按它办" in text(response)
    page = text(client.get(f"{PAGE}/2"))
    assert "说明写清楚" in page
    assert "<del><code>在单位上班的，由人核对劳动合同</code></del>" in page
    assert "3 行没有变" in page
    assert "由目录包发布" in text(client.get(f"{PAGE}/1"))


def test_publishing_without_a_reason_or_from_an_old_page_is_refused(client: Client) -> None:
    sent = form(in_force(), **{"r-3-note": "改了", "act": "publish", "reason": ""})
    assert "写明为什么改" in text(client.post(f"{PAGE}/edit", sent))
    assert client.post(f"{PAGE}/edit", sent | {"reason": "说明写清楚"}).status_code == 302
    stale = client.post(f"{PAGE}/edit", sent | {"reason": "说明写清楚", "r-3-note": "又改了"})
    assert stale.status_code == 409
    assert "又发布了新版" in text(stale)


def test_new_table_is_made_from_nothing(client: Client) -> None:
    assert 'name="code"' in text(client.get(f"{HOME}/new"))
    sent = form(own(), code="demo-jobs", org="human-resources", seen="0", act="publish", reason="示例的新表")
    assert client.post(f"{HOME}/new", sent).status_code == 302
    assert in_force("demo-jobs") == own()


def test_table_cannot_be_made_for_another_organisation(client: Client) -> None:
    sent = form(own(), code="demo-jobs", org="market", seen="0", act="publish", reason="示例的新表")
    assert client.post(f"{HOME}/new", sent).status_code == 403


def test_exported_file_comes_back_as_no_change(client: Client) -> None:
    file = client.get(f"{PAGE}/1.dmn")
    assert file["Content-Disposition"] == f'attachment; filename="{CODE}-1.dmn"'
    sent = {"file": SimpleUploadedFile("x.dmn", file.content), "act": "look"}
    assert "没有一处不同" in text(client.post(f"{PAGE}/import", sent))


def carried(page: str) -> str:
    found = re.search(r'name="content" value="([^"]*)"', page)
    assert found
    return found[1]


def test_import_shows_what_would_change_and_publishes_when_told(client: Client) -> None:
    table = own()
    services.publish("honghu", table, seen=0, reason="示例的新表", by=admin("human-resources"))
    wanted = table.model_copy(update={"rows": (table.rows[0].model_copy(update={"note": "新的依据"}), table.rows[1])})
    sent = {"file": SimpleUploadedFile("x.dmn", queries.dmn_file(wanted)), "act": "look"}
    page = text(client.post(f"{HOME}/t/demo-jobs/import", sent))
    assert "<ins><code>新的依据</code></ins>" in page
    assert in_force("demo-jobs") == table
    sent = {"content": carried(page), "act": "publish", "seen": "1"}
    refused = client.post(f"{HOME}/t/demo-jobs/import", sent | {"reason": ""})
    assert refused.status_code == 422
    assert client.post(f"{HOME}/t/demo-jobs/import", sent | {"reason": "照新文件改"}).status_code == 302
    assert in_force("demo-jobs") == wanted


def test_file_of_another_maker_is_chosen_from_and_goes_to_the_editor(client: Client) -> None:
    content = (FOREIGN / "several-1.5.dmn").read_bytes()
    page = text(
        client.post(
            f"{HOME}/import", {"file": SimpleUploadedFile("x.dmn", content), "act": "look", "org": "human-resources"}
        )
    )
    assert "文件里有 3 个决策" in page
    page = text(
        client.post(
            f"{HOME}/import", {"content": carried(page), "decision": "risk", "act": "look", "org": "human-resources"}
        )
    )
    assert "没有叫“score”的数据元" in page
    assert "放进编辑页再改" in page
    assert 'name="r-1-t-0" value="&quot;high&quot;"' in page


@pytest.mark.parametrize(
    ("name", "words"),
    [("unsupported-1.3.dmn", "不支持命中策略 OUTPUT ORDER"), ("context-1.3.dmn", "不是决策表"), ("", "没有选文件")],
)
def test_file_that_cannot_be_taken_in_is_refused_in_words(client: Client, name: str, words: str) -> None:
    sent = {"file": SimpleUploadedFile("x.dmn", (FOREIGN / name).read_bytes())} if name else {}
    response = client.post(f"{HOME}/import", {**sent, "act": "publish", "org": "human-resources"})
    assert response.status_code in (409, 422)
    assert words in text(response)


def test_file_that_is_too_large_is_refused(client: Client) -> None:
    sent = {"file": SimpleUploadedFile("x.dmn", b"x" * (500 * 1024 + 1)), "act": "look", "org": "human-resources"}
    response = client.post(f"{HOME}/import", sent)
    assert response.status_code == 422
    assert "文件超过 500 KB" in text(response)


def test_table_too_large_for_a_form_is_sent_to_files(client: Client) -> None:
    rows = [([f"[{n}..{n + 1})"], ['"approve"']) for n in range(400)]
    table = make(*rows, inputs=[column("jobs-created", "number")], outputs=[RESULT], code="demo-large")
    services.publish("honghu", table, seen=0, reason="示例的大表", by=admin("human-resources"))
    assert "修改 <kbd>" not in text(client.get(f"{HOME}/t/demo-large"))
    assert "太大，不能在网页上改" in text(client.get(f"{HOME}/t/demo-large/edit"))


def test_page_lists_the_cases_in_which_table_and_people_differ(client: Client) -> None:
    for says, granted in ((True, True), (True, False)):
        case = uuid4()
        given = {"employment-status": "seeking", "materials-in-hand": True, "no-broken-promise": True}
        services.record_shadow(services.decide("honghu", CODE, given, subject_id=case, at=time.now()), says=says)
        services.settle_shadow(case, granted)
    page = text(client.get(PAGE))
    assert "和人工比对了 2 件，一致 1 件，不一致 1 件；最近连着一致 0 件" in page
    assert f"/work/cases/{case}" in page
    assert "比对 2 件，一致 1 件" in text(client.get(HOME))
