"""What an editor reads of how a draft differs: from what is in force, and from what somebody else has kept meanwhile."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tongban.authoring.models import Draft
from tongban.authoring.services import drafting
from tongban.authoring.tests.factories import ITEM, draft, writer
from tongban.orgs.tests.factories import officer

pytestmark = [pytest.mark.filterwarnings("ignore:No directory at"), pytest.mark.usefixtures("honghu", "own_caches")]


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(officer("market", "管理员"))
    return client


def rows(page: str) -> dict[str, list[str]]:
    """Return the table of differences: what is in the cells after the name of the element."""
    found = re.findall(r'<tr><th scope="row">(.*?)</th><td.*?>(.*?)</td><td.*?>(.*?)</td></tr>', page, re.DOTALL)
    return {words: [re.sub(r"<[^>]+>", " ", cell).strip() for cell in cells] for words, *cells in found}


def test_a_draft_says_in_words_what_it_changes_and_nothing_else(client: Client) -> None:
    row = draft(by=writer())
    fields = [*row.body["fields"], {"element": "premises-name", "required": False}]
    drafting.write(
        row.pk, {**row.body, "fields": fields, "reach": "3", "note": "内部讨论"}, seen=row.revision, by=writer()
    )
    page = client.get(f"/work/catalogue/drafts/{row.pk}").content.decode()
    assert "和现行版本的不同 3" in page
    assert rows(page) == {
        "备注": ["（空）", "内部讨论"], "表单字段": ["（空）", "加上：经营场所名称（店名、字号），必填：否"], "通办范围": ["（空）", "全市通办"],
    }  # fmt: skip


def test_who_saves_after_somebody_else_sees_both(client: Client) -> None:
    row = draft(by=writer())
    drafting.write(row.pk, {**row.body, "phone": "0716-1", "keywords": ["餐馆"]}, seen=row.revision, by=writer())
    answer = client.post(
        f"/work/catalogue/drafts/{row.pk}/answers",
        {"seen": str(row.revision), "keywords": "餐馆\n饭店", "faq-count": "0"},
    )
    assert answer.status_code == 409
    found = rows(answer.content.decode())
    assert (found["关键词"], "咨询电话" in found) == (["（空）", "加上：饭店"], False)
    assert Draft.objects.get(pk=row.pk, code=ITEM).body["keywords"] == ["餐馆"]
