"""The app `catalogue`."""

from django.apps import AppConfig


class Catalogue(AppConfig):
    name = "tongban.catalogue"
    label = "catalogue"
