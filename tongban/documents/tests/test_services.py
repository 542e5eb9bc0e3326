from __future__ import annotations

import hashlib
import io
import random
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.documents import queries, services
from tongban.documents.adapters import typst_pdf
from tongban.documents.models import Paper, Service, TemplateVersion
from tongban.documents.rules import REMEDY, Body, Kind, Served, TemplateSpec, Way, sample
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_caches")]
BUILT_IN_DIGEST = "1221235eedf0f7143b10ce19933103bcf1bd1c16d6e811df1be21944ebdf502a"
SITE = "http://127.0.0.1:8000"
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


# One page: small, readable, tagged (how fast: tests/bench.py)

NAMES = ("阿卜杜拉·买买提江·艾合买提", "欧阳龘靐𠮷", "洪湖市" + "示例" * 22 + "有限公司")


@pytest.mark.parametrize("kind", list(Kind))
def test_paper_of_one_page_is_small_tagged_and_has_every_character(kind: Kind) -> None:
    name = NAMES[list(Kind).index(kind) % len(NAMES)]
    body = Body(name, (f"关于{name}的申请。", "理由：王\U00020bb7二。"), signed_by="洪湖市公安局", remedy=REMEDY)
    row = paper(kind, body=body)
    content = queries.pdf(row, site=SITE)
    reader = PdfReader(io.BytesIO(content))
    text = words(content)
    assert (len(reader.pages), len(content) <= 100 * 1024) == (1, True), len(content)
    assert name in text
    assert "\0" not in text  # what a font lacks is read out as this
    assert reader.metadata is not None and reader.metadata.title == f"{row.title} {row.number}"
    root = reader.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == ("zh-CN", True, True)


def test_character_that_no_font_has_is_named_and_no_empty_box() -> None:
    text = words(queries.pdf(paper(body=Body("张க", ("好",), signed_by="局")), site=SITE))
    assert "张〓（U+0B95）" in text
    assert "\0" not in text


def test_qr_leads_to_the_page_where_the_paper_is_checked() -> None:
    row = paper()
    assert queries.check_address(row, site=SITE) == f"{SITE}/check/{row.check_code}"


def test_template_of_this_release_stays_as_it_is_because_papers_name_its_number() -> None:
    # Papers were issued with number 1: change it by adding a number 2, never by editing.
    digest = hashlib.sha256(typst_pdf.built_in("paper").encode()).hexdigest()
    assert (queries.BUILT_IN_NUMBER, digest) == (1, BUILT_IN_DIGEST)


# Reprints


def test_reprint_is_counted_marked_and_audited() -> None:
    row, by = paper(body=sample(Kind.GRANT)), Actor(name="王示例", seats={"police": frozenset({"clerk"})})
    assert [services.reprint(row.pk, by=by).reprints for _ in range(2)] == [1, 2]
    row = queries.paper(row.pk)
    assert "补打第2次" in words(queries.pdf(row, site=SITE, copy=2))
    assert "补打" not in words(queries.pdf(row, site=SITE))
    assert list(Entry.objects.filter(action="documents.reprinted").values_list("reason", flat=True)) == [
        "第 1 次",
        "第 2 次",
    ]
    with pytest.raises(NotFound):
        services.reprint(uuid4(), by=by)


# Templates

ADMIN = Actor(name="管理员", account_id=uuid4(), seats={"police": frozenset({"admin"})})
OWN = '#set text(font: "Noto Sans CJK SC")\n#let d = json(bytes(sys.inputs.data))\n新版 #d.title #d.number'


def publish(
    text: str = OWN, *, seen: int = 0, kind: Kind | None = Kind.GRANT, by: Actor = ADMIN, reason: str = "标题改版式"
) -> TemplateVersion:
    return services.publish_template(kind, text, org="police", seen=seen, reason=reason, by=by)


def test_paper_keeps_the_template_it_was_issued_with() -> None:
    before = paper(body=sample(Kind.GRANT))
    publish()
    first = paper(body=sample(Kind.GRANT))
    publish(OWN.replace("新版", "再改"), seen=1)
    second = paper(body=sample(Kind.GRANT))
    shown = [words(queries.pdf(row, site=SITE)) for row in (before, first, second)]
    assert "新版" not in shown[0] and "洪湖市示例局" in shown[0]
    assert shown[1].startswith("新版") and shown[2].startswith("再改")
    assert (second.template_code, second.template_version) == ("police.grant", 2)


def test_template_counts_for_its_own_organisation_and_kind_only() -> None:
    publish()
    assert paper(Kind.REFUSAL).template_code == ""
    assert paper(organisation="market").template_code == ""
    publish(kind=None)
    assert paper(Kind.REFUSAL).template_code == "police.all"
    assert paper().template_code == "police.grant"


def test_retired_template_gives_way_to_the_common_one() -> None:
    publish()
    services.retire_template(Kind.GRANT, org="police", seen=1, reason="改回通用的", by=ADMIN)
    assert paper().template_code == ""
    with pytest.raises(Conflict):
        services.retire_template(Kind.GRANT, org="police", seen=2, reason="改回通用的", by=ADMIN)


