"""All that the platform can compute, by the names of `indicators.rules.measures`."""

from __future__ import annotations

from tongban.indicators.queries import of_cases, of_items, of_ratings, of_themes
from tongban.indicators.queries.measured import Measure

MEASURES: dict[str, Measure] = {
    **of_items.MEASURES, **of_themes.MEASURES, **of_cases.MEASURES, **of_ratings.MEASURES,
}  # fmt: skip
