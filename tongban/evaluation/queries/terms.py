"""What a place sets for its ratings."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from tongban.core import db
from tongban.evaluation.models import TermsVersion
from tongban.evaluation.rules.terms import Terms


def terms(pack: str) -> Terms:
    """Return the settings in force; the defaults while nobody changed them. Read again only after a change."""
    return _read(pack, version(pack), str(connection.settings_dict["NAME"]))


def version(pack: str) -> int:
    """Return the number of the settings in force, 0 for the defaults."""
    return int(db.stamp("SELECT COALESCE(MAX(version), 0) FROM evaluation_termsversion WHERE pack = %s", [pack]))


@lru_cache(maxsize=16)
def _read(pack: str, number: int, database: str) -> Terms:
    row = TermsVersion.objects.filter(pack=pack, version=number).first()
    return Terms.model_validate_json(row.body) if row else Terms()


def changes(pack: str) -> list[TermsVersion]:
    """Return the versions of a place's settings, the newest first, each with who changed it."""
    return list(TermsVersion.objects.select_related("changed_by").filter(pack=pack).order_by("-version")[:50])
