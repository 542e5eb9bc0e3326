"""Routes of the citizen pages."""

from __future__ import annotations

urlpatterns: list[object] = []
