"""The app of simulations."""

from __future__ import annotations

from django.apps import AppConfig


class Simulation(AppConfig):
    name = "tongban.simulation"
    label = "simulation"
