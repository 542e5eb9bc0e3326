"""The app `attachments`."""

from django.apps import AppConfig


class Attachments(AppConfig):
    name = "tongban.attachments"
    label = "attachments"
