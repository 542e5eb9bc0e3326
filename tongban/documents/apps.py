"""The app `documents`."""

from django.apps import AppConfig


class Documents(AppConfig):
    name = "tongban.documents"
    label = "documents"
