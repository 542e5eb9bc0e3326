"""The app `decisions`."""

from django.apps import AppConfig


class Decisions(AppConfig):
    name = "tongban.decisions"
    label = "decisions"
