"""The thresholds in force at a place and in its regions, and those before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tongban.orgs import queries as orgs
from tongban.orgs.rules import level_of, lies_in
from tongban.supervision.models import ThresholdVersion
from tongban.supervision.rules.kinds import Thresholds


@dataclass(frozen=True)
class InForce:
    """Thresholds with the number of their version and the region it was made for; 0 are the defaults, "" the whole place."""

    version: int
    thresholds: Thresholds
    region: str = ""


@dataclass(frozen=True)
class Table:
    """The thresholds of a place, of the regions that have their own, and which of them hold for a unit."""

    place: InForce
    of_regions: Mapping[str, InForce]
    homes: Mapping[str, str]  # unit -> its region

    def of(self, unit: str) -> InForce:
        """Return what holds for a unit."""
        return self.at(self.homes.get(unit, ""))

    def at(self, region: str) -> InForce:
        """Return what holds in a region: its own, else that of the nearest one it lies in, else that of the place."""
        around = [row for code, row in self.of_regions.items() if lies_in(region, code)]
        return max(around, key=lambda row: level_of(row.region), default=self.place)

    @property
    def all(self) -> list[InForce]:
        """All that hold somewhere, the place's first."""
        return [self.place, *self.of_regions.values()]


def table(pack: str) -> Table:
    """Return the thresholds of a place and its regions. One query where no region has its own."""
    newest = {row.region: row for row in ThresholdVersion.objects.filter(pack=pack).order_by("version")}
    place = newest.pop("", None)
    own = {region: _read(row) for region, row in newest.items() if row.body}
    homes = {code: org.region for code, org in orgs.organisations(pack).items()} if own else {}
    return Table(_read(place) if place else InForce(0, Thresholds()), own, homes)


def _read(row: ThresholdVersion) -> InForce:
    return InForce(row.version, Thresholds.model_validate_json(row.body), row.region)


def in_force(pack: str, region: str = "") -> InForce:
    """Return what holds in a region; "" for the place."""
    return table(pack).at(region)


def regions(pack: str) -> list[tuple[str, str]]:
    """Return the regions that may have thresholds of their own: those of units, the place's own left out; code and name."""
    used = {org.region for org in orgs.organisations(pack).values() if not org.external} - {orgs.place(pack).region}
    return [(row.code, row.name) for row in orgs.regions(pack) if row.code in used]


def history(pack: str) -> list[ThresholdVersion]:
    """Return the versions of a place and its regions, newest first."""
    return list(ThresholdVersion.objects.filter(pack=pack).order_by("-version"))