@pytest.mark.parametrize(
    ("text", "reason", "field", "said"),
    [
        ("a\n#nope", "标题改版式", "text", "第 2 行：没有叫“nope”的变量"),
        (OWN, "改", "reason", "5 至 200"),
        ("", "标题改版式", "text", "1 至"),
    ],
)
def test_faulty_template_is_refused_at_its_line(text: str, reason: str, field: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        publish(text, reason=reason)
    assert said in refusal.value.fields[field]
    assert not TemplateVersion.objects.exists()


def test_template_is_edited_by_its_own_administrator_from_the_newest_version() -> None:
    publish()
    for stale in (0, 2):
        with pytest.raises(Conflict, match="又发布了新版"):
            publish("b", seen=stale)
    with pytest.raises(Conflict, match="完全一样"):
        publish(seen=1)
    for by in (Actor(seats={"police": frozenset({"head"})}), Actor(seats={"market": frozenset({"admin"})})):
        with pytest.raises(NotAllowed):
            publish("b", seen=1, by=by)
        with pytest.raises(NotAllowed):
            services.retire_template(Kind.GRANT, org="police", seen=1, reason="改回通用的", by=by)
    with pytest.raises(Invalid):
        services.retire_template(Kind.GRANT, org="police", seen=1, reason="", by=ADMIN)


def test_preview_is_the_paper_that_will_be_issued() -> None:
    publish("#set page(width: 10cm, height: 5cm)\n一页 #pagebreak() 两页")
    assert len(queries.preview(Kind.GRANT, sample(Kind.GRANT), org="police")) == 2
    (page,) = queries.preview(Kind.GRANT, sample(Kind.GRANT), org="market")
    assert page.startswith("<svg") and "595.27" in page


def placed(text: str) -> list[Placed[TemplateSpec]]:
    return [Placed("place", TemplateSpec(code="place", name="全市", text=text), "templates.yaml", 0)]


def test_template_of_the_pack_counts_for_all_and_what_was_edited_on_screen_stays() -> None:
    services.apply("honghu", placed(OWN), at=time.now())
    assert paper(Kind.REFUSAL, organisation="market").template_code == "place"
    publish()
    assert services.differences("honghu", placed(OWN)) == ([], [], [])
    assert services.differences("honghu", placed("b")) == ([], ["place"], [])
    assert services.differences("honghu", []) == ([], [], ["place"])
    services.apply("honghu", [], at=time.now())
    assert [body for _, _, body in services.exported("honghu")] == [
        {"code": "police.grant", "kind": "grant", "name": "准予决定书", "org": "police", "text": OWN}
    ]


# Service


def serve(*rows: Paper, way: Way = Way.DIRECT, **changes: object) -> Paper:
    values = {"recipient": "张示例", "served_on": time.today(), **changes}
    return services.serve(rows, Served(way, **values), has_consent=False, word="公安", by=ADMIN)  # type: ignore[arg-type]


def test_service_of_several_papers_is_proved_by_one_numbered_paper() -> None:
    first, second = paper(Kind.REFUSAL), paper(Kind.CORRECTED)
    proof = serve(first, second, way=Way.LEFT, witness="社区王某", note="拒绝签收", waybill="不该留下")
    assert proof.number == f"公安送〔{time.today().year}〕1 号"
    text = words(queries.pdf(proof, site=SITE))
    for said in (
        "留置送达",
        "社区王某",
        "拒绝签收",
        "张示例",
        *("".join(row.number.split()) for row in (first, second)),
    ):
        assert said in text
    found = queries.services([first, second])
    assert [(row.way, row.is_effective, row.is_missing) for row in found] == [("留置送达", True, False)] * 2
    assert set(Service.objects.values_list("witness", "waybill")) == {("社区王某", "")}


def test_decision_without_service_is_missing_and_a_notice_is_not() -> None:
    rows = [paper(Kind.REFUSAL), paper(Kind.ACCEPTANCE)]
    assert [row.is_missing for row in queries.services(rows)] == [True, False]


def test_announcement_takes_effect_when_its_days_are_over() -> None:
    row = paper(Kind.REFUSAL)
    proof = serve(row, way=Way.ANNOUNCED, announced_in="市政府网站")
    (view,) = queries.services([row])
    assert view.service is not None and view.service.effective_on == time.today() + timedelta(days=30)
    assert not view.is_effective
    assert "30日" in words(queries.pdf(proof, site=SITE))


def test_paper_is_served_once_and_a_refused_record_uses_no_number() -> None:
    row = paper(Kind.REFUSAL)
    serve(row)
    with pytest.raises(Conflict, match="已经登记过"):
        serve(row)
    with pytest.raises(Invalid):
        serve()
    with pytest.raises(Invalid) as refusal:
        serve(paper(Kind.GRANT), way=Way.ELECTRONIC)
    assert list(refusal.value.fields) == ["way"]
    assert serve(paper(Kind.GRANT)).serial == 2
    assert Entry.objects.filter(action="documents.served").count() == 2
