"""What differs between two versions of a decision table, by column and by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from tongban.decisions.rules.table import AGGREGATION_WORDS, HIT_WORDS, Input, Output, Row, Table

ChangeKind = Literal["same", "added", "removed", "changed"]
CHANGE_WORDS: dict[ChangeKind, str] = {"same": "没有变", "added": "新增", "removed": "删去", "changed": "改了"}


@dataclass(frozen=True)
class Change:
    """A row before and after, with its numbers (from 1); None where there is no such row."""

    kind: ChangeKind
    before: int | None
    after: int | None
    old: Row | None
    new: Row | None

    @property
    def words(self) -> str:
        """The change as people read it."""
        return CHANGE_WORDS[self.kind]


@dataclass(frozen=True)
class Comparison:
    """All that differs: sentences about the table and its columns, and every row."""

    notes: tuple[str, ...]
    rows: tuple[Change, ...]
    has_same_columns: bool = True

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.notes and all(row.kind == "same" for row in self.rows)


def compare(old: Table, new: Table) -> Comparison:
    """Return what changes from one table to another."""
    before, after = [(row.when, row.then, row.note) for row in old.rows], [(r.when, r.then, r.note) for r in new.rows]
    rows: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for n in range(max(b - a, d - c)):
            left, right = (a + n if a + n < b else None), (c + n if c + n < d else None)
            kind: ChangeKind = (
                "same" if tag == "equal" else "added" if left is None else "removed" if right is None else "changed"
            )
            rows.append(
                Change(
                    kind,
                    None if left is None else left + 1,
                    None if right is None else right + 1,
                    None if left is None else old.rows[left],
                    None if right is None else new.rows[right],
                )
            )
    names = [([i.name for i in table.inputs], [o.name for o in table.outputs]) for table in (old, new)]
    return Comparison(tuple(_notes(old, new)), tuple(rows), names[0] == names[1])


def _notes(old: Table, new: Table) -> list[str]:
    notes = []
    if old.name != new.name:
        notes.append(f"名称由“{old.name}”改为“{new.name}”")
    if (old.hit, old.aggregation) != (new.hit, new.aggregation):
        notes.append(f"对上的办法由“{_hit(old)}”改为“{_hit(new)}”")
    notes += _columns("输入", old.inputs, new.inputs)
    return notes + _columns("输出", old.outputs, new.outputs)


def _hit(table: Table) -> str:
    aggregation = f"，{AGGREGATION_WORDS[table.aggregation]}" if table.hit == "COLLECT" else ""
    return HIT_WORDS[table.hit] + aggregation


def _columns(what: str, old: Sequence[Input | Output], new: Sequence[Input | Output]) -> list[str]:
    before: dict[str, Input | Output] = {column.name: column for column in old}
    after: dict[str, Input | Output] = {column.name: column for column in new}
    notes = [f"新增{what}“{after[name].words}”" for name in after if name not in before]
    notes += [f"删去{what}“{before[name].words}”" for name in before if name not in after]
    kept = [name for name in before if name in after]
    notes += [f"{what}“{after[name].words}”的说明、类型或取值改了" for name in kept if before[name] != after[name]]
    if kept != [name for name in after if name in before]:
        notes.append(f"{what}的先后改了")
    return notes
