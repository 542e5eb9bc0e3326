"""The app `packs`."""

from django.apps import AppConfig


class Packs(AppConfig):
    name = "tongban.packs"
    label = "packs"
