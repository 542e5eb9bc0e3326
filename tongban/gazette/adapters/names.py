"""Read a list of unit names: JSON objects with name and aliases, or a text with one name a line."""

from __future__ import annotations

import json
from pathlib import Path

from tongban.gazette.adapters import plain
from tongban.gazette.rules.shapes import Refused


def read(path: Path) -> list[str]:
    """Return all names and aliases. Raises Refused when the file is missing or of another shape."""
    try:
        text = plain.decoded(path.read_bytes())
    except OSError as error:
        raise Refused("gazette.missing", f"找不到单位名单：{path}", remedy="请核对文件路径") from error
    if text.lstrip()[:1] not in ("[", "{"):
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _misshapen(path) from error
    if not isinstance(found, list):
        raise _misshapen(path)
    return [name for entry in found for name in _names(entry, path)]


def _names(entry: object, path: Path) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise _misshapen(path)
    aliases = entry.get("aliases") or []
    return [entry["name"], *(alias for alias in aliases if isinstance(alias, str))]


def _misshapen(path: Path) -> Refused:
    remedy = '应为 [{"name": …, "aliases": […]}, …]，或每行一个单位名称的文本'
    return Refused("gazette.units", f"单位名单格式不对：{path}", remedy=remedy)
