"""The app `identity`."""

from django.apps import AppConfig


class Identity(AppConfig):
    name = "tongban.identity"
    label = "identity"
