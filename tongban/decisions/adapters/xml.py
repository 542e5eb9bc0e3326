"""Read XML from strangers: no document type, no entities, bounded in size, depth and number; each element with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

MOST_BYTES = 2 * 1024 * 1024
MOST_ELEMENTS = 50_000
MOST_DEPTH = 40


class XmlError(ValueError):
    """A file that is no XML, or XML that is not read: the line, what is wrong, how to mend it."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(f"{line}: {message}")
        self.line = line
        self.message = message
        self.remedy = remedy


@dataclass
class Element:
    """An element with its namespace, line, attributes (namespaced ones as “namespace name”), parts and text."""

    space: str
    name: str
    line: int
    attributes: dict[str, str]
    parts: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly inside, stripped."""
        return "".join(self.texts).strip()

    def all(self, name: str) -> list[Element]:
        """Return the parts of a name in the element's own namespace."""
        return [part for part in self.parts if part.name == name and part.space == self.space]

    def one(self, name: str) -> Element | None:
        """Return the first part of a name in the element's own namespace."""
        return next(iter(self.all(name)), None)

    def said(self, name: str) -> str:
        """Return the text of the part of a name, or nothing."""
        part = self.one(name)
        return part.text if part is not None else ""


class _Builder:
    """Keeps the open elements while expat reports what it reads."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.parser.ExternalEntityRefHandler = self.refuse
        self.open: list[Element] = []
        self.top: Element | None = None
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        line = self.parser.CurrentLineNumber
        if self.count > MOST_ELEMENTS:
            raise XmlError(line, "文件里的内容太多，没有读", "拆成几个文件")
        if len(self.open) >= MOST_DEPTH:
            raise XmlError(line, "文件套得太深，没有读", f"最多 {MOST_DEPTH} 层")
        space, _, name = tag.rpartition(" ")
        element = Element(space, name, line, attributes)
        if self.open:
            self.open[-1].parts.append(element)
        else:
            self.top = element
        self.open.append(element)

    def end(self, tag: str) -> None:
        self.open.pop()

    def text(self, text: str) -> None:
        self.open[-1].texts.append(text)

    def refuse(self, *said: Any) -> int:
        raise XmlError(
            self.parser.CurrentLineNumber, "文件里有 DOCTYPE 或实体定义，为了安全没有读", "删去 <!DOCTYPE …>"
        )


def read(content: bytes) -> Element:
    """Return the top element of an XML file. Raises XmlError."""
    if len(content) > MOST_BYTES:
        raise XmlError(1, "文件超过 2 MB，没有读", "拆成几个文件")
    builder = _Builder()
    try:
        builder.parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise XmlError(problem.lineno, "这不是合格的 XML，读到这一行时断了", "用原来的软件重新导出") from problem
    except (LookupError, ValueError) as problem:
        if isinstance(problem, XmlError):
            raise
        raise XmlError(1, "文件的编码读不了", "存成 UTF-8") from problem
    assert builder.top is not None
    return builder.top
