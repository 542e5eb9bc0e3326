"""Packs as folders of YAML files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tongban.catalogue.rules.item import ItemSpec
from tongban.decisions.rules.table import Table
from tongban.documents.rules import TemplateSpec
from tongban.licences.rules import LicenceType
from tongban.orgs.rules import OrganisationSpec, PlaceSpec, RegionSpec, WindowSpec
from tongban.packs.rules.pack import Located, Pack, Synonyms
from tongban.rules import specs
from tongban.rules.specs import Document, Finding, Spec, SpecError
from tongban.themes.rules.spec import ThemeSpec
from tongban.vocabulary.rules import Element, MaterialType, Section

MOST_BYTES = 2 * 1024 * 1024
LISTS: dict[str, type[Spec]] = {
    "regions": RegionSpec, "organisations": OrganisationSpec, "sections": Section, "elements": Element,
    "materials": MaterialType, "licences": LicenceType, "decisions": Table, "windows": WindowSpec, "templates": TemplateSpec,
}  # fmt: skip


def read(folder: Path) -> tuple[Pack, list[Finding]]:
    """Return the pack in a folder and what is wrong with its single files; a file that is wrong is left out.

    `pack.yaml`, `synonyms.yaml`, `items/*.yaml`, `themes/*.yaml` hold one thing a file; all others hold lists.
    """
    found: list[Finding] = []
    pack = Pack(code="")
    if not (folder / "pack.yaml").is_file():
        found.append(
            Finding("pack.yaml", 1, "missing", f"{folder} 里没有 pack.yaml，不是目录包", "指向有 pack.yaml 的文件夹")
        )
        return pack, found
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".yml") or path.is_symlink():
            try:
                _read_file(path, path.relative_to(folder).as_posix(), pack)
            except SpecError as problem:
                found += problem.findings
    return pack, found


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


def _read_file(path: Path, name: str, pack: Pack) -> None:
    text = _text(path, name)
    document = specs.parse(text, file=name)
    top = name.partition("/")[0]
    if name == "pack.yaml":
        place = specs.load(PlaceSpec, document)
        pack.code = place.code
        pack.places[place.code] = Located(place, document, (), 0)
    elif name == "synonyms.yaml":
        pack.synonyms = specs.load(Synonyms, document).groups
    elif top == "items":
        _keep(pack.items, specs.load(ItemSpec, document), document)
    elif top == "themes":
        _keep(pack.themes, specs.load(ThemeSpec, document), document)
    else:
        _read_lists(document, pack)


def _keep(into: dict[str, Any], spec: Any, document: Document) -> None:
    _add(into, Located(spec, document, (), 0), spec.code)
    if not document.file.endswith(f"/{spec.code}.yaml"):
        raise SpecError(
            [
                document.finding(
                    ("code",), "file-name", f"文件名和 code“{spec.code}”不一致", f"文件改名为 {spec.code}.yaml"
                )
            ]
        )


def _add(into: dict[str, Any], row: Located[Any], code: str) -> None:
    if code in into:
        other = into[code].document.file
        raise SpecError(
            [row.finding(("code",), "code-twice", f"“{code}”在 {other} 里已经有了", "换一个 code，或合并成一个")]
        )
    into[code] = row


def _read_lists(document: Document, pack: Pack) -> None:
    data = document.data
    if not isinstance(data, dict):
        raise SpecError(
            [document.finding((), "type", "这个文件应当是“名称: 列表”的形式", f"顶层写 {'、'.join(LISTS)} 之一")]
        )
    found: list[Finding] = []
    for key, rows in data.items():
        if key not in LISTS or not isinstance(rows, list):
            found.append(
                document.finding((key,), "unknown", f"不认识“{key}”，或它不是列表", f"顶层写 {'、'.join(LISTS)} 之一")
            )
            continue
        for n in range(len(rows)):
            try:
                spec: Any = specs.load(LISTS[key], document, at=(key, n))
                _add(getattr(pack, key), Located(spec, document, (key, n), n), spec.code)
            except SpecError as problem:
                found += problem.findings
    if found:
        raise SpecError(found)


def write(folder: Path, files: dict[str, object]) -> None:
    """Write a pack: file name to content. The folder must be empty or not there yet. Raises FileExistsError."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(str(folder))
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120), "utf-8")


def grouped(rows: Iterable[tuple[str, str, object]]) -> dict[str, object]:
    """Return file contents from (file, list key or empty, body) rows, in the order given."""
    files: dict[str, object] = {}
    for name, key, body in rows:
        if key:
            content = files.setdefault(name, {})
            assert isinstance(content, dict)
            content.setdefault(key, []).append(body)
        else:
            files[name] = body
    return files
