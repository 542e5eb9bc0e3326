"""The thresholds in force at a place and in its regions, and those before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tongban.orgs import queries as orgs
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
    of_regions: Mapping[str, InForce] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)  # unit -> its nearest region with thresholds of its own

    def of(self, unit: str) -> InForce:
        """Return what holds for a unit: of its region, else of the next one above it, else of the place."""
        return self.of_regions.get(self.homes.get(unit, ""), self.place)

    @property
    def all(self) -> list[InForce]:
        """All that hold somewhere, the place's first."""
        return [self.place, *self.of_regions.values()]


def table(pack: str) -> Table:
    """Return the thresholds of a place and its regions. One query where no region has its own, otherwise two more."""
    newest = {row.region: row for row in ThresholdVersion.objects.filter(pack=pack).order_by("version")}
    place = newest.pop("", None)
    own = {region: _read(row) for region, row in newest.items() if row.body}
    return Table(_read(place) if place else InForce(0, Thresholds()), own, _homes(pack, own) if own else {})


def _read(row: ThresholdVersion) -> InForce:
    return InForce(row.version, Thresholds.model_validate_json(row.body), row.region)


def _homes(pack: str, own: Mapping[str, InForce]) -> dict[str, str]:
    above = {row.code: row.parent_id for row in orgs.regions(pack)}
    found = {}
    for unit, org in orgs.organisations(pack).items():
        region: str | None = org.region
        while region and region not in own:
            region = above.get(region)
        if region:
            found[unit] = region
    return found


def in_force(pack: str, region: str = "") -> InForce:
    """Return what holds in a region: its own, else that of the next one above it, else that of the place."""
    known = table(pack)
    above = {row.code: row.parent_id for row in orgs.regions(pack)} if region else {}
    at: str | None = region
    while at and at not in known.of_regions:
        at = above.get(at)
    return known.of_regions.get(at or "", known.place)


def regions(pack: str) -> list[tuple[str, str]]:
    """Return the regions that may have thresholds of their own: those of units, the place's own left out; code and name."""
    used = {org.region for org in orgs.organisations(pack).values() if not org.external} - {orgs.place(pack).region}
    return [(row.code, row.name) for row in orgs.regions(pack) if row.code in used]


def history(pack: str) -> list[ThresholdVersion]:
    """Return the versions of a place and its regions, newest first."""
    return list(ThresholdVersion.objects.filter(pack=pack).order_by("-version"))
