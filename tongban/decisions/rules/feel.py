"""FEEL as far as decision tables need it: a cell is read once into a small tree of tests.

Read are literals (numbers, strings, true and false, dates), comparisons, ranges, lists, `-`, `not(...)`, and conditions
over input names joined by `and` and `or`, in which `?` stands for the cell's own input. One pass, no backtracking.
Source: DMN 1.3 chapters 7.3.10 (unary tests), 9 (S-FEEL), 10.3 (FEEL).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["string", "number", "boolean", "date"]
Value = str | int | Decimal | bool | date
KINDS: tuple[Kind, ...] = ("string", "number", "boolean", "date")
KIND_WORDS: dict[Kind, str] = {"string": "文字", "number": "数字", "boolean": "是否", "date": "日期"}
MOST_CHARACTERS = 400
MOST_TOKENS = 300
MOST_DEPTH = 12
MOST_DIGITS = 30
RESERVED = frozenset({"and", "or", "not", "in", "between", "true", "false", "null", "date"})


class FeelError(ValueError):
    """A text that cannot be read: what is wrong, and how to mend it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}；{remedy}")
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True)
class Anything:
    """`-`: the cell does not look at its input."""


@dataclass(frozen=True)
class Compare:
    """The value of `name` (None: the cell's own input) compared with a literal."""

    name: str | None
    sign: str  # = != < <= > >=
    value: Value


@dataclass(frozen=True)
class Within:
    """The value of `name` lies between two literals; an open end does not count itself."""

    name: str | None
    low: Value
    high: Value
    is_low_open: bool
    is_high_open: bool


@dataclass(frozen=True)
class Not:
    """The test does not hold."""

    test: Said


@dataclass(frozen=True)
class Joined:
    """One of the tests holds (`or`, a list), or all of them do (`and`)."""

    word: Literal["or", "and"]
    tests: tuple[Said, ...]


