"""What every command of the command line has in common: one JSON document or plain text, messages on stderr."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from queue import SimpleQueue

Commands = argparse._SubParsersAction


def verbs(commands: Commands[argparse.ArgumentParser], name: str, help_text: str) -> Commands[argparse.ArgumentParser]:
    """Return where the verbs of a command are added; made by the first of the apps that share it."""
    known = commands.choices.get(name)
    if known is None:
        known = commands.add_parser(name, help=help_text)
        known.set_defaults(verbs=known.add_subparsers(dest="verb", required=True))
    found: Commands[argparse.ArgumentParser] = known.get_default("verbs")
    return found


def until_told() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set, for a command that runs until then. For the main thread.

    A thread sets it: a signal comes between any two steps of the main thread, also while that holds the event's lock.
    """
    told: SimpleQueue[int] = SimpleQueue()  # whose `put` may interrupt itself
    stop = threading.Event()

    def pass_on() -> None:
        told.get()
        stop.set()

    threading.Thread(target=pass_on, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda which, _: told.put(which))
    return stop


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
