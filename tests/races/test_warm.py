"""The forked processes of the races are processes of their own: streams, exit code, death."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.warm import Warm


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with contextlib.closing(Warm(os.environ, ["json.decoder"])) as started:
        yield started


def test_each_copy_reads_and_says_its_own_and_has_its_exit_code(warm: Warm) -> None:
    good, bad = warm.start("json.tool", "--compact"), warm.start("json.tool")
    good.stdin.write("[1, 2]")
    bad.stdin.write("[1, 2")
    assert good.communicate(60) == ("[1,2]\n", "") and good.returncode == 0
    assert "Expecting" in bad.communicate(60)[1] and bad.returncode == 1
    assert len({good.pid, bad.pid, os.getpid()}) == 3


def test_copy_that_is_killed_is_gone_and_the_next_one_runs(warm: Warm) -> None:
    waiting = warm.start("json.tool")
    assert waiting.poll() is None
    waiting.kill()
    assert waiting.wait(60) == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(waiting.pid, 0)
    assert "usage" in warm.run("json.tool", "--help")


def test_command_that_fails_is_told_with_what_it_said(warm: Warm) -> None:
    with pytest.raises(subprocess.CalledProcessError, match="status 2") as problem:
        warm.run("json.tool", "--no-such")
    assert "unrecognized arguments" in problem.value.stderr
