"""Settings of the tests: demonstration identities, a cheap password hash, everything else as it ships."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("TONGBAN_PROFILE", "test")
os.environ.setdefault("TONGBAN_VAR", tempfile.mkdtemp(prefix="tongban-test-"))

from tongban.config.settings.base import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
