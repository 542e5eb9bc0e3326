"""Make copies of the packs with small mistakes in them."""

from __future__ import annotations

import shutil
from pathlib import Path

PACKS = Path(__file__).resolve().parents[3] / "packs"
HONGHU, XIANGXI, WANGCHENG = PACKS / "honghu", PACKS / "xiangxi", PACKS / "wangcheng"


def copy_of_pack(folder: Path, pack: Path = HONGHU) -> Path:
    """Copy a pack, and what packs share beside it, into a folder; return where the pack lies."""
    shutil.copytree(PACKS / "common", folder / "common")
    return Path(shutil.copytree(pack, folder / "pack"))


def place_of(pack: Path, name: str, words: str) -> str:
    """Return the file, as findings call it, in which a place says `words`: its own, or the shared one that it inherits."""
    for called in (name, f"../common/{name}"):
        if (pack / called).is_file() and words in (pack / called).read_text("utf-8"):
            return called
    raise AssertionError(f"{name} no longer says {words!r}")


def change(pack: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` in a file, or in the shared one behind it, by `new`; return the line on which it stood."""
    path = pack / place_of(pack, name, old)
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1
