"""The app `notices`."""

from django.apps import AppConfig


class Notices(AppConfig):
    name = "tongban.notices"
    label = "notices"
