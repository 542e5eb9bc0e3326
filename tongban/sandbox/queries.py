"""What the pages of the sandbox show."""

from __future__ import annotations

from typing import Any

from tongban.sandbox import rules
from tongban.sandbox.adapters.store import Row, Sandbox

MOST = 50


def overview(box: Sandbox) -> dict[str, Any]:
    """Return the latest orders, parcels and callbacks."""
    rows = box.store.rows
    return {
        "orders": [{**row, "yuan": rules.yuan(row["amount_fen"]), "words": rules.WORDS[row["state"]]}
                   for row in map(dict, rows("SELECT * FROM orders ORDER BY rowid DESC LIMIT ?", MOST))],
        "parcels": [{**row, "words": rules.WORDS[row["state"]]}
                    for row in map(dict, rows("SELECT * FROM parcels ORDER BY rowid DESC LIMIT ?", MOST))],
        "callbacks": [dict(row) for row in rows("SELECT * FROM callbacks ORDER BY id DESC LIMIT ?", MOST)],
        "site": box.site,
    }  # fmt: skip


def cashier(box: Sandbox, row: Row) -> dict[str, Any]:
    """Return what the cashier shows of an order."""
    return {
        "order": dict(row), "yuan": rules.yuan(row["amount_fen"]), "words": rules.WORDS[row["state"]],
        "back": f"{box.site}{row['return_path']}",
    }  # fmt: skip


def parcel(row: Row) -> dict[str, Any]:
    """Return what the courier's page shows of a parcel."""
    step = rules.next_step(row["steps"])
    has_ended = row["state"] in ("delivered", "returned") or step is None
    return {
        "parcel": dict(row),
        "words": rules.WORDS[row["state"]],
        "next": "" if has_ended or step is None else step[1],
    }
