"""The app `outbox`."""

from django.apps import AppConfig


class Outbox(AppConfig):
    name = "tongban.outbox"
    label = "outbox"
