"""The app `portals.citizen`."""

from django.apps import AppConfig


class Citizen(AppConfig):
    name = "tongban.portals.citizen"
    label = "citizen"
