"""Processes that need not load the project each anew: one loads it and forks itself for each that is asked for.

`python -m tests.warm FD MODULE…` loads the modules and waits at the socket FD. A copy is a process of its own as much as
one started fresh: no connection is open before the fork; it has its own pid, streams and exit code, and can be killed.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLI = "tongban.config.cli"
FOR_RACES = (
    "tongban.themes.tests.factories",
    "tongban.payments.tests.factories",
    "tongban.supervision.services.sweeping",
)
# What the commands need besides the apps themselves.
FOR_CLI = ("tongban.config.demo", "tongban.config.running", "tongban.simulation.cli", "tongban.authoring.cli")


class Warm:
    """A loaded process with an environment of its own, and the copies that were made of it."""

    def __init__(self, environment: Mapping[str, str], modules: Sequence[str] = FOR_CLI) -> None:
        """Start it; it loads while others do something else."""
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno()), *modules],
                cwd=ROOT, env=dict(environment), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self._copies: list[Copy] = []

    def start(self, module: str, *words: str, is_heard: bool = True) -> Copy:
        """Let a copy do what `python -m module words…` does; unless heard, its output goes where that of this process goes."""
        self._copies.append(Copy(self._asked, [module, *words], is_heard=is_heard))
        return self._copies[-1]

    def run(self, module: str, *words: str) -> str:
        """Let a copy run to its end; return what it printed. Raises CalledProcessError."""
        copy = self.start(module, *words)
        out, problem = copy.communicate(timeout=300)
        if copy.returncode:
            raise subprocess.CalledProcessError(copy.returncode, [module, *words], out, problem)
        return out

    def close(self) -> None:
        """End it and every copy that still runs."""
        for copy in self._copies:
            if copy.poll() is None:
                copy.kill()
            copy.communicate()
        self._asked.close()
        self._process.wait(20)


class Copy:
    """A forked process; may be used as a `subprocess.Popen` of texts with pipes."""

    def __init__(self, asked: socket.socket, words: list[str], *, is_heard: bool) -> None:
        """Ask for it at the socket of its original."""
        (stdin, to_stdin), (from_stdout, stdout), (from_stderr, stderr), (self._told, telling) = (
            os.pipe() for _ in range(4)
        )
        self.stdin, self.stdout, self.stderr = os.fdopen(to_stdin, "w"), os.fdopen(from_stdout), os.fdopen(from_stderr)
        outlets = [stdout, stderr] if is_heard else [1, 2]
        socket.send_fds(asked, [json.dumps(words).encode()], [stdin, *outlets, telling])
        for given in (stdin, stdout, stderr, telling):
            os.close(given)
        self.returncode: int | None = None
        self._said: tuple[str, str] | None = None
        self._pid = 0
        self._heard = b""

    @property
    def pid(self) -> int:
        """The number of the process, once it is there."""
        while not self._pid:
            self._hear()
        return self._pid

    def poll(self) -> int | None:
        """Return the exit code when it has ended."""
        with contextlib.suppress(TimeoutError):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when it has ended; negative for a signal. Raises TimeoutError."""
        while self.returncode is None:
            waiting = select.poll()  # `select.select` knows no descriptors beyond 1,024
            waiting.register(self._told, select.POLLIN)
            if not waiting.poll(None if timeout is None else timeout * 1000):
                raise TimeoutError(f"{self.pid} still runs")
            self._hear()
        return self.returncode

    def _hear(self) -> None:
        """Take in what its keeper tells: a line with its number, later a line with its exit code."""
        said = os.read(self._told, 64)
        assert said, "the original could not be loaded, see its stderr"
        self._heard += said
        lines = self._heard.split(b"\n")
        if len(lines) > 1:
            self._pid = int(lines[0])
        if len(lines) > 2:
            self.returncode = int(lines[1])

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Close its stdin, wait for its end, return what it said on stdout and stderr. Kills it, raises TimeoutError."""
        if self._said is None:
            with contextlib.suppress(BrokenPipeError):
                self.stdin.close()
            with ThreadPoolExecutor(2) as pool:
                said = pool.submit(self.stdout.read), pool.submit(self.stderr.read)
                try:
                    self._said = said[0].result(timeout), said[1].result(timeout)
                except TimeoutError:
                    self.kill()
                    raise
            self.wait()
            for stream in (self.stdout, self.stderr):
                stream.close()
            os.close(self._told)
        return self._said


def main(number: str, *modules: str) -> None:
    """Load, then fork for each that is asked for, until the socket is closed. A copy comes out of `_wait_for_work`."""
    import django
    from django.db import connection

    django.setup()
    for module in modules:
        importlib.import_module(module)
    assert connection.connection is None, "a connection cannot be shared by copies"
    assert threading.active_count() == 1, "threads do not come along"
    gc.freeze()  # What is loaded stays shared: no copy looks through it for garbage.
    if work := _wait_for_work(socket.socket(fileno=int(number))):
        module, *words = work
        sys.argv = [module, *words]
        runpy.run_module(module, run_name="__main__", alter_sys=True)


def _wait_for_work(asked: socket.socket) -> list[str]:
    """Return, in a copy, what it shall run; in the original nothing, at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody waits for the keepers.
    while True:
        message, given, _, _ = socket.recv_fds(asked, 65536, 4)
        if not message:
            return []
        if os.fork() == 0:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _keep(given)
            return list(json.loads(message))
        for number in given:
            os.close(number)


def _keep(given: list[int]) -> None:
    """Fork a copy, which returns; stay beside it as its parent, and tell its number and its exit code."""
    *streams, telling = given
    pid = os.fork()
    if pid == 0:
        for standard, stream in enumerate(streams):
            os.dup2(stream, standard)
            os.close(stream)
        os.close(telling)
        # Those of the original belong to streams of another kind.
        sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
        return
    for stream in (*streams, 0, 1, 2):
        os.close(stream)
    os.write(telling, f"{pid}\n".encode())
    os.write(telling, f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
