"""The app `hall`."""

from django.apps import AppConfig


class Hall(AppConfig):
    name = "tongban.hall"
    label = "hall"
