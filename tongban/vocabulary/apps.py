"""The app `vocabulary`."""

from django.apps import AppConfig


class Vocabulary(AppConfig):
    name = "tongban.vocabulary"
    label = "vocabulary"
