"""The app `portals.counter`."""

from django.apps import AppConfig


class Counter(AppConfig):
    name = "tongban.portals.counter"
    label = "counter"
