"""Write rows as Parquet, through DuckDB, which is installed only where analysts want it (`tongban[analysis]`)."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import orjson

from tongban.rules.errors import Unsupported


def write(path: Path, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> int:
    """Write rows to a file, `columns` are names and DuckDB types; return how many. None is NULL, text may be empty.

    The file takes its place when it is whole. Raises Unsupported where DuckDB is not installed.
    """
    try:
        duckdb = importlib.import_module("duckdb")
    except ImportError as problem:
        raise Unsupported(
            "indicators.no_duckdb",
            "这台机器没有装 DuckDB，不能导出 Parquet",
            remedy="运行 pip install 'tongban[analysis]' 再导出",
        ) from problem
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".part")
    names = tuple(columns)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
        plain, count = Path(folder) / "rows.jsonl", 0
        with plain.open("wb") as file:
            for row in rows:
                file.write(orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE))
                count += 1
        found = database.read_json(str(plain), columns=dict(columns), format="newline_delimited")
        found.write_parquet(str(whole))
    whole.replace(path)
    return count
