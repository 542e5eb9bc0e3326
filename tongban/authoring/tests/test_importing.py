"""Spreadsheets brought in for real: 1,100 dirty rows, broken files, all or nothing, and the pages."""

from __future__ import annotations

import argparse
import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import DatabaseError

from tongban.audit.models import Entry
from tongban.authoring import cli
from tongban.authoring.models import Draft, Import, ImportRow, Step
from tongban.authoring.queries import drafts, importing
from tongban.authoring.rules import sheets
from tongban.authoring.services import drafting, publishing
from tongban.authoring.services import importing as services
from tongban.authoring.tests.factories import ITEM, reviewer, writer
from tongban.catalogue import queries as catalogue
from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.orgs import queries as orgs
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("own_caches")
ROWS = 1100
HEADS = (
    "序号", "task_name", "catalog_code", "task_type", "dept_name", "dept_code", "use_level", "anticipate_day", "promise_day",
    "project_type", "accept_condition",
    "by_law", "server_type", "handle_type", "is_fee", "fee_standard", "is_entry_center", "limit_scene_num", "plan_effective_date",
    "link_way", "local_task_code",
    "user_topic_type", "填报人", "",
)  # fmt: skip
DIRT: dict[str, tuple[Any, ...]] = {
    "task_type": ("行政许可", "01", 1, "许可", "公共服务", "20", "行政处罚", "不知道", ""),
    "dept_code": ("11421083MADEMX003P", "114210830000000359", "MADEMX003", "MADEMX00-3", 1.23e17, ""),
    "use_level": ("县级", "4", 4, "区县级", "４", "街道级", "月球级", ""),
    "anticipate_day": (20, "20个工作日", "２０", "1个月", "二十个工作日", "无", ""),
    "promise_day": (5, "5个工作日", "20日", "即办", "当场办结", "五个工作日", "5-10个工作日", "尽快", "", 400),
    "project_type": ("1", "承诺件", "即办件", ""),
    "accept_condition": ("1.有场所；2.有人员", "有场所\n有人员", " 有　场所 ", "无", ""),
    "by_law": (
        "《行政许可法》第十二条",
        "《甲条例》第一条；《乙办法》",
        "某文件",
        "",
        "《某法》（2020 年修订）第三条第二款：应当……",
    ),
    "server_type": ("自然人、法人", "1^2", "企业法人,事业法人", "神仙", ""),
    "handle_type": ("窗口办理", "网上办理/快递", "1,2", "托梦", ""),
    "is_fee": ("否", "是", "Y", "×", "也许", ""),
    "fee_standard": ("", "", "按次 10 元", "无"),
    "is_entry_center": ("是", True, "1", "√", "大概", ""),
    "limit_scene_num": (0, "1次", "不用跑", "最多跑一次", 99, ""),
    "plan_effective_date": ("2026-12-01", 46357, "2026年12月1日", "2026.12.1", "2026-02-30", ""),
    "link_way": ("0716-2400000", "0716 — 2400000", "", "无"),
    "local_task_code": ("", "0100001001", "010000100112345678901234", "12345"),
    "user_topic_type": ("", "就业创业", "030", "30", "不存在的主题"),
    "填报人": ("张三（示例）", "", "李四（示例）"),
}


def dirty(path: Path, *, rows: int = ROWS, seed: int = 7, wide: int = 200) -> int:
    """Write a workbook with every kind of dirt; return how many rows hold something."""
    rng = random.Random(seed)
    names = [org.full_name for org in orgs.organisations("honghu").values()]
    names += [org.name for org in orgs.organisations("honghu").values()] + ["没有这个局", ""]
    heads = [*HEADS, *(f"扩展字段{n}" for n in range(wide - len(HEADS)))]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("导出")
        sheet.merge_range(0, 0, 0, 10, "示例目录导出（生成的数据）")
        sheet.write_row(1, 0, heads)
        day = book.add_format({"num_format": "yyyy/m/d"})
        written, down, said = 0, 2, list[list[Any]]()
        while written < rows:
            if rng.random() < 0.02:
                down += 1  # an empty row
                continue
            cells = rng.choice(said) if said and rng.random() < 0.02 else _row(rng, written, names)
            said.append(cells)
            for n, value in enumerate(cells):
                if value == 46357 and rng.random() < 0.5:
                    sheet.write_number(down, n, value, day)
                elif value != "" and n != 4:
                    sheet.write(down, n, value)
            if rng.random() < 0.05:
                sheet.merge_range(down, 4, down + 1, 4, cells[4] or names[0])
                sheet.write(down + 1, 1, f"合并行事项{written}")
                written, down = written + 1, down + 1
            elif cells[4]:
                sheet.write(down, 4, cells[4])
            sheet.write_formula(down, len(HEADS), "=1+1", value=2)
            written, down = written + 1, down + 1
        hidden = book.add_worksheet("隐藏")
        hidden.hide()
        hidden.write_row(0, 0, HEADS)
        hidden.write_row(1, 0, ["1", "藏着的事项"])
    return written


