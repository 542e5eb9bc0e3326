"""What kinds of paper there are, what each must say, how it is drawn (模板) and served (送达).

Source: product guide §8; 行政许可法 art. 32, 38, 44; 民事诉讼法 (2023) art. 87–95.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import Field

from tongban.rules.specs import Spec


class Kind(enum.StrEnum):
    """A kind of paper (文书种类)."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    CORRECTION = "correction"
    NOT_ACCEPTED = "not_accepted"
    GRANT = "grant"
    REFUSAL = "refusal"
    SPECIAL = "special"
    EXTENSION = "extension"
    TERMINATION = "termination"
    CORRECTED = "corrected"
    REOPENED = "reopened"
    REVOCATION = "revocation"
    DEFERRED = "deferred"
    TRANSFER = "transfer"
    COMMITMENT = "commitment"
    SERVICE = "service"
    REPLY = "reply"


TITLES = {
    Kind.RECEIPT: "收件回执",
    Kind.ACCEPTANCE: "受理通知书",
    Kind.CORRECTION: "一次性补正告知书",
    Kind.NOT_ACCEPTED: "不予受理决定书",
    Kind.GRANT: "准予决定书",
    Kind.REFUSAL: "不予决定书",
    Kind.SPECIAL: "特别程序告知书",
    Kind.EXTENSION: "延期告知书",
    Kind.TERMINATION: "终止办理决定书",
    Kind.CORRECTED: "更正决定书",
    Kind.REOPENED: "重新办理告知书",
    Kind.REVOCATION: "撤销决定书",
    Kind.DEFERRED: "容缺受理单",
    Kind.TRANSFER: "材料流转单",
    Kind.COMMITMENT: "告知承诺书",
    Kind.SERVICE: "送达回证",
    Kind.REPLY: "办件答复书",
}
# The word in the number (文号): 市监准〔2026〕12 号.
WORDS = {
    Kind.RECEIPT: "收",
    Kind.ACCEPTANCE: "受",
    Kind.CORRECTION: "补",
    Kind.NOT_ACCEPTED: "不受",
    Kind.GRANT: "准",
    Kind.REFUSAL: "不准",
    Kind.SPECIAL: "特",
    Kind.EXTENSION: "延",
    Kind.TERMINATION: "终",
    Kind.CORRECTED: "更",
    Kind.REOPENED: "重",
    Kind.REVOCATION: "撤",
    Kind.DEFERRED: "容",
    Kind.TRANSFER: "流",
    Kind.COMMITMENT: "承",
    Kind.SERVICE: "送",
    Kind.REPLY: "复",
}
# 行政复议法 art. 20; the court's term is configuration (standards reference 7.1 【忆】).
REMEDY = "如不服本决定，可以自收到本文书之日起 60 日内依法申请行政复议，或者在法定期限内向人民法院提起行政诉讼。"


