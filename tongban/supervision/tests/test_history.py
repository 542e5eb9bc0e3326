"""Logs of permits as others write them: columns, encodings, quotes, zones; what cannot be read is told with its line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.rules.errors import Invalid
from tongban.rules.specs import SpecError
from tongban.supervision import cli
from tongban.supervision.models import HistoryCase, HistoryEvent, HistoryFile
from tongban.supervision.queries import history as queries
from tongban.supervision.rules import history as rules
from tongban.supervision.rules.history import Columns, Written
from tongban.supervision.services import history

PACK = "honghu"
BY = Actor.system()
XES = {"case": "case:concept:name", "activity": "concept:name", "time": "time:timestamp", "resource": "org:resource",
       "planned_end": "case:planned end", "end": "case:end", "channel": "case:channel"}  # fmt: skip
HEAD = "case:concept:name,concept:name,time:timestamp,org:resource,case:planned end,case:end,case:channel"
# Four cases by hand. 1: ended a day late, Internet. 2: in time, Desk, first in September where it was written, October in China.
# 3: open, Desk; its planned end is over. 4: no planned end, ended; no channel.
LOG = f"""{HEAD}
case-1,Confirmation of receipt,2011-10-11 13:45:40.276000+02:00,Resource21,2011-12-06 13:41:31.788000+01:00,2011-12-07 13:41:31+01:00,Internet
case-1,T02 Check confirmation,2011-10-12 08:26:25+02:00,Resource10,2011-12-06 13:41:31.788000+01:00,2011-12-07 13:41:31+01:00,Internet
"case ""2"", second",Confirmation of receipt,2011-09-30 23:30:00+02:00,Resource10,2011-10-20 00:00:00+02:00,2011-10-19 17:00:00+02:00,Desk
3,T06,2011-10-05T09:00:00+02:00,Resource10,2011-10-06 09:00:00+02:00,,Desk
3,Confirmation of receipt,2011-10-04T09:00:00+02:00,Resource10,2011-10-06 09:00:00+02:00,,Desk
4,Confirmation of receipt,2012-01-02T09:00:00Z,,,2012-01-03T09:00:00Z,
"""
COUNTS = {
    "cases": 4, "closed": 3, "open": 1, "late": 1, "by_month": {"2011-09": 1, "2011-10": 2, "2012-01": 1},
    "by_channel": {"Desk": 2, "Internet": 1, "未填写": 1},
}  # fmt: skip


def take(text: str = LOG, *, written_in: str = "utf-8", name: str = "log.csv", **columns: str) -> history.Imported:
    return history.take(PACK, name, text.encode(written_in), Columns(**{**XES, **columns}), by=BY)


def counts() -> dict[str, object]:
    found = queries.report(PACK)
    return {name: getattr(found, name) for name in COUNTS}


@pytest.mark.usefixtures("db")
class TestImport:
    """What an import keeps, and when it keeps nothing."""

    def test_log_of_a_municipality_is_counted_by_hand(self) -> None:
        assert take() == history.Imported(6, 4, 6, is_known=False)
        assert counts() == COUNTS

    @pytest.mark.parametrize("mark", [";", "\t", "|"])
    def test_other_marks_between_cells_are_found(self, mark: str) -> None:
        take(LOG.replace('"case ""2"", second"', "two").replace(",", mark))
        assert counts() == COUNTS

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "utf-8"])
    def test_encodings(self, encoding: str) -> None:
        text = LOG.replace("Desk", "窗口").replace("case:channel", "来源")
        named = {"encoding": encoding} if encoding == "utf-16" else {}
        take(text, written_in=encoding, channel="来源", **named)
        assert counts()["by_channel"] == {"窗口": 2, "Internet": 1, "未填写": 1}

    def test_latin_letters_with_their_encoding(self) -> None:
        take(LOG.replace("Desk", "Bürgerbüro"), written_in="latin-1", encoding="latin-1")
        assert "Bürgerbüro" in queries.report(PACK).by_channel

    def test_same_file_twice_changes_nothing(self) -> None:
        take()
        before = list(HistoryCase.objects.order_by("pk").values()), list(HistoryEvent.objects.order_by("pk").values())
        assert take().is_known
        assert take(name="renamed.csv").is_known
        assert (
            list(HistoryCase.objects.order_by("pk").values()),
            list(HistoryEvent.objects.order_by("pk").values()),
        ) == before
        assert HistoryFile.objects.count() == 1

    def test_same_rows_in_another_file_are_not_taken_twice_and_new_ones_are_added(self) -> None:
        take()
        done = take(
            LOG
            + "3,T10,2011-10-08T09:00:00+02:00,Resource10,2011-10-06 09:00:00+02:00,2011-10-08 09:00:00+02:00,Desk\n"
        )
        assert (done.lines, done.cases, done.events) == (7, 0, 1)
        assert counts() == {**COUNTS, "closed": 4, "open": 0, "late": 2}
        assert HistoryCase.objects.get(ref="3").lines == 3

    def test_later_file_with_an_earlier_activity_moves_the_month(self) -> None:
        take()
        take(f"{HEAD}\n4,Received,2011-12-31T09:00:00Z,,,,\n")
        row = HistoryCase.objects.get(ref="4")
        assert (row.first_month, row.end != "") == ("2011-12", True)

    def test_same_activity_twice_in_a_file_is_two(self) -> None:
        take(f"{HEAD}\na,x,2012-01-02,,,,\na,x,2012-01-02,,,,\n")
        assert HistoryEvent.objects.count() == 2

    def test_what_belongs_to_the_case_may_stand_on_any_row_and_the_last_counts(self) -> None:
        take(f"{HEAD}\na,x,2012-01-02,,2012-01-05,,A\na,y,2012-01-03,,,2012-01-06,\na,z,2012-01-04,,2012-01-07,,B\n")
        row = HistoryCase.objects.get()
        assert (row.planned_end, row.end, row.channel, row.is_late) == ("2012-01-07", "2012-01-06", "B", False)

    def test_only_three_columns_are_needed(self) -> None:
        history.take(PACK, "a.csv", b"c,a,t\n1,x,2012-01-02\n", Columns(case="c", activity="a", time="t"), by=BY)
        assert counts() == {
            "cases": 1,
            "closed": 0,
            "open": 1,
            "late": 0,
            "by_month": {"2012-01": 1},
            "by_channel": {"未填写": 1},
        }

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (LOG.replace("case:channel", "case:kanaal"), r"第 1 行.*“case:channel”（channel）"),
            (LOG.replace("2011-10-05T09", "2011-13-05T09"), "1 处读不懂"),
            ("", "空的"), (HEAD + "\n", "没有一行"),
            (HEAD.replace("org:resource", "case:end") + "\na,x,2012-01-02,,,,\n", "没有这些列"),
            (HEAD + ",case:end\na,x,2012-01-02,,,,,\n", "重名"),
        ],
    )  # fmt: skip
    def test_wrong_file_is_refused_whole(self, text: str, words: str) -> None:
        with pytest.raises(Invalid, match=words):
            take(text)
        assert not HistoryCase.objects.exists()
        assert not HistoryFile.objects.exists()


def problems(*rows: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        rules.lines("\n".join((HEAD, *rows)).encode(), Columns(**XES))
    return refusal.value.fields


def test_each_wrong_line_is_told_with_its_number() -> None:
    found = problems(
        "a,x,2012-01-02,,,,", ",x,2012-01-02,,,,", "a,,2012-01-02,,,,", "a,x,,,,,", "a,x,yesterday,,,,", "a,x,2012-01-02,,soon,,",
        "", "a,x,2012-01-02,,", 'a,"x\ny",2012-01-02,,,never,', "b,x,nan,,,,",
    )  # fmt: skip
    assert found == {
        "第 3 行": "“case:concept:name”是空的", "第 4 行": "“concept:name”是空的", "第 5 行": "“time:timestamp”是空的",
        "第 6 行": "“time:timestamp”的时间读不懂：yesterday", "第 7 行": "“case:planned end”的时间读不懂：soon",
        "第 9 行": "有 5 格，表头有 7 格；检查引号和分隔符", "第 10 行": "“case:end”的时间读不懂：never", "第 12 行": "“time:timestamp”是空的",
    }  # fmt: skip


def test_only_the_first_twenty_are_told() -> None:
    assert len(problems(*["a,x,no,,,,"] * 30)) == 20


@pytest.mark.parametrize(("content", "encoding", "words"), [
    ("a\nb\n\xff\xff".encode("latin-1"), None, "第 3 行不是 UTF-8 或 GB 18030"), (b"a\n\xe5", "utf-8", "第 2 行不是 utf-8"),
    (b"a", "klingon", "没有“klingon”"), (b"a", "base64", "没有“base64”"),
])  # fmt: skip
def test_wrong_encoding_is_told(content: bytes, encoding: str | None, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        rules.text_of(content, encoding)


def test_cell_without_end_is_told() -> None:
    with pytest.raises(Invalid, match="读不懂"):
        rules.lines((HEAD + '\na,"' + "x" * 200_000 + '",2012-01-02,,,,\n').encode(), Columns(**XES))


@pytest.mark.parametrize(
    ("said", "form", "iso"),
    [
        ("2011-10-11 13:45:40.276000+02:00", None, "2011-10-11T13:45:40.276000+02:00"),
        ("2011-10-11T13:45:40Z", "iso", "2011-10-11T13:45:40+00:00"),
        ("2011-10-11 13:45:40 UTC", "ISO 8601", "2011-10-11T13:45:40+00:00"),
        ("2011-10-11 13:45:40 +0200", None, "2011-10-11T13:45:40+02:00"),
        ("2011-10-11T13:45:40.123456789Z", None, "2011-10-11T13:45:40.123456+00:00"),
        ("2011-10-11 13:45:40", None, "2011-10-11T13:45:40+08:00"),
        ("2011/10/11 13:45", None, "2011-10-11T13:45:00+08:00"),
        ("2011年10月11日", None, "2011-10-11T00:00:00+08:00"),
        ("11-10-2011 13:45", "%d-%m-%Y %H:%M", "2011-10-11T13:45:00+08:00"),
        ("11.10.2011 13:45:40", "dd.MM.yyyy HH:mm:ss", "2011-10-11T13:45:40+08:00"),
        ("2011-10-11T13:45:40.276+02:00", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2011-10-11T13:45:40.276000+02:00"),
        ("2011-10-11T13:45:40+02:00", "%Y-%m-%dT%H:%M:%S.%f%z", "2011-10-11T13:45:40+02:00"),  # without the fraction
    ],
)  # fmt: skip
def test_moments_as_they_are_written(said: str, form: str | None, iso: str) -> None:
    found = rules.moment(said, form)
    assert found is not None
    assert found.at.isoformat() == iso


@pytest.mark.parametrize("said", ["", "soon", "2011-13-01", "31.12.2011", "0001-01-01", "9999-12-31T23:59-05:00"])
def test_what_nobody_can_read_is_nothing(said: str) -> None:
    assert rules.moment(said) is None


def written(said: str) -> Written | None:
    return rules.moment(said) if said else None


@pytest.mark.parametrize(
    ("planned", "end", "late"),
    [
        ("2012-01-05T10:00:00Z", "2012-01-05T10:00:00Z", False), ("2012-01-05T10:00:00Z", "2012-01-05T10:00:01Z", True),
        ("2012-01-05T10:00:00Z", "2012-01-05T11:30:00+02:00", False), ("2012-01-05", "2012-01-05T23:59:00+02:00", False),
        ("2012-01-05", "2012-01-06T00:00:00+02:00", True), ("2012-01-05T10:00:00Z", "2012-01-05", False),
        ("2012-01-05T10:00:00Z", "2012-01-06", True), ("2012-01-05", "2012-01-05", False), ("2012-01-05", "", False),
        ("", "2012-01-05", False),
    ],
)  # fmt: skip
def test_late_is_after_the_planned_end(planned: str, end: str, late: bool) -> None:
    assert rules.is_late(written(planned), written(end)) is late


def test_tab_may_be_named() -> None:
    found = rules.lines(LOG.replace(",", "\t").encode(), Columns(**XES, delimiter="\\t"))
    assert len(found) == 6


# The command line


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    log, mapping = tmp_path / "log.csv", tmp_path / "m.yaml"
    log.write_text(LOG, "utf-8")
    rows = [
        *(f"{name}: {column}" for name, column in XES.items()),
        "encoding: utf-8",
        'time_format: "%Y-%m-%d %H:%M:%S%z"',
    ]
    mapping.write_text("\n".join(rows), "utf-8")
    return log, mapping


def run(*words: str, as_json: bool = False) -> int:
    """Run a command as the command line does."""
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    args = parser.parse_args(["history", *words])
    return int(args.run(args, Output(as_json=as_json)))


def test_command_imports_and_reports_json(
    honghu: str, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", str(files[0]), "--mapping", str(files[1])) == 0
    assert "新增办件 4 件" in capsys.readouterr().out
    assert run("import", str(files[0]), "--mapping", str(files[1])) == 0
    assert "没有变化" in capsys.readouterr().out
    assert run("report", as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == COUNTS
    assert run("report") == 0
    assert "办件 4，办结 3，在办 1，超期 1" in capsys.readouterr().out


def test_command_says_what_is_wrong_with_the_mapping(honghu: str, files: tuple[Path, Path]) -> None:
    files[1].write_text("case: a\nactivity: b\nsort: c\n", "utf-8")
    with pytest.raises(SpecError) as problem:
        run("import", str(files[0]), "--mapping", str(files[1]))
    assert {row.line for row in problem.value.findings} == {1, 3}
    assert "time" in str(problem.value)
    assert "sort" in str(problem.value)


def test_command_says_which_line_is_wrong(honghu: str, files: tuple[Path, Path]) -> None:
    files[0].write_text(LOG.replace("2012-01-02T09", "2012-99-02T09"), "utf-8")
    with pytest.raises(Invalid) as refusal:
        run("import", str(files[0]), "--mapping", str(files[1]))
    assert list(refusal.value.fields) == ["第 7 行"]