def _row(rng: random.Random, n: int, names: list[str]) -> list[Any]:
    twelve = f"4201{n:05d}000" if n % 2 else f"0001{n:05d}000"
    odd = [f"{twelve}00", f"{twelve[:11]}00", f"{twelve}7", twelve.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
       f"{twelve[:4]} {twelve[4:]}\n",
           f"010{n:07d}", "", 1.2e16, "待定", "420100007000"]  # fmt: skip
    basic = rng.choice(odd) if rng.random() < 0.5 else twelve
    names_of = [
        f" 示例　事项 {n}\n",
        f"示例事项（{n}）_x000D_",
        f"示例事项{n % 50}",
        "" if rng.random() < 0.2 else f"示例事项 {n}",
    ]
    name = rng.choice(names_of) if rng.random() < 0.5 else f"示例事项{n}"
    cells = {"序号": n + 1, "task_name": name, "catalog_code": basic, "dept_name": rng.choice(names)}
    return [
        cells.get(head, "") if head in cells else rng.choice(DIRT[head]) if head in DIRT else "多出来的一格"
        for head in HEADS
    ]


@pytest.fixture
def everyone() -> Actor:
    """Return who may write for every body."""
    return at_desk("data", "管理员")


def brought(path: Path, by: Actor) -> Import:
    row = services.upload(path, path.name, pack="honghu", by=by)
    services.choose(row.pk, row.mapping, by=by)
    row.refresh_from_db()
    return row


@pytest.mark.slow
def test_eleven_hundred_dirty_rows_are_taken_or_reported_and_a_second_time_nothing_changes(
    honghu: None, tmp_path: Path, everyone: Actor
) -> None:
    written = dirty(tmp_path / "dirty.xlsx")
    row, published = brought(tmp_path / "dirty.xlsx", everyone), catalogue.stamp("honghu")

    counts = services.take(row.pk, by=everyone)

    assert counts["rows"] == written >= ROWS
    assert counts["new"] + counts["changed"] + counts["same"] + counts["faulty"] == written
    assert counts["new"] > 600
    assert counts["faulty"] > 50
    reported = row.rows.filter(outcome="faulty")
    assert all(
        any(f["level"] == "fault" and f["message"] and f["row"] == each.line for f in each.findings)
        for each in reported
    )
    assert not row.rows.filter(outcome__in=["new", "changed"], draft=None).exists()
    assert Draft.objects.filter(state="editing").count() == counts["drafts"]
    assert catalogue.stamp("honghu") == published
    before = list(Draft.objects.order_by("pk").values_list("pk", "revision", "body"))
    again = brought(tmp_path / "dirty.xlsx", everyone)
    assert (again.counts["new"], again.counts["changed"], again.counts["faulty"]) == (0, 0, counts["faulty"])
    assert services.take(again.pk, by=everyone)["drafts"] == 0
    assert list(Draft.objects.order_by("pk").values_list("pk", "revision", "body")) == before


def test_every_kind_of_dirt_is_told_at_its_cell(honghu: None, tmp_path: Path, everyone: Actor) -> None:
    dirty(tmp_path / "dirty.xlsx", rows=250)
    row = brought(tmp_path / "dirty.xlsx", everyone)
    said = {f["message"] for found in row.rows.values_list("findings", flat=True) for f in found}
    for words in ("不是依申请", "位组织机构代码", "最后一位和前面对不上", "位数已经丢了", "取前 12 位", "旧编码", "单位是“月”",
       "按工作日取", "看不出是几个工作日", "字典里没有“神仙”",
                  "没有叫“没有这个局”", "不是日期", "看不出是“是”还是“否”", "0 到 5", "一模一样", "是同一事项", "取为 2026-12-01",
                  "没有写收费标准", "没有写条款"):  # fmt: skip
        assert [text for text in said if words in text], words
    notes, ignored = importing.told(row)
    assert [
        word for word in ("空行", "合并的单元格", "“隐藏”是隐藏的") if not any(word in note for note in notes)
    ] == []
    assert len(ignored) == 200 - len(HEADS) + 2
    first = row.rows.filter(unknown__has_key="X （没有列名，X 列）").first()
    assert first is not None
    assert first.unknown["X （没有列名，X 列）"] == "多出来的一格"


