"""What every command of the command line has in common: one JSON document or plain text, messages on stderr."""

from __future__ import annotations

import json
import sys


class Output:
    """Where a command writes: `result` once to stdout, `say` as often as needed to stderr."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, document: object, *, text: str) -> None:
        """Print the outcome: the JSON document with `--json`, else the text."""
        print(json.dumps(document, ensure_ascii=False, indent=1, default=str) if self.as_json else text)

    def say(self, text: str) -> None:
        """Print a message to stderr."""
        print(text, file=sys.stderr)
