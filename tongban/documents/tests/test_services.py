from __future__ import annotations

import io
import random
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from tongban.core import time
from tongban.documents import queries, services
from tongban.documents.models import Paper
from tongban.documents.rules import REMEDY, Body, Kind
from tongban.rules.errors import NotFound

pytestmark = pytest.mark.django_db
LONG = Body(
    addressee="洪湖示例酒店有限公司",
    paragraphs=(
        "你申请的“旅馆业特种行业许可证核发”，经审查，决定不予准许。",
        "理由：疏散通道宽度不足 1.1 米（见现场检查记录）。",
    ),
    head=("序号", "内容", "怎么改"),
    rows=tuple(
        (str(n), f"第 {n} 处：消防设施平面图", "按 GB 50016 标出安全出口、疏散通道和灭火器的位置" * 2)
        for n in range(1, 30)
    ),
    closing=("补正后在“办件进度”里提交。",),
    remedy=REMEDY,
    basis=("《中华人民共和国行政许可法》第三十八条",),
    signed_by="洪湖市公安局",
    facts=(("办件编号", "11421083MADEMX01944201000050002026112100" + "01"),),
)


def paper(
    kind: Kind = Kind.GRANT, *, organisation: str = "police", body: Body = LONG, subject: UUID | None = None
) -> Paper:
    return services.issue(kind, organisation=organisation, word="公安", subject_id=subject or uuid4(), body=body)


def words(content: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return "".join(text.split())


def test_numbers_follow_without_gaps_by_organisation_kind_and_year() -> None:
    dice = random.Random(7)
    for _ in range(40):
        paper(
            dice.choice([Kind.GRANT, Kind.REFUSAL]),
            organisation=dice.choice(["police", "market"]),
            body=Body("某人", ("好",)),
        )
    groups = Paper.objects.values_list("organisation", "kind", "year").distinct()
    for organisation, kind, year in groups:
        same = Paper.objects.filter(organisation=organisation, kind=kind, year=year).order_by("serial")
        assert list(same.values_list("serial", flat=True)) == list(range(1, same.count() + 1))
    assert len(groups) == 4


def test_number_of_a_transaction_that_goes_back_is_used_again() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        paper()
        raise RuntimeError
    assert paper().number == f"公安准〔{time.today().year}〕1 号"


def test_new_year_in_china_begins_with_number_one() -> None:
    with time.moved(time.at_china(date(2026, 12, 31), 23, 59)):
        assert paper().number == "公安准〔2026〕1 号"
    with time.moved(time.at_china(date(2027, 1, 1), 0, 1)):  # still 2026 in UTC
        assert paper().number == "公安准〔2027〕1 号"


def test_number_is_given_only_once() -> None:
    row = paper()
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.create(
            organisation=row.organisation, kind=row.kind, year=row.year, serial=row.serial, subject_id=uuid4(), body={},
            issued_at=time.now(), check_code="x",
        )  # fmt: skip


@pytest.mark.parametrize("kind", list(Kind))
def test_pdf_is_small_the_same_each_time_and_its_words_can_be_read_out(kind: Kind) -> None:
    row = paper(kind)
    first, second = (queries.pdf(row, site="http://127.0.0.1:8000") for _ in range(2))
    assert first == second
    assert len(first) <= 100 * 1024
    text = words(first)
    for said in (row.title, "疏散通道宽度不足", "洪湖市公安局", "第29处", "行政复议", "办件编号"):
        assert said in text
    assert "".join(row.number.split()) in text


@pytest.mark.parametrize(
    "name", ["买买提·艾力", "王\U00020bb7二", "𠮷田", "龘靐齉", "Müller & Söhne <GmbH> #1 $x$ *b* _u_ @y"]
)
def test_rare_characters_and_marks_of_the_template_language_come_out_as_written(name: str) -> None:
    text = words(
        queries.pdf(paper(body=Body(name, ("收到。",), signed_by="洪湖市公安局")), site="http://127.0.0.1:8000")
    )
    assert "".join(name.split()) in text


def test_paper_is_found_by_subject_and_by_check_code_only() -> None:
    row = paper(subject=UUID(int=5))
    paper()
    assert queries.papers([UUID(int=5)]) == [row]
    assert queries.by_check_code(row.check_code) == row
    assert queries.by_check_code("") is None
    assert queries.by_check_code("nothing") is None
    assert queries.paper(row.pk) == row
    with pytest.raises(NotFound):
        queries.paper(uuid4())
