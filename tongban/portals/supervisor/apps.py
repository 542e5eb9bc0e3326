"""The app `portals.supervisor`."""

from django.apps import AppConfig


class Supervisor(AppConfig):
    name = "tongban.portals.supervisor"
    label = "supervisor"