# What says something of a value; `-` stands alone in its cell and never inside another test.
Said = Compare | Within | Not | Joined
Test = Anything | Said

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<date>date\s*\(\s*"[^"\\]*"\s*\)|@"[^"\\]*")
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<sign><=|>=|!=|<|>|=|\.\.|[\[\](),?])
    | (?P<number>-?(?:\d+(?:\.\d+)?|\.\d+))
    | (?P<name>[^\W\d][\w-]*)
    )""",
    re.VERBOSE,
)
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r"}
_WIDE = dict(
    zip(
        "，、（）【】“”＜＞＝－？；",
        [",", ",", "(", ")", "[", "]", '"', '"', "<", ">", "=", "-", "?", ","],
        strict=True,
    )
)


@dataclass(frozen=True)
class _Token:
    kind: str  # sign, literal, name, end
    text: str
    value: Value = ""


def _tokens(text: str) -> list[_Token]:
    if len(text) > MOST_CHARACTERS:
        raise FeelError(f"这一格超过 {MOST_CHARACTERS} 个字", "拆成几行，或减少列出的值")
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text[at:].strip()[:1])
        at = match.end()
        found.append(_token(str(match.lastgroup), match.group(str(match.lastgroup))))
        if len(found) > MOST_TOKENS:
            raise FeelError("这一格写得太多", "拆成几行")
    return [*found, _Token("end", "")]


def _unreadable(sign: str) -> FeelError:
    if sign in _WIDE:
        return FeelError(f"有全角符号 {sign}", f"换成半角的 {_WIDE[sign]}")
    if sign == '"':
        return FeelError("引号没有成对", '文字写在一对半角引号里，例如 "retail"')
    return FeelError(f"不认识“{sign}”", "文字加半角引号；比较写 < <= > >= = !=；范围写 [1..5]")


def _token(kind: str, text: str) -> _Token:
    match kind:
        case "string":
            return _Token("literal", text, _unescaped(text[1:-1]))
        case "date":
            return _Token("literal", text, _day(text[text.index('"') + 1 : text.rindex('"')]))
        case "number":
            return _Token("literal", text, _number(text))
        case "name" if text in ("true", "false"):
            return _Token("literal", text, text == "true")
        case "name" if text == "null":
            raise FeelError("不能拿 null 作条件", "不看这一项写 -；没有填的值只有 - 能对上")
        case _:
            return _Token(kind, text)


def _unescaped(text: str) -> str:
    parts, escaped = [], False
    for sign in text:
        if escaped and sign not in _ESCAPES:
            raise FeelError(f"不认识“\\{sign}”", '引号写 \\"，反斜线写 \\\\')
        if escaped:
            parts.append(_ESCAPES[sign])
        elif sign != "\\":
            parts.append(sign)
        escaped = sign == "\\" and not escaped
    return "".join(parts)


def _day(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FeelError(f"“{text[:20]}”不是日期", '日期写 date("2026-01-01")')


def _number(text: str) -> int | Decimal:
    if len(text) > MOST_DIGITS:
        raise FeelError("数字太长", f"最多 {MOST_DIGITS} 位")
    return Decimal(text) if "." in text else int(text)


class _Reader:
    """Reads the tokens of one cell from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def has(self, *texts: str) -> bool:
        """Return whether the next token is one of these signs or words."""
        return self.token.kind in ("sign", "name") and self.token.text in texts

    def take(self) -> _Token:
        """Return the next token and go on."""
        token = self.token
        self.at += 1
        return token

    def expect(self, text: str, remedy: str) -> None:
        """Go past a sign or word that must stand here. Raises FeelError."""
        if not self.has(text):
            raise FeelError(f"这里少了“{text}”", remedy)
        self.at += 1

    def several(self, subject: str | None) -> tuple[Said, bool]:
        """Read tests with commas between them; also return whether all stand bare, without a name."""
        tests, bare = [], True
        while True:
            test, is_bare = self.joined("or", lambda: self.joined("and", lambda: self.one(subject)))
            tests.append(test)
            bare = bare and is_bare
            if not self.has(","):
                return (tests[0] if len(tests) == 1 else Joined("or", tuple(tests))), bare
            self.at += 1

    def joined(self, word: Literal["or", "and"], read: Callable[[], tuple[Said, bool]]) -> tuple[Said, bool]:
        """Read tests with `and` or `or` between them; bare ones cannot be joined."""
        first, bare = read()
        tests = [first]
        while self.has(word):
            self.at += 1
            test, is_bare = read()
            tests.append(test)
            bare = bare or is_bare
        if len(tests) == 1:
            return first, bare
        if bare:
            raise FeelError(f"“{word}”两边要写出名称", "本列的值写 ?，例如 ? >= 18 and ? < 60；范围写 [18..60)")
        return Joined(word, tuple(tests)), False

    def one(self, subject: str | None) -> tuple[Said, bool]:
        """Read one test; also return whether it stands bare, without a name."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise FeelError("括号套得太深", "拆成几行")
        try:
            return self._one(subject)
        finally:
            self.depth -= 1

    def _one(self, subject: str | None) -> tuple[Said, bool]:
        if self.has("not"):
            return self._not(subject)
        if self.has("(") and not self._is_range():
            self.at += 1
            test, bare = self.several(subject)
            self.expect(")", "括号要成对")
            return test, bare
        if self.has("[", "]", "(", "<", "<=", ">", ">=", "=", "!=") or self.token.kind == "literal":
            return self._of_value(subject), True
        if self.token.kind == "name" or self.has("?"):
            return self._named(), False
        if self.token.kind == "end":
            raise FeelError("这一格没有写完", "补上要比较的值；不看这一项写 -")
        raise FeelError(f"“{self.token.text}”放错了地方", "范围写 [1..5]，几个值用逗号隔开")

    def _not(self, subject: str | None) -> tuple[Said, bool]:
        self.at += 1
        self.expect("(", 'not 后面写括号，例如 not("retail")')
        test, bare = self.several(subject)
        self.expect(")", "括号要成对")
        return Not(test), bare

    def _is_range(self) -> bool:
        after = self.tokens[self.at + 1 : self.at + 3]
        return len(after) == 2 and after[0].kind == "literal" and after[1].text == ".."

    def _of_value(self, subject: str | None) -> Said:
        """Read `< 5`, `5` or `[1..5]`."""
        if self.has("[", "]", "("):
            return self._range(subject)
        sign = "=" if self.token.kind == "literal" else self.take().text
        return Compare(subject, sign, self._literal())

    def _range(self, subject: str | None) -> Said:
        is_low_open = self.take().text != "["
        low = self._literal()
        self.expect("..", "范围写 [1..5]")
        high = self._literal()
        if not self.has("]", "[", ")"):
            raise FeelError("范围没有收尾", "范围写 [1..5]，不含端点写 (1..5)")
        is_high_open = self.take().text != "]"
        if kind_of(low) != kind_of(high):
            raise FeelError("范围的两端不是同一类", "两端都写数字，或都写日期")
        if kind_of(low) not in ("number", "date"):
            raise FeelError("只有数字和日期有范围", '文字列出来，例如 "a","b"')
        if low > high:  # type: ignore[operator]  # both are numbers, or both are days
            raise FeelError("范围的前端比后端大", "小的写在前面")
        return Within(subject, low, high, is_low_open, is_high_open)

    def _literal(self) -> Value:
        if self.token.kind != "literal":
            what = self.token.text or "结尾"
            raise FeelError(f"“{what}”前面少了值", '要写数字、"文字"、true、false 或 date("2026-01-01")')
        return self.take().value

    def _named(self) -> Said:
        """Read a condition that begins with a name: `a >= 5`, `a in (…)`, `a between 1 and 5`, `a`."""
        name = self.take().text
        if name in RESERVED:
            raise FeelError(f"“{name}”放错了地方", "条件写成 名称 >= 值，用 and、or 连接")
        if self.has("in"):
            self.at += 1
            return (
                self.one(name)[0]
                if self.has("[", "]", "(", "<", "<=", ">", ">=")
                else Compare(name, "=", self._literal())
            )
        if self.has("between"):
            self.at += 1
            low = self._literal()
            self.expect("and", "写成 between 1 and 5")
            return Within(name, low, self._literal(), False, False)
        if self.has("<", "<=", ">", ">=", "=", "!="):
            return Compare(name, self.take().text, self._literal())
        if self.has("("):
            raise FeelError(f"不支持函数“{name}”", "先算好，作为一个输入")
        return Compare(name, "=", True)


def read(text: str, *, own: str = "") -> Test:
    """Return the tests of a cell; `own` is the name of its column, for which `?` stands. Raises FeelError."""
    if text.strip() in ("", "-"):
        return Anything()
    reader = _Reader(text)
    test, _ = reader.several(None)
    if reader.token.kind != "end":
        raise FeelError(f"“{reader.token.text}”这里读不懂", "几个值用半角逗号隔开；条件用 and、or 连接")
    return _own(test, own)


def _own(test: Said, own: str) -> Said:
    match test:
        case Compare(name, sign, value) if name in ("?", own):
            return Compare(None, sign, value)
        case Within(name, low, high, open_low, open_high) if name in ("?", own):
            return Within(None, low, high, open_low, open_high)
        case Not(inner):
            return Not(_own(inner, own))
        case Joined(word, tests):
            return Joined(word, tuple(_own(each, own) for each in tests))
        case _:
            return test


def literal(text: str) -> Value | None:
    """Return the literal that an output entry holds; `null` is None. Raises FeelError."""
    if text.strip() == "null":
        return None
    tokens = _tokens(text)
    if tokens[0].kind == "end":
        raise FeelError("没有写结果", '写数字、"文字"、true、false、date("2026-01-01")；没有结果写 null')
    if tokens[0].kind != "literal" or len(tokens) != 2:
        raise FeelError(f"“{text[:20]}”不是一个值", '结果只写一个值；文字加半角引号，例如 "approve"')
    return tokens[0].value


def literals(text: str) -> list[Value]:
    """Return the literals of a list of values, in order. Raises FeelError."""
    tokens = _tokens(text)
    found = [token for token in tokens[0:-1:2] if token.kind == "literal"]
    if len(tokens) % 2 or len(found) != len(tokens) // 2 or any(token.text != "," for token in tokens[1:-1:2]):
        raise FeelError("这里要列出几个值", '几个值用半角逗号隔开，例如 "approve","refuse"')
    return [token.value for token in found]


def kind_of(value: Value) -> Kind:
    """Return the kind of a value."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "date" if isinstance(value, date) else "number"


def leaves(test: Test) -> Iterator[Compare | Within]:
    """Give the comparisons of a test."""
    if isinstance(test, Compare | Within):
        yield test
    for each in test.tests if isinstance(test, Joined) else (test.test,) if isinstance(test, Not) else ():
        yield from leaves(each)


def values_of(test: Test) -> Iterator[Value]:
    """Give the literals with which a test compares its own input."""
    for leaf in leaves(test):
        if leaf.name is None:
            yield from (leaf.value,) if isinstance(leaf, Compare) else (leaf.low, leaf.high)


def names_of(test: Test) -> set[str]:
    """Return the names of other inputs that a test looks at."""
    return {leaf.name for leaf in leaves(test) if leaf.name is not None}
