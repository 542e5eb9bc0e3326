"""Keep place, regions and organisations as the pack of a place says."""

from __future__ import annotations

import json
from datetime import datetime

from django.db.models import F

from tongban.core import specs as specs_db
from tongban.core.specs import Placed
from tongban.orgs.models import Organisation, PlaceVersion, Post, Region
from tongban.orgs.rules import SUPERVISOR_POST, OrganisationSpec, PlaceSpec, RegionSpec, Role, supervising
from tongban.rules import specs
from tongban.rules.errors import Conflict

# The posts every organisation begins with; its administrator changes them on screen.
FIRST_POSTS = {
    "受理岗": [Role.CLERK],
    "审查岗": [Role.REVIEWER],
    "负责人": [Role.CLERK, Role.REVIEWER, Role.HEAD],
    "管理员": [Role.ADMIN],
}


def differences(
    pack: str, places: list[Placed[PlaceSpec]], regions: list[Placed[RegionSpec]],
    organisations: list[Placed[OrganisationSpec]],
) -> tuple[list[str], list[str], list[str]]:  # fmt: skip
    """Return the codes to create, to change and to retire."""
    create, change, retire = specs_db.differences(PlaceVersion, PlaceSpec, pack, places)
    have: dict[str, object] = {
        r.code: (r.name, r.parent_id, r.file, r.position) for r in Region.objects.filter(pack=pack)
    }
    want: dict[str, object] = {r.code: (r.spec.name, r.spec.parent, r.file, r.position) for r in regions}
    organisation_rows = Organisation.objects.filter(pack=pack, is_retired=False)
    have |= {row.code: (row.body, row.file, row.position) for row in organisation_rows}
    want |= {o.code: (specs.canonical(o.spec), o.file, o.position) for o in organisations}
    create += [code for code in want if code not in have]
    change += [code for code in want if code in have and have[code] != want[code]]
    return create, change, retire + [code for code in have if code not in want]


def apply(
    pack: str, places: list[Placed[PlaceSpec]], regions: list[Placed[RegionSpec]],
    organisations: list[Placed[OrganisationSpec]], *, at: datetime,
) -> None:  # fmt: skip
    """Bring place, regions and organisations into force, inside the caller's transaction; new ones get their first posts."""
    specs_db.apply(PlaceVersion, PlaceSpec, pack, places, at=at)
    _apply_regions(pack, regions)
    have = {row.code: row for row in Organisation.objects.filter(pack=pack)}
    for placed in organisations:
        row = have.get(placed.code) or Organisation(pack=pack, code=placed.code, version=0)
        is_new = row.pk is None
        wanted = (specs.canonical(placed.spec), placed.file, placed.position, False)
        if (row.body, row.file, row.position, row.is_retired) != wanted:
            row.body, row.file, row.position, row.is_retired = wanted
            row.name, row.version = placed.spec.name, row.version + 1
            row.save()
        if is_new:
            Post.objects.bulk_create(
                Post(organisation=row, name=name, roles=[role.value for role in roles])
                for name, roles in FIRST_POSTS.items()
            )
    _open_supervision(pack, {code for placed in places for code in supervising(placed.spec)})
    codes = [placed.code for placed in organisations]
    Organisation.objects.filter(pack=pack).exclude(code__in=codes).update(is_retired=True, version=F("version") + 1)


def _open_supervision(pack: str, codes: set[str]) -> None:
    """Give the body that supervises, and those that decide appeals, a post for it."""
    for row in Organisation.objects.filter(pack=pack, code__in=codes):
        Post.objects.get_or_create(organisation=row, name=SUPERVISOR_POST, defaults={"roles": [Role.SUPERVISOR.value]})


def _apply_regions(pack: str, regions: list[Placed[RegionSpec]]) -> None:
    """Write all regions of a place at once: a prefecture with its villages has thousands."""
    others = Region.objects.exclude(pack=pack).in_bulk([region.code for region in regions])
    if others:
        first = next(iter(others.values()))
        raise Conflict(
            "orgs.region_elsewhere", f"区划 {first.code}（{first.name}）已由目录包“{first.pack}”装入",
            remedy="同一个库里，一个区划只写在一个目录包里",
        )  # fmt: skip
    rows = [
        Region(code=r.spec.code, pack=pack, name=r.spec.name, parent_id=r.spec.parent, file=r.file, position=r.position)
        for r in regions
    ]
    Region.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "parent", "file", "position"]
    )
    kept = {region.code for region in regions}
    gone = set(Region.objects.filter(pack=pack).values_list("code", flat=True)) - kept
    Region.objects.filter(code__in=gone).delete()


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list key or "", body) of place, regions and organisations in force."""
    regions = Region.objects.filter(pack=pack).order_by("file", "position")
    organisations = Organisation.objects.filter(pack=pack, is_retired=False).order_by("file", "position")
    return [
        *((file, "", body) for file, body in specs_db.exported(PlaceVersion, PlaceSpec, pack)),
        *(
            (r.file, "regions", {"code": r.code, "name": r.name} | ({"parent": r.parent_id} if r.parent_id else {}))
            for r in regions
        ),
        *((o.file, "organisations", json.loads(o.body)) for o in organisations),
    ]
