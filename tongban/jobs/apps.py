"""The app `jobs`."""

from django.apps import AppConfig


class Jobs(AppConfig):
    name = "tongban.jobs"
    label = "jobs"
