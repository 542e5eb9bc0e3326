"""The app `search`."""

from django.apps import AppConfig


class Search(AppConfig):
    name = "tongban.search"
    label = "search"
