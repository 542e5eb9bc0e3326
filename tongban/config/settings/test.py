"""Settings of the tests: demonstration identities, a cheap password hash, everything else as it ships."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile


def _leave_nothing(folder: str, made_by: int) -> None:
    if os.getpid() == made_by:  # not a copy that was forked from it
        shutil.rmtree(folder, ignore_errors=True)


os.environ.setdefault("TONGBAN_PROFILE", "test")
if "TONGBAN_VAR" not in os.environ:
    os.environ["TONGBAN_VAR"] = tempfile.mkdtemp(prefix="tongban-test-")
    atexit.register(_leave_nothing, os.environ["TONGBAN_VAR"], os.getpid())

from tongban.config.settings.base import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
