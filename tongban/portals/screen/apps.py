"""The app `portals.screen`."""

from django.apps import AppConfig


class Screen(AppConfig):
    name = "tongban.portals.screen"
    label = "screen"
