"""Decision tables as DMN 1.3 XML. Ids follow from the table itself, so that the same table is the same file."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from tongban.decisions.rules.table import Table

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
OWN = "urn:tongban:decisions:"


def write(table: Table) -> bytes:
    """Return the DMN 1.3 file of a table, UTF-8."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<definitions xmlns="{NAMESPACE}" id="Definitions_{table.code}" name={_quoted(table.name)} '
        f'namespace="{OWN}{table.org}" exporter="tongban">',
        *(f'  <inputData id="InputData_{n}" name={_quoted(column.name)}>\n'
          f'    <variable id="InputVariable_{n}" name={_quoted(column.name)} typeRef="{column.type}" />\n'
          "  </inputData>" for n, column in enumerate(table.inputs, 1)),
        f'  <decision id="Decision_{table.code}" name={_quoted(table.name)}>',
        *(f'    <informationRequirement id="Requirement_{n}">\n'
          f'      <requiredInput href="#InputData_{n}" />\n'
          "    </informationRequirement>" for n in range(1, len(table.inputs) + 1)),
        f'    <decisionTable id="DecisionTable_{table.code}" hitPolicy="{table.hit}"{_aggregation(table)}>',
        *_columns(table),
        '      <annotation name="note" />',
        *(line for n, _ in enumerate(table.rows, 1) for line in _rule(table, n)),
        "    </decisionTable>",
        "  </decision>",
        "</definitions>",
        "",
    ]  # fmt: skip
    return "\n".join(lines).encode()


def _quoted(text: str) -> str:
    return quoteattr(text)


def _aggregation(table: Table) -> str:
    return f' aggregation="{table.aggregation}"' if table.aggregation != "LIST" else ""


def _columns(table: Table) -> list[str]:
    lines = []
    for n, column in enumerate(table.inputs, 1):
        label = f" label={_quoted(column.label)}" if column.label else ""
        lines += [
            f'      <input id="Input_{n}"{label}>',
            f'        <inputExpression id="InputExpression_{n}" typeRef="{column.type}">',
            f"          <text>{escape(column.name)}</text>",
            "        </inputExpression>",
            *_values("input", n, column.values),
            "      </input>",
        ]
    for n, output in enumerate(table.outputs, 1):
        label = f" label={_quoted(output.label)}" if output.label else ""
        values = _values("output", n, output.values)
        lines.append(
            f'      <output id="Output_{n}"{label} name={_quoted(output.name)} typeRef="{output.type}"{">" if values else " />"}'
        )
        lines += [*values, "      </output>"] if values else []
    return lines


def _values(kind: str, n: int, values: str) -> list[str]:
    if not values:
        return []
    return [
        f'        <{kind}Values id="{kind.capitalize()}Values_{n}">',
        f"          <text>{escape(values)}</text>",
        f"        </{kind}Values>",
    ]


def _rule(table: Table, r: int) -> list[str]:
    row = table.rows[r - 1]
    return [
        f'      <rule id="Rule_{r}">',
        *(f'        <inputEntry id="InputEntry_{r}_{n}">\n          <text>{escape(text or "-")}</text>\n        </inputEntry>'
          for n, text in enumerate(row.when, 1)),
        *(f'        <outputEntry id="OutputEntry_{r}_{n}">\n          <text>{escape(text)}</text>\n        </outputEntry>'
          for n, text in enumerate(row.then, 1)),
        f"        <annotationEntry>\n          <text>{escape(row.note)}</text>\n        </annotationEntry>",
        "      </rule>",
    ]  # fmt: skip