def test_an_import_that_breaks_off_leaves_nothing(
    honghu: None, tmp_path: Path, everyone: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    dirty(tmp_path / "dirty.xlsx", rows=120, wide=30)
    row = brought(tmp_path / "dirty.xlsx", everyone)

    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("tongban.audit.services.record_all", broken)
    with pytest.raises(DatabaseError):
        services.take(row.pk, by=everyone)

    row.refresh_from_db()
    assert row.state == "ready"
    assert not Draft.objects.exists()
    assert not Step.objects.exists()


def test_what_changed_since_the_look_is_not_taken(honghu: None, tmp_path: Path) -> None:
    by = writer()
    (tmp_path / "a.csv").write_text(f"内部代码,事项名称,承诺时限\n{ITEM},,9\n", "utf-8")
    row = brought(tmp_path / "a.csv", by)
    started = drafting.start("honghu", "item", ITEM, by=by)
    started = drafting.write(started.pk, {**started.body, "promised_days": 9}, seen=started.revision, by=by)
    with pytest.raises(Conflict) as refusal:
        services.take(row.pk, by=by)
    assert refusal.value.code == "import.stale"
    services.choose(row.pk, row.mapping, by=by)
    assert services.take(row.pk, by=by)["same"] == 1
    with pytest.raises(Conflict):
        services.take(row.pk, by=by)


def test_imported_items_are_drafts_that_another_person_must_publish(honghu: None, tmp_path: Path) -> None:
    by, was = writer(), catalogue.item("honghu", ITEM).version
    (tmp_path / "a.csv").write_text(f"内部代码,事项名称,承诺时限,咨询电话\n{ITEM},,4,0716-1\n", "gb18030")
    row = brought(tmp_path / "a.csv", by)
    services.take(row.pk, by=by)

    draft = Draft.objects.get(code=ITEM)
    assert (draft.state, draft.body["promised_days"], draft.based_on) == ("editing", 4, was)
    assert draft.name == catalogue.item("honghu", ITEM).spec.name
    assert draft.editors == [str(by.account_id)]
    assert [each.element for each in drafts.differences(draft)] == ["promised_days", "phone"]
    assert catalogue.item("honghu", ITEM).version == was
    assert [step.verb for step in drafts.steps(draft)] == ["start"]
    assert Entry.objects.filter(action="authoring.import_take", object_id=str(row.pk)).count() == 1
    sent = publishing.send(draft.pk, seen=draft.revision, words="缩短承诺时限", by=by)
    publishing.approve(sent.pk, seen=sent.revision, by=reviewer())
    assert catalogue.item("honghu", ITEM).spec.promised_days == 4


def test_a_draft_changed_by_hand_is_not_overwritten_by_the_same_file(honghu: None, tmp_path: Path) -> None:
    by = writer()
    (tmp_path / "a.csv").write_text(f"内部代码,事项名称,承诺时限\n{ITEM},,4\n", "utf-8")
    services.take(brought(tmp_path / "a.csv", by).pk, by=by)
    draft = Draft.objects.get(code=ITEM)
    drafting.write(draft.pk, {**draft.body, "promised_days": 3}, seen=draft.revision, by=by)
    assert brought(tmp_path / "a.csv", by).counts["same"] == 1
    (tmp_path / "a.csv").write_text(f"内部代码,事项名称,承诺时限\n{ITEM},,2\n", "utf-8")
    assert brought(tmp_path / "a.csv", by).counts["changed"] == 1
    drafting.discard(draft.pk, by=by)
    (tmp_path / "a.csv").write_text(f"内部代码,事项名称,承诺时限\n{ITEM},,4\n", "utf-8")
    assert brought(tmp_path / "a.csv", by).counts["changed"] == 1


def test_the_template_imports_to_nothing_and_filled_in_it_says_what_is_there(
    honghu: None, tmp_path: Path, everyone: Actor
) -> None:
    (tmp_path / "empty.xlsx").write_bytes(services.template("honghu", by=everyone))
    (tmp_path / "full.xlsx").write_bytes(services.template("honghu", by=everyone, is_filled=True))
    with zipfile.ZipFile(tmp_path / "empty.xlsx") as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<dataValidation ") > 15

    assert brought(tmp_path / "empty.xlsx", everyone).counts["rows"] == 0
    counts = brought(tmp_path / "full.xlsx", everyone).counts
    assert counts["rows"] > len(catalogue.items("honghu"))
    assert counts["same"] == counts["rows"]


def test_the_sheet_of_failures_says_how_and_can_be_mended_and_brought_again(honghu: None, tmp_path: Path) -> None:
    by = writer()
    (tmp_path / "a.csv").write_text(
        "事项名称,基本编码,承诺时限,事项类型\n示例甲事项,000101000000,尽快,行政许可\n,,3,\n", "utf-8"
    )
    row = brought(tmp_path / "a.csv", by)
    (tmp_path / "failures.xlsx").write_bytes(services.failures(row))
    book = services.read(tmp_path / "failures.xlsx", "failures.xlsx")
    assert book.sheets[0].heads == ("行", "问题", "怎么改", "事项名称", "基本编码", "承诺时限", "事项类型")
    assert [line.cells[0] for line in book.sheets[0].lines] == ["2", "3"]
    assert "看不出是几个工作日" in book.sheets[0].lines[0].cells[1]
    assert "写一个数字" in book.sheets[0].lines[0].cells[2]
    assert brought(tmp_path / "failures.xlsx", by).counts == row.counts


def test_columns_chosen_by_hand_are_remembered_for_the_same_heads(honghu: None, tmp_path: Path) -> None:
    by = writer()
    (tmp_path / "a.csv").write_text("项目,编号,多久\n示例甲事项,1,3\n", "utf-8")
    row = services.upload(tmp_path / "a.csv", "a.csv", pack="honghu", by=by)
    assert row.mapping == {"a": ["", "@none", ""]}
    services.choose(row.pk, {"a": ["name", "@none", "promised_days"]}, by=by)
    (tmp_path / "b.csv").write_text("项目,编号,多久\n示例乙事项,1,3\n", "utf-8")
    with pytest.raises(Invalid) as refusal:
        services.choose(row.pk, {"a": ["name", "name", ""]}, by=by)
    assert "两列都选了“事项名称”" in refusal.value.fields["a"]
    (tmp_path / "a.csv").write_text("项目,编号,多久\n示例乙事项,1,3\n", "utf-8")
    assert services.upload(tmp_path / "a.csv", "a.csv", pack="honghu", by=by).mapping == {
        "a": ["name", "@none", "promised_days"]
    }


def test_who_writes_for_nobody_imports_nothing_and_others_imports_are_not_seen(honghu: None, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("事项名称,承诺时限\n示例甲事项,3\n", "utf-8")
    with pytest.raises(NotAllowed):
        services.upload(tmp_path / "a.csv", "a.csv", pack="honghu", by=at_desk("market"))
    row = brought(tmp_path / "a.csv", writer())
    with pytest.raises(NotFound):
        services.take(row.pk, by=writer("human-resources"))
    assert importing.recent("honghu", by=writer("human-resources")) == []
    assert importing.recent("honghu", by=at_desk("data", "管理员")) == [row]


# Broken files


def workbook(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/"), text)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BROKEN: dict[str, tuple[str, bytes, str, str]] = {
    "empty": ("a.xlsx", b"", "import.empty", "空文件"),
    "locked": ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "import.password", "打开密码"),
    "word": ("a.xlsx", OLE + "WordDocument".encode("utf-16-le"), "import.kind", "Word 文档（.doc）"),
    "docx": ("a.xlsx", workbook(word__document="x"), "import.kind", "Word 文档"),
    "other compound": ("a.xls", OLE, "import.kind", "不是 Excel"),
    "zip": ("a.xlsx", workbook(**{"x.txt": "x"}), "import.kind", "不是 Excel"),
    "pdf": ("a.xlsx", b"%PDF-1.7", "import.kind", "其实是PDF"),
    "page": ("a.xls", b"\xef\xbb\xbf<html><table>", "import.kind", "其实是网页"),
    "text": ("a.xlsx", "事项名称,时限".encode(), "import.kind", "里面是文字"),
    "binary": ("a.csv", b"\x00\x01\x02", "import.kind", "不是表格文件"),
    "cut off": ("a.xlsx", workbook(xl__workbook="x" * 5000)[:60], "import.broken", "打不开"),
    "no workbook": ("a.xlsx", workbook(xl__other="x"), "import.broken", "打不开"),
    "no heads": ("a.csv", "随便\n写写".encode(), "import.nothing", "没有找到列名"),
    "no coding": ("a.csv", b"\xff\xff\x81", "import.coding", "读不出来"),
    "open quote": ("a.csv", b'name,b,c\n"' + b"x" * 1_100_000, "import.csv", "引号"),
    "wide": ("a.csv", ("," * 500 + "\n").encode() * 3, "import.columns", "501 列"),
    "long": ("a.csv", b"a,b,c\n" * 20_200, "import.rows", "20200 行"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_refused_with_its_reason(kind: str, tmp_path: Path) -> None:
    name, content, code, words = BROKEN[kind]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DomainError) as refusal:
        services.read(tmp_path / name, name)
    assert refusal.value.code == code
    assert words in refusal.value.message
    assert refusal.value.remedy


def test_a_zip_bomb_and_a_file_of_a_gigabyte_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 100_000)
    (tmp_path / "bomb.xlsx").write_bytes(workbook(xl__workbook="0" * 200_000))
    with pytest.raises(DomainError) as refusal:
        services.read(tmp_path / "bomb.xlsx", "bomb.xlsx")
    assert refusal.value.code == "import.unpacked"
    with (tmp_path / "huge.xlsx").open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(DomainError) as refusal:
        services.read(tmp_path / "huge.xlsx", "huge.xlsx")
    assert refusal.value.code == "import.too_large"
    assert "1024 MB" in refusal.value.message


def test_two_cells_at_the_far_ends_of_a_sheet_do_not_fill_the_memory(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "far.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "事项名称")
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(DomainError) as refusal:
        services.read(tmp_path / "far.xlsx", "far.xlsx")
    assert refusal.value.status == 413


def test_a_csv_is_read_in_its_coding_and_with_its_mark(tmp_path: Path) -> None:
    for coding, mark in (("utf-8-sig", ","), ("gb18030", "\t"), ("utf-16", ";")):
        (tmp_path / "a.csv").write_bytes(f"事项名称{mark}承诺时限\n示例“甲”事项{mark}3\n".encode(coding))
        book = services.read(tmp_path / "a.csv", "a.csv")
        assert book.sheets[0].lines[0].cells == ("示例“甲”事项", "3")


# The command line


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    args = parser.parse_args(list(words))
    code = args.run(args, Output(as_json=True))
    return code, json.loads(capsys.readouterr().out)


def test_the_command_tells_in_numbers_and_takes(
    honghu: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("事项,部门名称,时间,颜色\n示例甲事项,市市场监管局,5,红\n", "utf-8")
    (tmp_path / "m.yaml").write_text("事项: name\n时间: 承诺时限（工作日）\n", "utf-8")
    words = ("catalogue", "import", str(tmp_path / "a.csv"), "honghu", "--mapping", str(tmp_path / "m.yaml"))
    code, said = run(capsys, *words, "--dry-run")
    assert (code, said["rows"], said["new"], said["columns_ignored"]) == (
        0,
        1,
        1,
        [{"sheet": "a", "column": "D", "head": "颜色"}],
    )
    assert not Import.objects.exists()
    code, said = run(capsys, *words)
    assert (code, said["new"], said["drafts"]) == (0, 1, 1)
    assert Draft.objects.get().body["promised_days"] == 5
    assert ImportRow.objects.get().unknown == {"D 颜色": "红"}
    assert run(capsys, *words)[1]["same"] == 1
    (tmp_path / "m.yaml").write_text("事项: 没有的要素\n", "utf-8")
    with pytest.raises(Invalid) as refusal:
        run(capsys, *words)
    assert refusal.value.code == "import.mapping"
    code, said = run(capsys, "catalogue", "template", "honghu", str(tmp_path / "t.xlsx"))
    assert (code, said["bytes"]) == (0, (tmp_path / "t.xlsx").stat().st_size)
