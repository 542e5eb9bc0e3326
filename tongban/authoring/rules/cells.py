"""What a cell of a spreadsheet means: dirty text made clean, words turned into codes, and what is said of what was odd.

Nothing here refuses a row: a cell that cannot be read says so, and its text stays with the row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tongban.rules import numbers

NOTE, PARTIAL, FAULT = "note", "partial", "fault"  # taken though odd; not taken from this cell; the row is not taken


@dataclass(frozen=True)
class Read:
    """What a cell says: the value (None: nothing), what was odd and how to mend it; `level` is "" where nothing was."""

    value: Any = None
    level: str = ""
    said: str = ""
    remedy: str = ""


NOTHING = Read()
_NONE = {"", "无", "/", "\\", "-", "—", "——", "null", "none", "nan", "n/a", "不涉及", "空", "待定", "暂无"}
_SEPARATORS = re.compile(r"[、；;，,/|^\n]+")
_NUMERALS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"〇": 0, "两": 2}


def line(text: str) -> str:
    """Return a text as one line: full-width letters and digits made half-width, unseen characters and odd blanks gone."""
    return re.sub(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])", "", " ".join(_half(text).split()))


def block(text: str) -> str:
    """Return a text of several lines, each cleaned, empty ones gone."""
    rows = [line(row) for row in re.split(r"\r\n|[\r\n\v\f\u2028\u2029]", text.replace("_x000D_", ""))]
    return "\n".join(row for row in rows if row)


def _half(text: str) -> str:
    out = []
    for ch in text.replace("_x000D_", ""):
        if 0xFF01 <= ord(ch) <= 0xFF5E and ch.isalnum():
            out.append(chr(ord(ch) - 0xFEE0))
        elif ch == "\u3000" or ch.isspace():
            out.append(" ")
        elif unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            out.append(ch)
    return "".join(out)


def is_nothing(text: str) -> bool:
    """Return whether a cell says that there is nothing: empty, 无, a stroke."""
    return line(text).lower() in _NONE


def many(text: str) -> list[str]:
    """Return the several values of one cell, each once, in their order."""
    rows = (line(row).strip("。.") for row in _SEPARATORS.split(block(text)))
    return list(dict.fromkeys(row for row in rows if row.lower() not in _NONE))


def sentences(text: str) -> list[str]:
    """Return the sentences of one cell: a line each, or numbered, or parted by semicolons; numbers in front are cut."""
    number = (
        r"(?:[（(]?[0-9一二三四五六七八九十]{1,2}[)）]|[0-9]{1,2}[.．、](?![0-9])|[一二三四五六七八九十]{1,2}、|[①-⑳])"
    )
    rows = re.split(rf"\n|[；;]|(?<=[。；;:：])\s*(?={number})", block(text))
    cut = (re.sub(rf"^\s*{number}\s*", "", row).strip(" 。") for row in rows)
    return list(dict.fromkeys(row for row in cut if row.lower() not in _NONE))


def code(text: str) -> str:
    """Return a code as meant: without blanks, strokes, dots and quotes, in half-width capitals."""
    return re.sub(r"[\s\-—–·.'‘’\"“”`]+", "", _half(text)).upper()


def is_spoilt(text: str) -> bool:
    """Return whether a code was turned into a number by the spreadsheet, so that its last digits are lost."""
    return re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", line(text)) is not None


SPOILT = Read(
    None,
    PARTIAL,
    "编码被表格软件变成了数字，后面的位数已经丢了",
    "把这一列设为“文本”，从原来的系统重新导出或照原件填写",
)


def days(text: str, unit: str = "") -> Read:
    """Return a limit in working days; 0 is on the spot. `unit` is what a column of units says ("" or a word)."""
    said = line(text).lower().replace(" ", "")
    if re.fullmatch(r"(立即|即时|即办|当场|当日|当天|马上|现场)(办理|办结|办|办件)?(件|结)?", said):
        return Read(0)
    if said in _NONE or said in {"无法定时限", "没有规定", "无规定", "不限"}:
        return NOTHING
    found = re.fullmatch(
        r"(?:承诺|法定|共|约)?(\d+(?:\.0+)?|[零〇一二两三四五六七八九十]{1,3})个?(工作日|自然日|日历日|日|天|月|年|周|星期|小时|时|分钟)?(?:以)?内?(?:办结)?",
        said,
    )
    if found is None:
        return Read(None, PARTIAL, f"看不出是几个工作日：{line(text)}", "写一个数字，例如 5；当日办结写 0")
    count, unit = _whole(found[1]), found[2] or line(unit)
    if count > 365:
        return Read(None, PARTIAL, f"{count} 太大，最多 365 个工作日", "核对时限和单位")
    if unit in ("", "工作日", "个工作日", "1") or count == 0:
        return Read(count)
    if unit in ("日", "天"):
        return Read(count, NOTE, f"“{line(text)}”按工作日取为 {count}（行政许可法第八十二条）", "不是工作日的，改稿子")
    return Read(None, PARTIAL, f"单位是“{unit}”，这里一律用工作日", "换算成工作日再填")


def _whole(text: str) -> int:
    if text[0].isdigit():
        return int(float(text))
    tens, ten, ones = text.rpartition("十")
    return (_NUMERALS.get(tens, 1) * 10 if ten else 0) + (_NUMERALS.get(ones, 0) if ones else 0)


def whole(text: str, *, most: int, words: Mapping[str, int] | None = None) -> Read:
    """Return a whole number from 0 to `most`, also written as 2次, 3份, 2.0 or in words."""
    said = line(text).replace(" ", "")
    if said in (words or {}):
        return Read((words or {})[said])
    if said.lower() in _NONE:
        return NOTHING
    found = re.fullmatch(
        r"(?:最多)?(?:跑)?(\d+(?:\.0+)?|[零〇一二两三四五六七八九十]{1,3})(?:次|份|个|项|天|日|工作日|个工作日|元)?",
        said,
    )
    if found is None or _whole(found[1]) > most:
        return Read(None, PARTIAL, f"不是 0 到 {most} 的整数：{line(text)}", "写一个数字")
    return Read(_whole(found[1]))


VISITS = {
    "不用跑": 0,
    "零跑动": 0,
    "零次": 0,
    "不需要": 0,
    "全程网办": 0,
    "无": 0,
    "最多跑一次": 1,
    "跑一次": 1,
    "只跑一次": 1,
}
_YES = {
    "是",
    "有",
    "y",
    "yes",
    "true",
    "t",
    "1",
    "√",
    "✓",
    "✔",
    "需要",
    "可以",
    "支持",
    "能",
    "收费",
    "对",
    "必要",
    "1.0",
}
_NO = {
    "否",
    "无",
    "n",
    "no",
    "false",
    "f",
    "0",
    "×",
    "x",
    "✗",
    "不需要",
    "不可以",
    "不支持",
    "不能",
    "不收费",
    "不收取费用",
    "没有",
    "不",
    "0.0",
    "/",
}


def yes(text: str) -> Read:
    """Return a yes or a no; blank is nothing."""
    said = line(text).lower()
    if said in _YES or said in _NO:
        return Read(said in _YES)
    if said in _NONE:
        return NOTHING
    return Read(None, PARTIAL, f"看不出是“是”还是“否”：{line(text)}", "写“是”或“否”")


def day(text: str) -> Read:
    """Return a day in ISO form, also from 2026年1月2日, 2026.1.2, 20260102 and a spreadsheet's number of days."""
    said = line(text).replace(" ", "")
    if said.lower() in _NONE:
        return NOTHING
    found = re.match(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:T?\d{1,2}:\d{2}(?::\d{2})?)?$", said
    ) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", said)
    try:
        if found:
            return Read(date(int(found[1]), int(found[2]), int(found[3])).isoformat())
        if re.fullmatch(r"\d{5}(\.0+)?", said) and 20_000 <= float(said) < 80_000:
            on = date(1899, 12, 30) + timedelta(days=int(float(said)))
            return Read(on.isoformat(), NOTE, f"日期在表里是数字 {said}，取为 {on}", "核对日期")
    except ValueError:
        pass
    return Read(None, PARTIAL, f"不是日期：{line(text)}", "写成 2026-12-01 的样子")


