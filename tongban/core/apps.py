"""The app `core`."""

from django.apps import AppConfig


class Core(AppConfig):
    name = "tongban.core"
    label = "core"
