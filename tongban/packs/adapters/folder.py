"""Packs as folders of YAML files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from tongban.catalogue.rules.basic import BasicItem
from tongban.catalogue.rules.item import ItemSpec
from tongban.decisions.rules.table import Table
from tongban.documents.rules import TemplateSpec
from tongban.indicators.rules.spec import IndicatorSpec
from tongban.licences.rules import LicenceType
from tongban.orgs.rules import OrganisationSpec, PlaceSpec, RegionSpec, WindowSpec
from tongban.packs.adapters import shared, text
from tongban.packs.adapters.shared import Shared
from tongban.packs.rules import generating
from tongban.packs.rules.generating import Generate
from tongban.packs.rules.pack import Located, Pack, Synonyms, inherit
from tongban.rules import specs
from tongban.rules.specs import Document, Finding, Spec, SpecError
from tongban.themes.rules.spec import ThemeSpec
from tongban.vocabulary.rules import Element, MaterialType, Section

LISTS: dict[str, type[Spec]] = {
    "regions": RegionSpec, "organisations": OrganisationSpec, "sections": Section, "elements": Element,
    "materials": MaterialType, "licences": LicenceType, "decisions": Table, "windows": WindowSpec, "templates": TemplateSpec,
    "basic_items": BasicItem, "indicators": IndicatorSpec,
}  # fmt: skip
Take = Callable[[Document], None]


def read(folder: Path) -> tuple[Pack, list[Finding]]:
    """Return the pack in a folder and what is wrong with its single files; a file that is wrong is left out.

    `pack.yaml`, `synonyms.yaml`, `generate.yaml`, `items/*.yaml`, `themes/*.yaml` hold one thing a file; all others hold
    lists. A pack.yaml that says `common: NAME` shares the words of the folder NAME beside it, and its items may say
    `inherits: CODE` (see `docs/packs.md`).
    """
    pack = Pack(code="")
    if not (folder / "pack.yaml").is_file():
        missing = Finding(
            "pack.yaml", 1, "missing", f"{folder} 里没有 pack.yaml，不是目录包", "指向有 pack.yaml 的文件夹"
        )
        return pack, [missing]
    reader = _Reader(folder, pack)
    reader.attempt("pack.yaml", reader.take_place)
    for path in text.files(folder):
        name = path.relative_to(folder).as_posix()
        if name not in ("pack.yaml", "generate.yaml"):
            reader.attempt(name, reader.taker(name))
    if (folder / "generate.yaml").is_file():
        reader.attempt("generate.yaml", reader.take_generated)
    return pack, reader.found


def load(files: Mapping[str, object]) -> tuple[Pack, list[Finding]]:
    """Return the pack in file contents, as an export gives them, and what is wrong with the single ones.

    A content that is a `Document` knows its own lines; others have none.
    """
    reader = _Reader(Path(), Pack(code=""))
    for name in sorted(files, key=lambda name: name != "pack.yaml"):
        content = files[name]
        document = content if isinstance(content, Document) else Document(name, content, {})  # type: ignore[arg-type]
        try:
            (reader.take_place if name == "pack.yaml" else reader.taker(name))(document)
        except SpecError as problem:
            reader.found += problem.findings
    return reader.pack, reader.found


class _Reader:
    """Reads the files of one pack, collecting what is wrong."""

    def __init__(self, folder: Path, pack: Pack) -> None:
        self.folder, self.pack = folder, pack
        self.found: list[Finding] = []
        self.shared = Shared("")
        self.is_lost = False  # pack.yaml is wrong, so that nobody knows what is shared: told once, not by each item
        self.common: set[tuple[str, str]] = set()  # (list, code) of what came from the shared folder
        self.places: dict[tuple[str, str], int] = {}  # (file, list) -> how many rows are kept there

    def attempt(self, name: str, take: Take) -> None:
        """Read a file, keeping what is wrong with it."""
        try:
            take(text.document(self.folder / name, name))
        except SpecError as problem:
            self.found += problem.findings

    def taker(self, name: str) -> Take:
        """Return what takes a file of this name."""
        top = name.partition("/")[0]
        takers: dict[str, Take] = {
            "items": self.take_item,
            "themes": self.take_theme,
            "synonyms.yaml": self.take_synonyms,
        }
        return takers.get(top, self.take_lists)

    def take_place(self, document: Document) -> None:
        """Take pack.yaml, and all that the shared folder has for every place."""
        data, self.is_lost = document.data, True
        own = {key: value for key, value in data.items() if key != "common"} if isinstance(data, dict) else data
        place = specs.load(PlaceSpec, replace(document, data=own))
        self.pack.code = place.code
        self.pack.places[place.code] = Located(place, document, (), 0)
        folder = shared.locate(self.folder, document)
        self.is_lost = False
        if folder is None:
            return
        self.shared = shared.read(folder)
        self.found += self.shared.found
        for name, words in self.shared.lists.items():
            try:
                self.take_lists(words, kept_in=name)
            except SpecError as problem:
                self.found += problem.findings

    def take_synonyms(self, document: Document) -> None:
        """Take the groups of words that mean the same."""
        self.pack.synonyms = specs.load(Synonyms, document).groups

    def take_theme(self, document: Document) -> None:
        """Take a theme."""
        _keep(self.pack.themes, specs.load(ThemeSpec, document), document)

    def take_item(self, document: Document) -> None:
        """Take an item, laid over the common body that it inherits."""
        if isinstance(document.data, dict) and "inherits" in document.data:
            code = str(document.data["inherits"])
            if self.is_lost or code in self.shared.broken:
                return  # The finding stands in pack.yaml, or in the shared file.
            if code not in self.shared.bodies:
                raise SpecError([document.finding(
                    ("inherits",), "inherits", f"共用的文件夹里没有事项“{code}”",
                    "检查 pack.yaml 的 common 和这里的 inherits，或删去 inherits 把内容写全",
                )])  # fmt: skip
            document = inherit(document, self.shared.bodies[code])
        _keep(self.pack.items, specs.load(ItemSpec, document), document)

    def take_lists(self, document: Document, *, kept_in: str = "") -> None:
        """Take a file of lists; `kept_in` is the file in which an export writes rows of the shared folder."""
        if not isinstance(document.data, dict):
            raise SpecError(
                [document.finding((), "type", "这个文件应当是“名称: 列表”的形式", f"顶层写 {'、'.join(LISTS)} 之一")]
            )
        found: list[Finding] = []
        for key, rows in document.data.items():
            if key not in LISTS or not isinstance(rows, list):
                found.append(
                    document.finding(
                        (key,), "unknown", f"不认识“{key}”，或它不是列表", f"顶层写 {'、'.join(LISTS)} 之一"
                    )
                )
                continue
            for n in range(len(rows)):
                try:
                    self._take_row(document, key, n, kept_in)
                except SpecError as problem:
                    found += problem.findings
        if found:
            raise SpecError(found)

    def _take_row(self, document: Document, key: str, n: int, kept_in: str) -> None:
        spec: Any = specs.load(LISTS[key], document, at=(key, n))
        into, row = getattr(self.pack, key), Located(spec, document, (key, n), 0, kept_in)
        if (key, spec.code) in self.common and not kept_in:  # The place says it otherwise, where the common one stood.
            old = into[spec.code]
            self.common.discard((key, spec.code))
            into[spec.code] = replace(row, position=old.position, kept_in=old.file)
            return
        self._append(key, row)
        if kept_in:
            self.common.add((key, spec.code))

    def _append(self, key: str, row: Located[Any]) -> None:
        """Keep a row behind those of its file."""
        position = self.places.get((row.file, key), 0)
        _add(getattr(self.pack, key), replace(row, position=position), row.spec.code)
        self.places[row.file, key] = position + 1

    def take_generated(self, document: Document) -> None:
        """Make villages, stations and rows that fill the counts, after all that is written by hand is there."""
        wanted = specs.load(Generate, document)
        for n, rule in enumerate(wanted.stations):
            written = [row.spec for row in self.pack.regions.values()]
            below = list(generating.villages(rule, written))
            if rule.villages != len(below):
                raise SpecError([document.finding(
                    ("stations", n, "county"), "region", f"{rule.county} 没有乡镇，放不下村", "在 regions.yaml 里补上乡镇"
                )])  # fmt: skip
            for region in below:
                self._append("regions", Located(region, document, ("stations", n), 0, "regions.yaml"))
            for window in generating.stations(rule, written, below):
                self._append("windows", Located(window, document, ("stations", n), 0, "windows.yaml"))
        written_items = [row.spec for row in self.pack.items.values()]
        for n, fill in enumerate(wanted.fill):
            count = generating.missing(fill, written_items)
            if count < 0:
                raise SpecError([document.finding(
                    ("fill", n, "total"), "fill", f"已经写了 {fill.total - count} 项，比公布的数目多", "改 total，或改事项的 level"
                )])  # fmt: skip
            for item in generating.fillers(fill, count):
                _add(self.pack.items, Located(item, document, ("fill", n), 0, f"items/{item.code}.yaml"), item.code)


def _keep(into: dict[str, Any], spec: Any, document: Document) -> None:
    if not document.file.endswith(f"/{spec.code}.yaml"):
        raise SpecError([
            document.finding(("code",), "file-name", f"文件名和 code“{spec.code}”不一致", f"文件改名为 {spec.code}.yaml")
        ])  # fmt: skip
    _add(into, Located(spec, document, (), 0), spec.code)


def _add(into: dict[str, Any], row: Located[Any], code: str) -> None:
    if code in into:
        other = into[code].document.file
        raise SpecError(
            [row.finding(("code",), "code-twice", f"“{code}”在 {other} 里已经有了", "换一个 code，或合并成一个")]
        )
    into[code] = row


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
