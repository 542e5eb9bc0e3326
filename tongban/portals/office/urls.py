"""Routes of the office pages."""

from __future__ import annotations

urlpatterns: list[object] = []
