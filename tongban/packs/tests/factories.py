"""Make copies of the pack of 洪湖 with small mistakes in them."""

from __future__ import annotations

import shutil
from pathlib import Path

HONGHU = Path(__file__).resolve().parents[3] / "packs" / "honghu"


def copy_of_pack(folder: Path) -> Path:
    """Copy the pack into a folder and return where it lies."""
    return Path(shutil.copytree(HONGHU, folder / "pack"))


def change(pack: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` in a file by `new`; return the line on which it stood."""
    path = pack / name
    text = path.read_text("utf-8")
    assert old in text, f"{name} no longer says {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1
