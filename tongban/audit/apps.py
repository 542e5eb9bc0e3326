"""The app `audit`."""

from django.apps import AppConfig


class Audit(AppConfig):
    name = "tongban.audit"
    label = "audit"