@dataclass(frozen=True)
class Body:
    """All that a paper says: whom it addresses, paragraphs, rows of a table, remedies, who signs."""

    addressee: str
    paragraphs: tuple[str, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    closing: tuple[str, ...] = ()
    remedy: str = ""
    basis: tuple[str, ...] = ()
    signed_by: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def number(word: str, kind: Kind, year: int, serial: int) -> str:
    """Return the number of a paper (文号)."""
    return f"{word}{WORDS[kind]}〔{year}〕{serial} 号"


# How papers are drawn: templates, 文书模板

MOST_TEXT = 64 * 1024


class TemplateSpec(Spec):
    """A template: typst text for one kind of paper or for all, of one organisation or of all of the place."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")
    name: str = Field(min_length=1, max_length=60)
    org: str = Field(default="", max_length=64)
    kind: Kind | None = None
    text: str = Field(min_length=1, max_length=MOST_TEXT)


def code_of(org: str, kind: Kind | None) -> str:
    """Return the code of the template that an organisation edits on screen for a kind, or for all."""
    return f"{org}.{kind.value.replace('_', '-') if kind else 'all'}"


def chosen(templates: Mapping[str, TemplateSpec], *, org: str, kind: Kind) -> str:
    """Return the code of the template for a paper, or an empty text for the one of this release.

    The organisation's own comes before the place's, one for the kind before one for all.
    """
    ranks = {(org, kind): 0, (org, None): 1, ("", kind): 2, ("", None): 3}
    fit = [(ranks[spec.org, spec.kind], code) for code, spec in templates.items() if (spec.org, spec.kind) in ranks]
    return min(fit)[1] if fit else ""


class TemplateFault(ValueError):
    """What is wrong with a template, and in which line."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(f"第 {line} 行：{words}")
        self.line, self.words = line, words


_LINE = re.compile(r"┌─ .*?:(\d+):\d+")
# What typst says, and what people read.
_SAID = (
    (r"unknown variable: (.+)", "没有叫“{}”的变量，检查拼写；数据都在 d 里，如 d.title"),
    (r"dictionary does not contain key \"?([^\"]+)\"?", "数据里没有“{}”"),
    (r"unclosed (?:delimiter|string|raw.*)", "括号、引号或 $ 没有配成对"),
    (r"unexpected (closing|end|right).*", "多了一个右括号，或者提前结束了"),
    (r"expected (.+)", "这里少了内容，应当是 {}"),
    (r"missing argument: (.+)", "少写了参数 {}"),
    (r"unexpected argument.*", "多写了参数"),
    (r"file not found.*|path .* would escape.*|failed to .*package.*|failed to load file.*|package .*|cannot (?:access|read).*",
     "模板不能读文件、不能下载，内容都写在模板里"),
    (r"maximum function call depth exceeded|condition is always true|loop seems to be infinite|maximum .* depth.*",
     "这里会一直算不完，检查循环和递归"),
    (r"unknown font family: (.+)", "没有“{}”这种字体，用 Noto Sans CJK SC"),
    (r"too many pages", "排出来超过 50 页，检查循环"),
    (r"cannot (.+)", "这两样内容不能这样用（{}）"),
    (r"panicked with: (.+)", "模板自己停了：{}"),
)  # fmt: skip


def fault_of(message: str, diagnostic: str) -> TemplateFault:
    """Return what the typesetter says as a fault in plain words, at its line of the template."""
    line = _LINE.search(diagnostic)
    for pattern, words in _SAID:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return TemplateFault(int(line[1]) if line else 1, words.format(*found.groups()))
    return TemplateFault(int(line[1]) if line else 1, f"这一行有错，排版程序说：{message[:200]}")


# How papers are served, 送达


class Way(enum.StrEnum):
    """How a paper is served: the five ways, and electronically by consent. Source: 民事诉讼法 (2023) art. 88–91, 95."""

    DIRECT = "direct"
    LEFT = "left"
    ENTRUSTED = "entrusted"
    MAILED = "mailed"
    ANNOUNCED = "announced"
    ELECTRONIC = "electronic"


WAY_WORDS = {
    Way.DIRECT: "直接送达", Way.LEFT: "留置送达", Way.ENTRUSTED: "委托送达", Way.MAILED: "邮寄送达", Way.ANNOUNCED: "公告送达",
    Way.ELECTRONIC: "电子送达",
}  # fmt: skip
# What each way must be proved by: (field, what it is called).
PROVED_BY = {
    Way.DIRECT: (), Way.LEFT: (("witness", "见证人或拍照录像的编号"),), Way.ENTRUSTED: (("entrusted_to", "受托送达的机关"),),
    Way.MAILED: (("waybill", "运单号"),), Way.ANNOUNCED: (("announced_in", "公告登在哪里"),), Way.ELECTRONIC: (),
}  # fmt: skip
ANNOUNCED_DAYS = 30  # 民事诉讼法 (2023) art. 95; a statute that says more is typed in.
MOST_ANNOUNCED_DAYS = 180
# Decisions: a case is not ready for the archive (归档) before they are served.
MUST_BE_SERVED = (
    Kind.NOT_ACCEPTED, Kind.GRANT, Kind.REFUSAL, Kind.TERMINATION, Kind.REVOCATION, Kind.CORRECTED,
)  # fmt: skip


@dataclass(frozen=True)
class Served:
    """That papers were served: how, on whom, on which day, with what proof."""

    way: Way
    recipient: str
    served_on: date
    witness: str = ""
    entrusted_to: str = ""
    waybill: str = ""
    announced_in: str = ""
    announced_days: int = ANNOUNCED_DAYS
    note: str = ""


def effective_on(served: Served) -> date:
    """Return the day on which service takes effect: that of receipt, for an announcement the last day of its time.

    The day of the announcement itself is not counted (民法典 art. 201).
    """
    days = served.announced_days if served.way is Way.ANNOUNCED else 0
    return served.served_on + timedelta(days=days)


def service_flaws(served: Served, *, issued_on: date, today: date, has_consent: bool) -> dict[str, str]:
    """Return what is wrong with a record of service, by field."""
    flaws: dict[str, str] = {}
    if not 1 <= len(served.recipient) <= 60:
        flaws["recipient"] = "请填受送达人，60 个字以内"
    if not issued_on <= served.served_on <= today:
        flaws["served_on"] = f"送达日期应在出具（{issued_on}）以后、今天以前"
    for name, words in PROVED_BY[served.way]:
        if not 2 <= len(getattr(served, name)) <= 100:
            flaws[name] = f"{WAY_WORDS[served.way]}要写明{words}，2 至 100 个字"
    if served.way is Way.LEFT and not 2 <= len(served.note) <= 200:
        flaws["note"] = "留置送达要写明拒收的情况，2 至 200 个字"
    if served.way is Way.ANNOUNCED and not ANNOUNCED_DAYS <= served.announced_days <= MOST_ANNOUNCED_DAYS:
        flaws["announced_days"] = f"公告期 {ANNOUNCED_DAYS} 至 {MOST_ANNOUNCED_DAYS} 日"
    if served.way is Way.ELECTRONIC and not has_consent:
        flaws["way"] = "申请人没有同意电子送达，请选别的方式"
    if len(served.note) > 200:
        flaws["note"] = "说明 200 个字以内"
    return flaws


def sample(kind: Kind) -> Body:
    """Return what a paper of a kind may say (示例), to try templates with."""
    is_list = kind in (Kind.RECEIPT, Kind.CORRECTION, Kind.DEFERRED, Kind.TRANSFER, Kind.SERVICE)
    return Body(
        addressee="" if kind is Kind.SERVICE else "洪湖示例酒店有限公司",
        paragraphs=(f"这是一份{TITLES[kind]}的示例，内容由办件生成。", "理由：疏散通道宽度不足 1.1 米（示例）。"),
        head=("序号", "内容", "怎么改") if is_list else (),
        rows=(("1", "消防设施平面图（示例）", "标出安全出口和疏散通道"),) if is_list else (),
        closing=("办理进度可以在“我的空间”里查看。",),
        remedy=REMEDY if kind in (Kind.REFUSAL, Kind.NOT_ACCEPTED, Kind.TERMINATION, Kind.REVOCATION) else "",
        basis=("《中华人民共和国行政许可法》第三十八条",),
        signed_by="洪湖市示例局",
        facts=(("办件编号", "11421083MADEMX0194（示例）"), ("办理时限", "5 个工作日")),
    )
