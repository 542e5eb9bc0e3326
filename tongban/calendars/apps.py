"""The app `calendars`."""

from django.apps import AppConfig


class Calendars(AppConfig):
    name = "tongban.calendars"
    label = "calendars"
