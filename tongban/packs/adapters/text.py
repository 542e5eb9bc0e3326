"""Read one file of a pack: plain, small, UTF-8, no link."""

from __future__ import annotations

from pathlib import Path

from tongban.rules import specs
from tongban.rules.specs import Document, Finding, SpecError

MOST_BYTES = 2 * 1024 * 1024


def files(folder: Path) -> list[Path]:
    """Return what a pack may hold: YAML files, and links, so that they can be refused; sorted."""
    return [path for path in sorted(folder.rglob("*")) if path.suffix in (".yaml", ".yml") or path.is_symlink()]


def document(path: Path, name: str) -> Document:
    """Return a parsed file of a pack; `name` is what findings call it. Raises SpecError."""
    return specs.parse(_text(path, name), file=name)


def _text(path: Path, name: str) -> str:
    """Return the text of a file of the pack itself. Raises SpecError for all that is no plain, small UTF-8 file."""
    if path.is_symlink():
        raise SpecError([Finding(name, 1, "link", "这是一个链接，指向别处，没有读", "把文件本身放进目录包")])
    if not path.is_file():
        raise SpecError([Finding(name, 1, "file", "这不是普通文件，没有读", "删去它，或换成 YAML 文件")])
    if path.suffix != ".yaml":
        raise SpecError([Finding(name, 1, "file-name", "扩展名应为 .yaml，这个文件没有读", "把扩展名改为 .yaml")])
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SpecError([Finding(name, 1, "size", "文件超过 2 MB", "拆成几个文件")])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise SpecError(
            [Finding(name, line, "encoding", "这个文件不是 UTF-8 编码", "存成 UTF-8 编码的文本")]
        ) from problem
    except OSError as problem:
        raise SpecError([Finding(name, 1, "file", "读不了这个文件", "检查文件的读取权限")]) from problem
