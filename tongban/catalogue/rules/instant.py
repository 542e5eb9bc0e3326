"""What keeps 秒批 of an item from ever deciding a case of it."""

from __future__ import annotations

from collections.abc import Container, Iterator

from tongban.catalogue.rules.item import ItemSpec
from tongban.decisions.rules.table import Table
from tongban.rules.specs import Path


def instant_flaws(item: ItemSpec, table: Table | None, facts: Container[str]) -> Iterator[tuple[Path, str, str]]:
    """Give (path, message, remedy) of what keeps the table of an item's 秒批 from ever deciding a case of it.

    `facts` are the names that cases of this item know: its data elements, answers of guidance, what a case computes.
    """
    use = item.instant
    if use is None:
        return
    if table is None:
        yield ("instant", "table"), f"没有定义决策表“{use.table}”", "在 decisions 里补上，或改名"
        return
    if table.org != item.org:
        yield ("instant", "table"), f"决策表“{use.table}”由别的单位负责", "用办理单位自己的表"
    output = next((column for column in table.outputs if column.name == use.output), None)
    if output is None:
        yield ("instant", "output"), f"决策表没有叫“{use.output}”的输出", "改为表里有的输出"
    elif not _results(table, use.output) & set(use.grant):
        yield ("instant", "grant"), f"决策表没有一行的结论是{'、'.join(use.grant)}", "改 grant，或改表"
    for column in table.inputs:
        if column.name not in facts:
            yield (
                ("instant", "table"),
                f"决策表要看“{column.name}”，这个事项没有问",
                "在 fields 里问，或从表里删去这一列",
            )


def _results(table: Table, output: str) -> set[str]:
    """Return the literals of an output, without their quotes."""
    place = [column.name for column in table.outputs].index(output)
    return {row.then[place].strip('"') for row in table.rows}
