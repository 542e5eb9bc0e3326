"""What commands that run on have in common."""

from __future__ import annotations

import subprocess
import sys

# The signal comes while the main thread holds the lock of the event, as it does each time it begins or ends to wait.
TOLD_AT_THE_WORST_MOMENT = """
import os, signal
from tongban.core.cli import until_told
stop = until_told()
with stop._cond:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
print(stop.wait(30))
"""


def test_a_command_that_is_told_to_stop_at_any_moment_stops() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD_AT_THE_WORST_MOMENT], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
