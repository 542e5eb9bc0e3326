from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from tongban.attachments import queries, rules, services
from tongban.attachments.models import File
from tongban.attachments.tests.factories import huge_png, image, package, pdf, upload
from tongban.core.actor import Actor
from tongban.rules.errors import DomainError, Invalid, TooLarge, Unsupported

pytestmark = pytest.mark.django_db
BY = Actor(account_id=uuid4())
OFD = {"OFD.xml": b"<OFD/>", "Doc_0/Pages/Page_0/Content.xml": b"<Page/>", "Doc_0/Pages/Page_1/Content.xml": b"<Page/>"}


@pytest.mark.parametrize(
    ("name", "content", "media", "pages"),
    [
        ("合同.pdf", pdf(pages=3), "application/pdf", 3),
        ("照片.JPEG", image("JPEG"), "image/jpeg", 1),
        ("照片.png", image(), "image/png", 1),
        ("证照.ofd", package(OFD), "application/ofd", 2),
    ],
)
def test_good_file_is_kept_as_it_came(name: str, content: bytes, media: str, pages: int) -> None:
    row = services.store(upload(name, content), by=BY)
    assert (row.media_type, row.pages, row.size_bytes, row.owner_id) == (media, pages, len(content), BY.account_id)
    assert queries.content(row.pk)[1] == content
    assert row.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("合同.docx", b"PK\x03\x04", "不能上传“.docx”文件"),
        ("合同", pdf(), "没有后缀"),
        ("合同.pdf.exe", pdf(), "“.exe”"),
        ("照片.jpg", pdf(), "其实是 PDF 文件"),
        ("合同.pdf", image(), "其实是 PNG 图片"),
        ("合同.pdf", b"MZ\x90\x00", "内容不是 PDF"),
        ("合同.pdf", pdf(password="secret"), "设了密码"),
        ("合同.pdf", pdf(script="app.alert(1)"), "脚本或附件"),
        ("合同.pdf", pdf(script="app.alert(1)", inline=True), "脚本或附件"),
        ("合同.pdf", pdf(attachment=True), "脚本或附件"),
        ("合同.pdf", pdf(pages=301), "最多 300 页"),
        ("合同.pdf", pdf()[:200], "打不开"),
        ("合同.pdf", b"%PDF-1.7\n" + b"garbage" * 20, "打不开"),
        ("照片.png", huge_png(8000, 5001), "4000 万像素"),
        ("照片.png", image()[:40], "打不开"),
        ("证照.ofd", package({"Other.xml": b"x"}), "不是 OFD"),
        ("证照.ofd", package(OFD | {"big.bin": b"0" * (51 * 2**20)}), "解开后太大"),
        ("证照.ofd", package(OFD | {f"{n}.xml": b"" for n in range(1001)}), "解开后太大"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_file_is_refused_says_why_and_leaves_nothing(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Unsupported) as refusal:
        services.store(upload(name, content), by=BY)
    assert words in refusal.value.message
    assert name.rpartition("/")[2][:4] in refusal.value.message
    assert not File.objects.exists()
    assert kept_files() == before(), "the refused bytes are still there"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("合同.pdf", pdf() + package({"a.txt": b"x"})),
        ("合同.pdf", pdf() + b"MZ\x90\x00 some program"),
        ("照片.jpg", image("JPEG") + b"<?php echo 1; ?>"),
        ("照片.png", image() + package({"a.txt": b"x"})),
    ],
)
def test_two_files_in_one_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(Unsupported, match="混有别的内容"):
        services.store(upload(name, content), by=BY)


def test_package_that_lies_about_its_sizes_is_refused() -> None:
    content = bytearray(package({"OFD.xml": b"<x/>", "a": b"\0" * 60_000_000}))
    second = content.find(b"PK\x01\x02", content.find(b"PK\x01\x02") + 4)
    content[second + 24 : second + 28] = (10).to_bytes(4, "little")
    with pytest.raises(Unsupported):
        services.store(upload("合同.ofd", bytes(content)), by=BY)


def test_discarded_files_are_gone_and_those_of_others_stay() -> None:
    own, other = (
        services.store(upload("合同.pdf", pdf()), by=BY),
        services.store(upload("合同.pdf", pdf()), by=Actor(account_id=uuid4())),
    )
    services.discard([own.pk, other.pk], by=BY)
    assert list(File.objects.all()) == [other]
    assert not queries.path_of(own.pk).exists()
    assert queries.path_of(other.pk).exists()


def kept_files() -> set[str]:
    return {str(path) for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()}


_seen: set[str] = set()


def before() -> set[str]:
    return {path for path in _seen if Path(path).exists()}


@pytest.fixture(autouse=True)
def _files_before() -> None:
    _seen.clear()
    _seen.update(kept_files())


def test_image_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = huge_png(60_000, 60_000)  # 10 GB unpacked
    assert len(bomb) < 10_000
    with pytest.raises(Unsupported):
        services.store(upload("照片.png", bomb), by=BY)


def test_file_over_the_limit_and_empty_file_are_refused(settings) -> None:  # type: ignore[no-untyped-def]
    settings.UPLOAD_LIMIT_BYTES = 1000
    with pytest.raises(TooLarge):
        services.store(upload("合同.pdf", pdf() + b"\n" * 1000), by=BY)
    with pytest.raises(Invalid):
        services.store(upload("合同.pdf", b""), by=BY)
    assert kept_files() == before()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\合同.pdf", "合同.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("gepj\u202efdp.pdf", "gepjfdp.pdf"),  # direction characters would show another ending
        (" .pdf ", "pdf"),
        ("", "未命名文件"),
        ("..", "未命名文件"),
        ("长" * 300 + ".pdf", "长" * 90 + ".pdf"),
        ("合同.", "合同"),
    ],
)
def test_file_name_is_only_a_harmless_label(name: str, label: str) -> None:
    assert rules.label(name) == label


def test_bytes_lie_under_a_generated_id_outside_any_served_folder() -> None:
    row = services.store(upload("../../合同.pdf", pdf()), by=BY)
    path = queries.path_of(row.pk).resolve()
    assert path.is_relative_to(Path(settings.FILES_DIR).resolve())
    assert path.name == row.pk.hex


def test_files_belong_to_the_account_that_uploaded_them() -> None:
    row = services.store(upload("合同.pdf", pdf()), by=BY)
    assert queries.belongs_to([str(row.pk)], account_id=BY.account_id)  # type: ignore[arg-type]
    assert not queries.belongs_to([str(row.pk)], account_id=uuid4())
    assert not queries.belongs_to([str(row.pk), str(uuid4())], account_id=BY.account_id)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [None, 0])
def test_upload_without_a_size_is_refused(size: int | None) -> None:
    file = upload("合同.pdf", pdf())
    file.size = size
    with pytest.raises(DomainError):
        services.store(file, by=BY)
