"""Read a spec (规格): typed YAML in, a value or a list of findings with file and line out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

# libyaml where the wheel brings it (it does on the common machines), else the slower pure Python reader: both are safe.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MOST_VALUES = 200_000  # far more than 2 MB of honest text hold; aliases of aliases would otherwise never end
Path = tuple[str | int, ...]
Json = dict[str, object] | list[object] | str | int | float | bool | None


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a spec: where it is, what is wrong, how to mend it."""

    file: str
    line: int
    rule: str
    message: str
    remedy: str

    def as_json(self) -> dict[str, str | int]:
        """Return the finding as a plain mapping."""
        return asdict(self)


class SpecError(ValueError):
    """A file that does not hold what it should; carries the findings."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{f.file}:{f.line} {f.message}" for f in findings))
        self.findings = findings


class Wrong(ValueError):
    """What a validator of a whole spec says, “what is wrong；how to mend it”, at which of its values, by which rule."""

    def __init__(self, text: str, *at: str | int, rule: str = "value") -> None:
        super().__init__(text)
        self.at = at
        self.rule = rule


class Spec(BaseModel):
    """A value that is complete, typed and frozen; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _yes_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        # YAML reads yes, no, on and off as truth values, and pydantic would take those for 1 and 0.
        # `model_fields` says the same, ten times slower.
        kind = cls.__pydantic_fields__[info.field_name or ""].annotation
        if isinstance(value, bool) and kind in (int, float, int | None, float | None):
            raise ValueError("应当是数字，写的是 yes、no 一类的词；改为数字")
        return value


S = TypeVar("S", bound=Spec)