def choice(text: str, options: Mapping[str, str], aliases: Mapping[str, str]) -> Read:
    """Return the code of a word of a dictionary, by code, by name, by another name of it."""
    said = _bare(text)
    if said in _NONE:
        return NOTHING
    known = {
        **{_bare(word): key for key, word in options.items()},
        **{_bare(word): key for word, key in aliases.items()},
    }
    digits = said.removesuffix(".0")
    for key in (digits, digits.zfill(2), digits.zfill(3)):
        if key in options:
            return Read(key)
    if said in known:
        return Read(known[said])
    return Read(None, PARTIAL, f"字典里没有“{line(text)}”", f"从这些里选：{'、'.join(list(options.values())[:12])}")


def _bare(text: str) -> str:
    return re.sub(r"[（(].*?[)）]|\s", "", line(text)).lower() or line(text).lower()


def several(text: str, options: Mapping[str, str], aliases: Mapping[str, str]) -> Read:
    """Return the codes of the words in a cell; what is in no dictionary is told, the others are taken."""
    found, odd, remedy = [], [], ""
    for word in many(text):
        read = choice(word, options, aliases)
        if read.value is None:
            odd.append(word)
            remedy = read.remedy
        else:
            found.append(read.value)
    value = list(dict.fromkeys(found)) or None
    return Read(value, PARTIAL, f"字典里没有“{'、'.join(odd)}”", remedy) if odd else Read(value)


