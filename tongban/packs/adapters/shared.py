"""The folder that packs share (`packs/common`): bodies of items to inherit, and words that all places use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from tongban.packs.adapters import text
from tongban.rules.specs import Document, Finding, SpecError

LISTS = frozenset({"sections", "elements", "materials", "licences", "basic_items", "indicators"})


@dataclass
class Shared:
    """What a shared folder holds: item bodies by code, documents with lists by their name there, what is wrong."""

    name: str
    bodies: dict[str, Document] = field(default_factory=dict)
    lists: dict[str, Document] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    found: list[Finding] = field(default_factory=list)


def locate(pack: Path, document: Document) -> Path | None:
    """Return the shared folder that `common:` of a pack.yaml names, None where it names none.

    It lies beside the pack: a plain name, no path and no link. Raises SpecError.
    """
    name = document.data.get("common") if isinstance(document.data, dict) else None
    if name is None:
        return None
    place = pack.resolve().parent / str(name)
    is_name = isinstance(name, str) and re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) is not None
    if not is_name or place.is_symlink() or not place.is_dir() or place == pack.resolve():
        raise SpecError([document.finding(
            ("common",), "common", f"“{name}”不是目录包旁边的文件夹", "写同级文件夹的名称，例如 common: common；不能是路径或链接"
        )])  # fmt: skip
    return place


def read(folder: Path) -> Shared:
    """Return what a shared folder holds. Bodies may be incomplete: what the place adds makes them whole."""
    shared = Shared(folder.name)
    for path in text.files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            document = text.document(path, f"../{folder.name}/{name}")
            _keep(shared, name, document)
        except SpecError as problem:
            shared.found += problem.findings
            shared.broken.add(path.stem)
    return shared


def _keep(shared: Shared, name: str, document: Document) -> None:
    if not isinstance(document.data, dict):
        raise SpecError([document.finding((), "type", "这个文件应当是“名称: 值”的形式", "照同一文件夹里别的文件写")])
    if name.startswith("items/"):
        _check_body(name, document)
        shared.bodies[str(document.data["code"])] = document
        return
    for key in document.data:
        if key not in LISTS:
            raise SpecError([document.finding(
                (str(key),), "common", f"“{key}”不能写在各地共用的文件夹里", f"移到各地自己的目录包；共用的只有 items 和 {'、'.join(sorted(LISTS))}"
            )])  # fmt: skip
    shared.lists[name] = document


def _check_body(name: str, document: Document) -> None:
    data = document.data
    assert isinstance(data, dict)
    if "inherits" in data:
        raise SpecError([document.finding(
            ("inherits",), "inherits", "共用的事项不能再继承别的事项", "删去 inherits，把内容写全"
        )])  # fmt: skip
    if f"items/{data.get('code')}.yaml" != name:
        raise SpecError([document.finding(
            ("code",), "file-name", f"文件名和 code“{data.get('code')}”不一致", "文件名写成 <code>.yaml"
        )])  # fmt: skip
