"""The app of on-site and remote checks."""

from __future__ import annotations

from django.apps import AppConfig


class Visits(AppConfig):
    name = "tongban.visits"
    label = "visits"
