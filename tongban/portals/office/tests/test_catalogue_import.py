"""What an editor notices on the pages of importing a spreadsheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.authoring.queries import importing
from tongban.authoring.rules import sheets
from tongban.authoring.services import importing as services
from tongban.authoring.tests.factories import writer
from tongban.orgs.tests.factories import officer

pytestmark = [
    pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at"),
]  # fmt: skip
HOME = "/work/catalogue/imports"
CSV = "事项名称,承诺时限,颜色\n示例甲事项,5个工作日,红\n示例乙事项,尽快,绿\n,3,黑\n"


def signed_in(org: str = "market", post: str = "管理员") -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def uploaded(client: Client, content: str = CSV) -> str:
    response = client.post(HOME, {"file": SimpleUploadedFile("导出.csv", content.encode())})
    assert response.status_code == 302
    return str(response["Location"])


def choices(page: str) -> dict[str, str]:
    """Return the form of the columns as a browser would send it."""
    found = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_a_file_is_uploaded_matched_looked_at_taken_and_its_failures_sent() -> None:
    client = signed_in()
    assert "从 Excel 导入" in text(client.get("/work/catalogue"))
    address = uploaded(client)
    page = text(client.get(address))
    assert "有 1 列认不出" in page
    assert choices(page) == {"m-0-0": "name", "m-0-1": "promised_days", "m-0-2": ""}

    client.post(address, {**choices(page), "act": "choose"})
    page = text(client.get(address))
    assert "全部取入，成为 2 份稿子" in page
    assert "看不出是几个工作日：尽快" in page
    assert "有 1 列没有取，原文留在每一行里" in page
    assert "C 颜色" in page
    assert "没有事项名称，也没有编码" in text(client.get(f"{address}?show=faulty"))
    assert "示例甲事项" not in text(client.get(f"{address}?show=faulty"))

    client.post(address, {"act": "take"})
    page = text(client.get(address))
    assert "已取入 2 份稿子" in page
    assert "/work/catalogue/drafts/" in page
    assert "示例乙事项" in text(client.get("/work/catalogue"))
    assert client.get(f"{address}/failures.xlsx").content.startswith(b"PK")
    assert client.post(address, {"act": "take"}).status_code == 409


def test_a_wrong_file_is_refused_on_the_page_in_words() -> None:
    response = signed_in().post(HOME, {"file": SimpleUploadedFile("a.xlsx", b"%PDF-1.7 x")})
    assert response.status_code == 415
    assert "其实是PDF，不是 Excel 表格" in text(response)
    response = signed_in().post(HOME, {})
    assert (response.status_code, "还没有选文件" in text(response)) == (422, True)


def test_a_file_that_is_too_large_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 2**20)
    response = signed_in().post(HOME, {"file": SimpleUploadedFile("a.csv", b"x" * (2**20 + 1))})
    assert response.status_code == 413
    assert "文件有 1.0 MB，最多 1 MB" in text(response)


def test_two_columns_for_one_thing_are_refused_and_what_was_chosen_stays() -> None:
    client = signed_in()
    address = uploaded(client)
    response = client.post(address, {"m-0-0": "name", "m-0-1": "name", "m-0-2": "note", "act": "choose"})
    assert response.status_code == 422
    assert "有两列都选了“事项名称”" in text(response)
    assert choices(text(response)) == {"m-0-0": "name", "m-0-1": "name", "m-0-2": "note"}


def test_only_who_writes_items_comes_in_and_only_to_the_own_imports() -> None:
    address = uploaded(signed_in())
    assert signed_in(post="负责人").get(HOME).status_code == 403
    assert signed_in("human-resources").get(address).status_code == 404
    assert signed_in("human-resources").get(f"{address}/failures.xlsx").status_code == 404
    assert signed_in("data").get(address).status_code == 200
    assert Client().get(HOME).status_code in (302, 401)


def test_the_preview_asks_the_database_as_often_for_many_lines(tmp_path: Path) -> None:
    client, counts = signed_in("data"), []
    for rows in (5, 90):
        (tmp_path / "a.csv").write_text(
            "事项名称,承诺时限\n" + "".join(f"示例事项{n},5\n" for n in range(rows)), "utf-8"
        )
        row = services.upload(tmp_path / "a.csv", "a.csv", pack="honghu", by=writer())
        services.choose(row.pk, row.mapping, by=writer("data"))
        client.get(f"{HOME}/{row.pk}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{HOME}/{row.pk}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_template_is_a_workbook() -> None:
    for address in ("/work/catalogue/template.xlsx", "/work/catalogue/template.xlsx?filled=1"):
        response = signed_in().get(address)
        assert response.content.startswith(b"PK")
        assert "attachment" in response["Content-Disposition"]
    assert importing.recent("honghu", by=writer("data")) == []
