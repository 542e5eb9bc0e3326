"""The app `licences`."""

from django.apps import AppConfig


class Licences(AppConfig):
    name = "tongban.licences"
    label = "licences"
