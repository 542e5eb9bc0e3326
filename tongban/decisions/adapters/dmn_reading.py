"""Read decision tables from DMN 1.1 to 1.5 files of any maker; what is not supported is listed, each with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic import ValidationError

from tongban.decisions.adapters import xml
from tongban.decisions.adapters.dmn import OWN
from tongban.decisions.adapters.xml import Element, XmlError
from tongban.decisions.rules import feel
from tongban.decisions.rules.feel import FeelError, Kind
from tongban.decisions.rules.reading import Choice, Problem, Reading
from tongban.decisions.rules.table import Table

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
_KINDS: dict[str, Kind] = {
    "string": "string", "number": "number", "integer": "number", "int": "number", "long": "number", "double": "number",
    "float": "number", "decimal": "number", "boolean": "boolean", "date": "date",
}  # fmt: skip
_EXPRESSIONS = {
    "literalExpression": "文字表达式", "context": "上下文（context）", "invocation": "调用（invocation）", "relation": "关系表",
    "list": "列表表达式", "functionDefinition": "函数定义", "conditional": "条件表达式", "filter": "筛选表达式",
    "for": "循环表达式", "every": "全称表达式", "some": "存在表达式",
}  # fmt: skip


@dataclass
class _Notes:
    """What was found wrong or worth knowing while reading."""

    problems: list[Problem] = field(default_factory=list)

    def stop(self, element: Element, message: str, remedy: str) -> None:
        self.problems.append(Problem(element.line, "error", message, remedy))

    def tell(self, element: Element, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(element.line, "hint", message, remedy))


@dataclass(frozen=True)
class _Type:
    """A type that the file defines itself (itemDefinition): its base and its allowed values."""

    base: str
    values: str


def read(content: bytes, *, decision: str = "", code: str = "", org: str = "") -> Reading:
    """Return the decision table of a file, or the decisions to choose from, and all that is not supported.

    `decision` is the id of the decision to take; `code` and `org` name the table where the file is not one of ours.
    """
    try:
        top = xml.read(content)
    except XmlError as problem:
        return Reading(problems=(Problem(problem.line, "error", problem.message, problem.remedy),))
    notes = _Notes()
    if top.name != "definitions" or top.space not in NAMESPACES:
        notes.stop(top, "这不是 DMN 1.1 至 1.5 的文件", "用建模软件导出为 DMN 1.3")
        return Reading(problems=tuple(notes.problems))
    decisions = top.all("decision")
    choices = tuple(Choice(_id(d), d.attributes.get("name", "") or _id(d)) for d in decisions)
    wanted = [d for d in decisions if _id(d) == decision] if decision else decisions
    if len(wanted) != 1:
        if not decisions:
            notes.stop(top, "文件里没有决策", "导出带决策表的文件")
        elif decision or len(decisions) == 1:
            notes.stop(top, f"文件里没有决策“{decision}”", "从列出的决策里选一个")
        return Reading(choices=choices, problems=tuple(notes.problems))
    _others(top, notes)
    table = _decision(wanted[0], top, notes, code=code, org=org)
    problems = tuple(sorted(notes.problems, key=lambda p: (p.kind, p.line)))
    return Reading(table if not any(p.kind == "error" for p in problems) else None, choices, problems)


def _id(decision: Element) -> str:
    return decision.attributes.get("id", "") or decision.attributes.get("name", "")


def _others(top: Element, notes: _Notes) -> None:
    for part in top.parts:
        if part.name == "businessKnowledgeModel":
            notes.tell(part, f"业务知识模型“{part.attributes.get('name', '')}”没有读", "只读决策表")
        elif part.name == "decisionService":
            notes.tell(part, f"决策服务“{part.attributes.get('name', '')}”没有读", "只读决策表")


def _decision(decision: Element, top: Element, notes: _Notes, *, code: str, org: str) -> Table | None:
    for need in decision.all("informationRequirement"):
        if need.one("requiredDecision") is not None:
            notes.tell(need, "这个决策用到另一个决策的结果", "那个结果要作为一个输入给出")
    if decision.all("knowledgeRequirement"):
        notes.stop(decision.all("knowledgeRequirement")[0], "这个决策调用业务知识模型，不支持", "把它写成决策表的列")
    grid = decision.one("decisionTable")
    if grid is None:
        other = next((part for part in decision.parts if part.name in _EXPRESSIONS), decision)
        notes.stop(other, f"这个决策是{_EXPRESSIONS.get(other.name, '空的')}，不是决策表", "改成决策表再导出")
        return None
    own = top.attributes.get("namespace", "")
    reader = _Grid(grid, notes, _types(top))
    body = {
        "code": code or _code(_id(decision)),
        "name": (decision.attributes.get("name") or _id(decision) or "决策表")[:60],
        "org": org or (own.removeprefix(OWN) if own.startswith(OWN) else "") or "unknown",
        **reader.body(decision.one("variable")),
    }
    if any(problem.kind == "error" for problem in notes.problems):
        return None
    try:
        return Table.model_validate(body)
    except ValidationError as problem:
        for error in problem.errors(include_url=False)[:20]:
            place = ".".join(str(part) for part in error["loc"])
            said = str(error.get("ctx", {}).get("error", "")) or "太长、太多，或有不能用的字"
            notes.stop(grid, f"{place}：{said}", "在原来的软件里改好再导出")
        return None


def _code(name: str) -> str:
    text = re.sub(r"[^a-z0-9]+", "-", name.removeprefix("Decision_").lower()).strip("-")
    return text[:63] if len(text) >= 2 else "imported-table"


def _types(top: Element) -> dict[str, _Type]:
    found = {}
    for part in top.all("itemDefinition"):
        allowed = part.one("allowedValues")
        found[part.attributes.get("name", "")] = _Type(part.said("typeRef"), allowed.said("text") if allowed else "")
    return found


class _Grid:
    """Reads one decisionTable element."""

    def __init__(self, grid: Element, notes: _Notes, types: dict[str, _Type]) -> None:
        self.grid = grid
        self.notes = notes
        self.types = types
        self.renamed: dict[str, str] = {}

    def body(self, variable: Element | None) -> dict[str, object]:
        """Return the table as plain values."""
        rules = self.grid.all("rule")
        inputs = [self._input(n, element, rules) for n, element in enumerate(self.grid.all("input"))]
        outputs = [self._output(n, element, variable, rules) for n, element in enumerate(self.grid.all("output"))]
        return {
            "hit": self._hit(), "aggregation": self._aggregation(), "inputs": inputs, "outputs": outputs,
            "rows": [self._row(rule, len(inputs), len(outputs)) for rule in rules],
        }  # fmt: skip

    def _hit(self) -> str:
        hit = self.grid.attributes.get("hitPolicy", "UNIQUE") or "UNIQUE"
        if hit not in ("UNIQUE", "FIRST", "PRIORITY", "COLLECT"):
            self.notes.stop(self.grid, f"不支持命中策略 {hit}", "改为 UNIQUE、FIRST、PRIORITY 或 COLLECT")
        return hit

    def _aggregation(self) -> str:
        kind = self.grid.attributes.get("aggregation", "")
        if kind not in ("", "SUM", "MIN", "MAX", "COUNT"):
            self.notes.stop(self.grid, f"不支持汇总方式 {kind}", "改为 SUM、MIN、MAX 或 COUNT")
        return kind or "LIST"

    def _input(self, n: int, element: Element, rules: list[Element]) -> dict[str, object]:
        expression = element.one("inputExpression")
        text = expression.said("text") if expression is not None else ""
        label = element.attributes.get("label", "")
        variable = next((v for k, v in element.attributes.items() if k.endswith(" inputVariable")), "")
        name = self._name(element, text or variable or label, f"第 {n + 1} 列输入")
        self._language(expression, f"第 {n + 1} 列输入")
        cells = [rule.all("inputEntry")[n].said("text") for rule in rules if len(rule.all("inputEntry")) > n]
        ref = expression.attributes.get("typeRef", "") if expression is not None else ""
        kind, values = self._kind(element, ref or (expression.said("typeRef") if expression else ""), cells)
        own = element.one("inputValues")
        return {"name": name, "label": _line(label), "type": kind, "values": _line(own.said("text") if own else values)}

    def _output(self, n: int, element: Element, variable: Element | None, rules: list[Element]) -> dict[str, object]:
        label = element.attributes.get("label", "")
        said = variable.attributes.get("name", "") if variable is not None else ""
        only = len(self.grid.all("output")) == 1
        name = element.attributes.get("name", "") or (said if only else "") or label or f"output-{n + 1}"
        default = element.one("defaultOutputEntry")
        if default is not None:
            self.notes.stop(
                default, f"第 {n + 1} 列输出有默认值，不支持", "在最后加一行条件全是 - 的，对上的办法改为 FIRST"
            )
        cells = [rule.all("outputEntry")[n].said("text") for rule in rules if len(rule.all("outputEntry")) > n]
        ref = element.attributes.get("typeRef", "")
        if not ref and only and variable is not None:
            ref = variable.attributes.get("typeRef", "")
        kind, values = self._kind(element, ref, cells)
        own = element.one("outputValues")
        return {
            "name": self._name(element, name, f"第 {n + 1} 列输出"), "label": _line(label), "type": kind,
            "values": _line(own.said("text") if own else values),
        }  # fmt: skip

    def _name(self, element: Element, text: str, what: str) -> str:
        name = re.sub(r"\s+", "-", text.strip())
        if not re.fullmatch(r"[^\W\d][\w-]{0,62}", name):
            self.notes.stop(
                element, f"{what}的表达式“{text[:40]}”不是一个名称", "先算好，作为一个输入；这里只写它的名称"
            )
        elif name != text:
            self.renamed[text.strip()] = name
            self.notes.tell(element, f"{what}“{text.strip()}”改名为“{name}”")
        return name

    def _language(self, element: Element | None, what: str) -> None:
        language = element.attributes.get("expressionLanguage", "") if element is not None else ""
        if language and "feel" not in language.lower():
            assert element is not None
            self.notes.stop(element, f"{what}用的是 {language[:40]}，不是 FEEL", "改用 FEEL")

    def _kind(self, element: Element, ref: str, cells: list[str]) -> tuple[Kind | str, str]:
        name, values = ref.rpartition(":")[2].strip(), ""
        for _ in range(5):
            if name not in self.types:
                break
            values = values or self.types[name].values
            name = self.types[name].base.rpartition(":")[2].strip()
        if name in _KINDS:
            return _KINDS[name], values
        if name and name != "Any":
            self.notes.stop(element, f"不支持类型 {ref[:40]}", "改为 string、number、boolean 或 date")
            return "string", values
        kind = _guessed(cells)
        self.notes.tell(element, f"没有写类型，按内容当作{feel.KIND_WORDS[kind]}")
        return kind, values

    def _row(self, rule: Element, inputs: int, outputs: int) -> dict[str, object]:
        when, then = rule.all("inputEntry"), rule.all("outputEntry")
        if len(when) != inputs or len(then) != outputs:
            self.notes.stop(rule, f"这一行有 {len(when)} 格条件、{len(then)} 格结果，和列数不一致", "补齐每一格")
        return {
            "when": [self._cell(entry) for entry in when], "then": [self._literal(entry) for entry in then],
            "note": _line("；".join(note for note in self._notes(rule) if note))[:200],
        }  # fmt: skip

    def _notes(self, rule: Element) -> list[str]:
        return [rule.said("description"), *(entry.said("text") for entry in rule.all("annotationEntry"))]

    def _cell(self, entry: Element) -> str:
        self._language(entry, "这一格")
        text = _line(entry.said("text")) or "-"
        if self.renamed:
            names = "|".join(re.escape(name) for name in sorted(self.renamed, key=len, reverse=True))
            text = re.sub(rf'"(?:[^"\\]|\\.)*"|{names}', lambda m: self.renamed.get(m.group(), m.group()), text)
        try:
            feel.read(text)
        except FeelError as problem:
            self.notes.stop(entry, f"“{text[:60]}”：{problem.message}", problem.remedy)
        return text

    def _literal(self, entry: Element) -> str:
        self._language(entry, "这一格")
        text = _line(entry.said("text")) or "null"
        try:
            feel.literal(text)
        except FeelError as problem:
            self.notes.stop(entry, f"“{text[:60]}”：{problem.message}", problem.remedy)
        return text


def _line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def _guessed(cells: list[str]) -> Kind:
    for cell in cells:
        try:
            values = list(feel.values_of(feel.read(cell)))
        except FeelError:
            continue
        if values:
            return feel.kind_of(values[0])
    return "string"
