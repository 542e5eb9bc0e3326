"""The app `orgs`."""

from django.apps import AppConfig


class Orgs(AppConfig):
    name = "tongban.orgs"
    label = "orgs"
