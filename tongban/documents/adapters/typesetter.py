"""Typeset one paper from a template that people wrote, as a child process with limits: `python -I typesetter.py`.

Reads one JSON line {text, inputs, format, at, fonts}, prints one {pages, warnings} or {message, diagnostic}. Once the fonts
are in memory no file and no connection can be opened any more: what a template says, it says by itself. 1 GB of memory, 5 s
of CPU (assurance guide §8).
"""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
import tempfile
from datetime import datetime
from typing import Any

import typst

MEGABYTE = 1024 * 1024
MOST_PAGES = 50
MOST_BYTES = 20 * MEGABYTE
WARM = '#set text(font: "Noto Sans CJK SC")\n#text(weight: "bold")[文书 Aa 1]'.encode()


def main() -> None:
    """Typeset what stands on the standard input."""
    asked = json.loads(sys.stdin.readline())
    resource.setrlimit(resource.RLIMIT_AS, (1024 * MEGABYTE, 1024 * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
    with tempfile.TemporaryDirectory() as empty:
        compiler = typst.Compiler(
            root=empty,
            font_paths=[asked["fonts"]],
            ignore_system_fonts=True,
            package_path=empty,
            package_cache_path=empty,
        )
        compiler.compile(input=WARM, format="pdf")
        most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, most[1]))
        try:
            told = typeset(compiler, asked)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, most)  # The folder is to be taken away again.
    os.write(1, json.dumps(told).encode())


def typeset(compiler: typst.Compiler, asked: dict[str, Any]) -> dict[str, object]:
    """Return the pages (one PDF, or one SVG a page), or what is wrong."""
    try:
        made, warnings = compiler.compile_with_warnings(
            input=asked["text"].encode(), format=asked["format"], sys_inputs=asked["inputs"],
            timestamp=datetime.fromisoformat(asked["at"]),
        )  # fmt: skip
    except typst.TypstError as problem:
        return {"message": problem.message, "diagnostic": problem.diagnostic}
    pages = [made] if isinstance(made, bytes) else list(made or ())
    if len(pages) > MOST_PAGES or sum(map(len, pages)) > MOST_BYTES:
        return {"message": "too many pages", "diagnostic": ""}
    return {
        "pages": [base64.b64encode(page).decode() for page in pages],
        "warnings": [[warning.message, warning.diagnostic] for warning in warnings],
    }


if __name__ == "__main__":
    main()