@dataclass(frozen=True)
class Document:
    """A YAML file as data, and the line on which each value stands."""

    file: str
    data: Json
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """Return the line of the value at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, path: Path, rule: str, message: str, remedy: str) -> Finding:
        """Return a finding at the place of `path`."""
        return Finding(self.file, self.line_of(path), rule, message, remedy)


def parse(text: str, *, file: str) -> Document:
    """Parse YAML with the safe loader, keeping lines. Raises SpecError for text that is no YAML."""
    lines: dict[Path, int] = {}
    data: Json = None
    node: yaml.Node | None = None
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        if node is not None:
            _mark(node, (), lines, depth=0)
            data = loader.construct_document(node)
    except yaml.YAMLError as problem:
        raise SpecError([_broken(problem, file)]) from problem
    except RecursionError as problem:
        raise SpecError(
            [Finding(file, 1, "yaml", "这个文件嵌套太深或互相引用，没有读", "层次减到 20 层以内，不用 & 和 *")]
        ) from problem
    except (ValueError, TypeError, OverflowError) as problem:  # a number or a day that Python cannot hold
        line = next((each.start_mark.line + 1 for each in _scalars(node) if not _is_readable(each)), 1)
        raise SpecError(
            [Finding(file, line, "yaml", "这一行的数字或日期读不了", "检查这个数字或日期，文字加上引号")]
        ) from problem
    return Document(file, data, lines)


def _broken(problem: yaml.YAMLError, file: str) -> Finding:
    mark = getattr(problem, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    if isinstance(problem, _KeyTwice):
        return Finding(file, line, "yaml", f"这不是合格的 YAML：“{problem.problem}”写了两次", "只留一个")
    if isinstance(problem, yaml.constructor.ConstructorError):
        return Finding(file, line, "yaml", "这一行用了目录包不收的 YAML 写法", "去掉以 ! 开头的标签；名称写成普通文字")
    return Finding(
        file, line, "yaml", "这个文件不是合格的 YAML，读到这一行时断了", "检查缩进、冒号后的空格和引号是否成对"
    )


def _scalars(node: yaml.Node | None) -> Iterable[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    for part in node.value if isinstance(node, yaml.CollectionNode) else ():
        for each in part if isinstance(part, tuple) else (part,):
            yield from _scalars(each)


def _is_readable(node: yaml.ScalarNode) -> bool:
    try:
        Loader("").construct_document(node)
    except (ValueError, TypeError, OverflowError):
        return False
    return True


class _KeyTwice(yaml.MarkedYAMLError):
    """The same key twice in one mapping: YAML would keep the last one silently."""


def _mark(node: yaml.Node, path: Path, lines: dict[Path, int], *, depth: int) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if depth > 50 or len(lines) > MOST_VALUES:
        raise RecursionError
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key that is no text", key.start_mark)
            if key.value in seen:
                raise _KeyTwice(None, None, str(key.value), key.start_mark)
            seen.add(key.value)
            lines[(*path, key.value)] = key.start_mark.line + 1
            _mark(value, (*path, key.value), lines, depth=depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _mark(value, (*path, index), lines, depth=depth + 1)


def load(kind: type[S], document: Document, *, at: Path = ()) -> S:
    """Return the spec found at `at` in the document. Raises SpecError, one finding a mistake."""
    data: object = document.data
    for key in at:
        data = data[key]  # type: ignore[index]  # the caller walked the same document
    try:
        return kind.model_validate(data)
    except ValidationError as problem:
        raise SpecError(list(_findings(document, problem, at))) from problem


def _findings(document: Document, problem: ValidationError, at: Path) -> Iterable[Finding]:
    for error in problem.errors(include_url=False):
        context = error.get("ctx", {})
        said = context.get("error")
        place: Path = (*error["loc"], *(said.at if isinstance(said, Wrong) else ()))
        name = ".".join(str(part) for part in place) or "整个文件"
        rule, message, remedy = _said(error["type"], name, context, error["msg"])
        yield document.finding((*at, *place), rule, message, remedy)


_KINDS = {
    "int_parsing": "整数", "int_type": "整数", "int_from_float": "整数", "float_parsing": "数字", "float_type": "数字",
    "bool_type": "true 或 false", "bool_parsing": "true 或 false", "tuple_type": "列表", "list_type": "列表",
    "string_type": "文字；数字、日期、yes 和 no 这样的词要加引号", "model_type": "“名称: 值”的形式", "dict_type": "“名称: 值”的形式",
    "model_attributes_type": "“名称: 值”的形式", "finite_number": "普通的数字",
}  # fmt: skip
_BOUNDS = {
    "greater_than_equal": "不小于 {ge}", "less_than_equal": "不大于 {le}", "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字", "too_short": "至少 {min_length} 项", "too_long": "最多 {max_length} 项",
}  # fmt: skip


def _said(kind: str, name: str, context: dict[str, object], message: str) -> tuple[str, str, str]:
    """Say a validation error in Chinese: rule, message, remedy."""
    match kind:
        case "missing":
            return "missing", f"缺少“{name}”", f"补上“{name}”这一项"
        case "extra_forbidden":
            return "unknown", f"不认识“{name}”这一项", "删去它，或检查拼写"
        case "literal_error" | "enum":
            return "choice", f"“{name}”的值不在允许的范围内", f"改为下列之一：{context.get('expected', '')}"
        case "value_error" | "assertion_error":
            problem = context.get("error", message)
            said, _, remedy = str(problem).partition("；")
            rule = problem.rule if isinstance(problem, Wrong) else "value"
            return rule, f"“{name}”：{said}", remedy or "按提示改正"
        case "string_pattern_mismatch":
            return "pattern", f"“{name}”的写法不符合要求", f"应符合 {context.get('pattern', '')}"
        case _ if kind in _KINDS:
            return "type", f"“{name}”的类型不对", f"应当是{_KINDS[kind]}"
        case _ if kind in _BOUNDS:
            return "bounds", f"“{name}”超出了允许的范围", f"应当{_BOUNDS[kind].format(**context)}"
        case _:
            return "type", f"“{name}”的类型或取值不对", f"应满足：{message}"


def digest(spec: Spec) -> str:
    """Return the SHA-256 of the canonical JSON of a spec, so that equal specs have equal digests."""
    return hashlib.sha256(canonical(spec).encode()).hexdigest()


def canonical(spec: Spec) -> str:
    """Return the canonical JSON: keys sorted, defaults left out."""
    body = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
