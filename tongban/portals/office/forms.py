"""What the office pages send: the filter of a list, an opinion, a reason, the rows of a notice."""

from __future__ import annotations

import urllib.parse
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.http import QueryDict

from tongban.cases.queries.desk import CaseView, HandedMaterial
from tongban.portals.office.rules import Input
from tongban.rules import masking
from tongban.rules.errors import Invalid
from tongban.themes.rules.materials import WAY_WORDS

LAMPS = {"bad": "超期", "warn": "临期"}
MOST_OPINION = 500
WORDS = ("reason", "evidence", "question", "opinion")  # what services call the text of an act


@dataclass(frozen=True)
class Filter:
    """The filter of a list as its address says it."""

    text: str = ""
    item: str = ""
    lamp: str = ""
    mine: bool = False
    kind: str = ""
    cursor: str = ""

    @classmethod
    def read(cls, sent: QueryDict) -> Filter:
        """Return the filter of an address; an unknown lamp is none."""
        lamp = sent.get("lamp", "")
        return cls(
            text=masking.normal(sent.get("q", ""))[:60], item=sent.get("item", "")[:64], lamp=lamp if lamp in LAMPS else "",
            mine=sent.get("mine") == "1", kind="decide" if sent.get("kind") == "decide" else "", cursor=sent.get("cursor", "")[:200],
        )  # fmt: skip

    @property
    def is_set(self) -> bool:
        """Whether any condition narrows the list."""
        return bool(self.text or self.item or self.lamp or self.mine or self.kind)

    def address(self, **changes: str) -> str:
        """Return the address of the same list with some conditions changed; always its first page, but for a cursor."""
        kept = {
            "q": self.text,
            "item": self.item,
            "lamp": self.lamp,
            "mine": "1" if self.mine else "",
            "kind": self.kind,
        } | changes
        query = urllib.parse.urlencode({name: value for name, value in kept.items() if value})
        return f"?{query}" if query else "?"

    def chips(self, items: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the chosen conditions, each with the address of the list without it."""
        rows = [
            ("q", self.text and f"包含“{self.text}”"),
            ("item", self.item and f"事项：{dict(items).get(self.item, self.item)}"),
            ("lamp", self.lamp and f"灯：{LAMPS.get(self.lamp, '')}"),
            ("mine", "我认领的" if self.mine else ""),
            ("kind", "待决定" if self.kind else ""),
        ]
        return [(label, self.address(**{name: ""})) for name, label in rows if label]


@dataclass(frozen=True)
class AskRow:
    """A field or material that can be ticked for the notice."""

    kind: str
    code: str
    name: str
    now: str
    ticked: bool = False
    remark: str = ""
    error: str = ""

    @property
    def key(self) -> str:
        """The name of the row in the form and in a refusal."""
        return f"{self.kind}:{self.code}"


@dataclass(frozen=True)
class Entered:
    """What the officer entered on the page of an act."""

    seen: int
    step: str = ""
    phrase: str = ""
    text: str = ""
    rows: tuple[AskRow, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    # What was chosen or typed in the further inputs of the act, by their names.
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The opinion or reason: the phrase picked and what was written after it."""
        return "；".join(part for part in (self.phrase, self.text) if part)

    def one(self, name: str) -> str:
        """Return what one input holds, or nothing."""
        return next(iter(self.extra.get(name, ())), "")

    def number(self, name: str) -> int:
        """Return the number in an input; 0 for what is none, which every service refuses."""
        text = self.one(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0

    @property
    def items(self) -> list[dict[str, str]]:
        """The rows of the notice."""
        return [{"kind": row.kind, "code": row.code, "remark": row.remark} for row in self.rows if row.ticked]

    def refused(self, refusal: Invalid) -> Entered:
        """Return the same entries with what is wrong with each; the words of an act are called differently by each."""
        rows = tuple(replace(row, error=refusal.fields.get(row.key, "")) for row in self.rows)
        errors = {
            "text" if name in WORDS and name not in self.extra else name: problem
            for name, problem in refusal.fields.items()
        }
        return replace(self, rows=rows, errors=errors or {"form": refusal.message})


def entered(sent: QueryDict, view: CaseView, *, phrases: Sequence[str], inputs: Sequence[str] = ()) -> Entered:
    """Return what a form sent; a remark without a tick counts as ticked. Raises Invalid when the page's key is gone."""
    seen = sent.get("seen", "")
    if not seen.isdigit() or len(seen) > 9:
        raise Invalid("office.seen", "这一页不完整，刚才的操作没有执行", remedy="回到办件，重新打开这一步")
    phrase = sent.get("phrase", "")
    return Entered(
        seen=int(seen), step=sent.get("step", "")[:64], phrase=phrase if phrase in phrases else "",
        text=masking.normal(sent.get("text", "").replace("\r\n", "\n")), rows=ask_rows(view, sent),
        extra={name: tuple(masking.normal(value)[:200] for value in sent.getlist(f"in-{name}")) for name in inputs},
    )  # fmt: skip


def ask_rows(view: CaseView, sent: QueryDict | None = None) -> tuple[AskRow, ...]:
    """Return all that can be asked for, with what was ticked."""
    rows = [AskRow("field", f.element, f.name, f.words(value) or "未填写") for f, value in view.fields]
    rows += [AskRow("material", m.planned.type, m.planned.name, _handed(m)) for m in view.materials]
    if sent is None:
        return tuple(rows)
    ticked = set(sent.getlist("ask"))
    read = []
    for row in rows:
        remark = masking.normal(sent.get(f"remark:{row.key}", ""))
        read.append(replace(row, ticked=row.key in ticked or bool(remark), remark=remark))
    return tuple(read)


def _handed(material: HandedMaterial) -> str:
    """Return how a material was handed in: 上传，2 个文件."""
    row = material.row
    if row is None:
        return "没有交"
    return WAY_WORDS.get(row.way, row.way) + (f"，{len(row.files)} 个文件" if row.files else "")


def check_opinion(given: Entered, *, is_optional: bool) -> None:
    """Raise Invalid unless an opinion says something. Source: product guide 7.3."""
    if not given.words and not is_optional:
        raise Invalid("office.opinion", "有 1 处要改", fields={"text": "请选一条常用意见，或自己写"})
    if len(given.words) > MOST_OPINION:
        raise Invalid(
            "office.opinion",
            "有 1 处要改",
            fields={"text": f"意见最多 {MOST_OPINION} 个字，现在是 {len(given.words)} 个"},
        )


def ids(values: Sequence[str]) -> list[UUID]:
    """Return the ids among some values; others are left out."""
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


def one_id(value: str, name: str) -> UUID:
    """Return the id that was chosen in an input. Raises Invalid at it."""
    found = ids([value])
    if not found:
        raise Invalid("office.choice", "有 1 处要改", fields={name: "请选一个"})
    return found[0]


def check_inputs(given: Entered, inputs: Sequence[Input]) -> None:
    """Raise Invalid for further inputs that were left empty or are no numbers."""
    problems: dict[str, str] = {}
    for put in inputs:
        value = given.one(put.name)
        if not value and not put.is_optional:
            problems[put.name] = (
                "请至少选一个" if put.kind == "many" else "请选一个" if put.kind == "choice" else "请填写"
            )
        elif put.kind == "number" and not given.number(put.name):
            problems[put.name] = "请填 1 以上的整数"
    if problems:
        raise Invalid("office.inputs", f"有 {len(problems)} 处要改", fields=problems)