def laws(text: str) -> Read:
    """Return the laws of a basis with their articles, as rows of law and article; what follows a law's name is its article."""
    said, rows = block(text), []
    found = list(re.finditer(r"《[^》]+》(?:[（(][^）)]*[)）])?", said))
    for n, law in enumerate(found):
        end = found[n + 1].start() if n + 1 < len(found) else len(said)
        rest = re.sub(r"^[\s:：,，、]+|[\s;；。,，、和及]+$|[0-9一二三]{1,2}[.．、]\s*$", "", said[law.end() : end])
        article = re.match(
            r"(第[^：:。；;\n]{1,60}?(?:条|款|项|目|章|节)(?:[之第、和至及\d一二三四五六七八九十百]*(?:条|款|项|目))*)",
            rest,
        )
        rows.append(
            {
                "law": law[0].strip("《》") if "（" not in law[0] else law[0],
                "article": article[1] if article else line(rest)[:60],
            }
        )
    if not rows:
        rows = [{"law": row[:400], "article": ""} for row in sentences(text)]
    rows = [{key: value for key, value in row.items() if value} for row in rows]
    if not rows:
        return NOTHING
    if any("article" not in row for row in rows):
        return Read(rows, NOTE, "设定依据没有写条款", "补上第几条")
    return Read(rows)


def questions(text: str) -> Read:
    """Return questions with their answers, written as 问：…答：…."""
    said = block(text)
    if said.lower() in _NONE:
        return NOTHING
    rows = [{"ask": line(ask), "answer": answer.strip()} for ask, answer in
            re.findall(r"问\s*\d*\s*[:：]\s*(.+?)\s*答\s*\d*\s*[:：]\s*(.+?)(?=\s*问\s*\d*\s*[:：]|\Z)", said, re.DOTALL)]  # fmt: skip
    return Read(rows) if rows else Read(None, PARTIAL, "看不出哪句是问、哪句是答", "写成“问：…答：…”，一问一答")


def yuan(text: str) -> Read:
    """Return an amount of money in fen, given in yuan."""
    said = line(text).replace(" ", "").replace(",", "").replace("，", "")
    if said in _NONE or said in {"0", "0.0", "0元", "不收费", "免费"}:
        return NOTHING
    found = re.fullmatch(r"[￥¥]?(\d{1,8})(?:\.(\d{1,2}))?0*元?(?:[/每].*)?", said)
    if found is None:
        return Read(None, PARTIAL, f"不是一个金额：{line(text)}", "写多少元，例如 25.00；不固定的写在收费标准里")
    return Read(int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")))


def credit_code(text: str) -> Read:
    """Return a credit code (统一社会信用代码) or the nine characters of an organisation code as they stand; what is wrong is told.

    Source: GB 32100—2015, GB 11714.
    """
    said = code(text)
    if said.lower() in _NONE or is_spoilt(text):
        return SPOILT if said and is_spoilt(text) else NOTHING
    if re.fullmatch(r"[0-9A-Z]{8}[0-9X]", said):
        fits = numbers.org_code_check(said[:8]) == said[8]
        words = "是 9 位组织机构代码" + ("" if fits else "，校验位也不对")
        return Read(said, NOTE, f"{said} {words}；单位照它认", "以后换成 18 位统一社会信用代码")
    problem = numbers.uscc_problem(said)
    if problem:
        return Read(said, NOTE, problem, "核对 18 位代码；单位另照名称认")
    return Read(said)
