"""The app `portals.office`."""

from django.apps import AppConfig


class Office(AppConfig):
    name = "tongban.portals.office"
    label = "office"
