from __future__ import annotations

import csv
import io
import json
from datetime import date

import openpyxl
import pytest

from tongban.disclosure.rules import files
from tongban.disclosure.rules.lists import Kind, Listing, Row

KIND = Kind("fees", "收费清单", "收费的事项", ("事项名称", "天数"), (0, 1))
STAMP = files.Stamp("洪湖市", date(2026, 5, 2))


def listing(*names: str) -> Listing:
    return Listing(KIND, tuple(Row("an-item", (name, 3)) for name in names), date(2026, 5, 1))


def read_csv(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\r\n=1", "＝1", "－1"])
def test_cell_that_would_be_a_formula_is_made_harmless_in_csv(cell: str) -> None:
    assert read_csv(files.written(listing(cell), "csv", STAMP))[1][1] == f"'{cell}"


@pytest.mark.parametrize("cell", ["旅馆=1", "a-b", "10", "", '，"引号"\n换行'])
def test_other_cells_are_written_as_they_are(cell: str) -> None:
    assert read_csv(files.written(listing(cell), "csv", STAMP)) == [["序号", "事项名称", "天数"], ["1", cell, "3"]]


def test_number_below_zero_stays_a_number() -> None:
    assert files.harmless(-3) == -3


def test_workbook_opens_and_has_no_formula() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(files.written(listing("=1+1", "http://a.example"), "xlsx", STAMP))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["序号", "事项名称", "天数"], [1, "=1+1", 3], [2, "http://a.example", 3]]  # fmt: skip
    assert {cell.data_type for row in sheet.iter_rows(min_row=3, min_col=2, max_col=2) for cell in row} == {"s"}
    assert sheet["A1"].value == "洪湖市收费清单，共 2 行，目录更新于 2026-05-01，生成于 2026-05-02"


def test_the_same_list_on_the_same_day_is_the_same_file() -> None:
    for form in files.KINDS:
        assert files.written(listing("a"), form, STAMP) == files.written(listing("a"), form, STAMP)


def test_json_says_which_list_of_which_day() -> None:
    told = json.loads(files.written(listing("旅馆"), "json", STAMP))
    assert told == {"code": "fees", "name": "收费清单", "place": "洪湖市", "updated_on": "2026-05-01", "made_on": "2026-05-02",
                    "rows": [{"item": "an-item", "事项名称": "旅馆", "天数": 3}]}  # fmt: skip


@pytest.mark.parametrize("form", files.KINDS)
def test_empty_list_is_a_file_too(form: str) -> None:
    assert files.written(Listing(KIND, (), None), form, STAMP)
