"""The decision table (决策表) as data: inputs, outputs, rows, and which of the rows that match counts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from tongban.decisions.rules.feel import MOST_CHARACTERS, RESERVED, Kind
from tongban.rules.specs import Spec, Wrong

MOST_INPUTS = 20
MOST_OUTPUTS = 10
MOST_ROWS = 500
Hit = Literal["UNIQUE", "FIRST", "PRIORITY", "COLLECT"]
Aggregation = Literal["LIST", "SUM", "MIN", "MAX", "COUNT"]
HIT_WORDS: dict[Hit, str] = {
    "UNIQUE": "只许一行对上", "FIRST": "取最上面的一行", "PRIORITY": "按结果的先后取一行", "COLLECT": "对上的都要",
}  # fmt: skip
AGGREGATION_WORDS: dict[Aggregation, str] = {
    "LIST": "列出来", "SUM": "相加", "MIN": "取最小", "MAX": "取最大", "COUNT": "数几行",
}  # fmt: skip

# What XML cannot carry, or would change on the way, is refused here: a table must come back as it was sent.
_PLAIN = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]"
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d][\w-]{0,62}$")]
Words = Annotated[str, StringConstraints(pattern=rf"^{_PLAIN}*$", max_length=200)]
Cell = Annotated[str, StringConstraints(pattern=rf"^{_PLAIN}*$", max_length=MOST_CHARACTERS)]


class Input(Spec):
    """A column that is asked for: the name of a fact (事实), and which values it may have (FEEL unary tests)."""

    name: Name
    label: Words = ""
    type: Kind
    values: Cell = ""

    @property
    def words(self) -> str:
        """The column as people read it."""
        return self.label or self.name


class Output(Spec):
    """A column that is answered; `values` lists what may stand there, for PRIORITY the most important first."""

    name: Name
    label: Words = ""
    type: Kind
    values: Cell = ""

    @property
    def words(self) -> str:
        """The column as people read it."""
        return self.label or self.name


class Row(Spec):
    """A rule: a test an input, a literal an output, and a note on why (依据)."""

    when: tuple[Cell, ...]
    then: tuple[Cell, ...]
    note: Words = ""

    @field_validator("when")
    @classmethod
    def _empty_looks_at_nothing(cls, cells: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text or "-" for text in cells)


class Table(Spec):
    """A decision table (决策表). Source: DMN 1.3 chapter 8."""

    code: Code
    name: Annotated[str, StringConstraints(pattern=rf"^{_PLAIN}+$", min_length=1, max_length=60)]
    # The organisation that answers for the table: its administrators may publish new versions.
    org: Code
    hit: Hit = "UNIQUE"
    aggregation: Aggregation = "LIST"
    inputs: tuple[Input, ...] = Field(min_length=1, max_length=MOST_INPUTS)
    outputs: tuple[Output, ...] = Field(min_length=1, max_length=MOST_OUTPUTS)
    rows: tuple[Row, ...] = Field(min_length=1, max_length=MOST_ROWS)

    @model_validator(mode="after")
    def _columns_have_names_of_their_own(self) -> Table:
        for place, names in (("inputs", [c.name for c in self.inputs]), ("outputs", [c.name for c in self.outputs])):
            seen: set[str] = set()
            for n, name in enumerate(names):
                if name in seen or name in RESERVED:
                    raise Wrong(
                        f"“{name}”不能作这一列的名称；每一列用不同的名称，不用 and、or 这样的词",
                        place,
                        n,
                        "name",
                    )
                seen.add(name)
        return self

    @model_validator(mode="after")
    def _rows_fit_the_columns(self) -> Table:
        for n, row in enumerate(self.rows):
            if len(row.when) != len(self.inputs):
                raise Wrong(f"条件有 {len(row.when)} 格，输入有 {len(self.inputs)} 列；不看的列写 -", "rows", n, "when")
            if len(row.then) != len(self.outputs):
                raise Wrong(
                    f"结果有 {len(row.then)} 格，输出有 {len(self.outputs)} 列；没有结果的写 null", "rows", n, "then"
                )
        return self

    @model_validator(mode="after")
    def _only_collect_aggregates(self) -> Table:
        if self.aggregation != "LIST" and self.hit != "COLLECT":
            raise Wrong("只有 COLLECT 才汇总；删去 aggregation，或把 hit 改为 COLLECT", "aggregation")
        if self.aggregation != "LIST" and len(self.outputs) != 1:
            raise Wrong("汇总只能有一列输出；拆成几张表", "aggregation")
        return self
