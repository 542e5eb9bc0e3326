"""Small pictures of numbers, drawn on the server as inline SVG: lines over time, bars from zero, a dot beside its target."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
WIDTH, HEIGHT = 190, 56


@register.simple_tag
def sparkline(points: Sequence[Fraction | float | None], target: float, words: str) -> SafeString:
    """Draw months as a line, the target dashed; months without data leave a gap. `words` say what it shows."""
    known = [float(value) for value in points if value is not None]
    low, high = min([*known, target]), max([*known, target])
    span = (high - low) or 1

    def y(value: float) -> float:
        return round(6 + (HEIGHT - 14) * (high - value) / span, 1)

    step = (WIDTH - 12) / max(1, len(points) - 1)
    runs: list[list[str]] = [[]]
    for n, value in enumerate(points):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{4 + n * step:.1f},{y(float(value))}")
    is_bad = points[-1] is not None and float(points[-1]) < target if points else False
    kind = "spark-bad" if is_bad else "spark"
    last = runs[-1][-1].split(",") if runs[-1] else None
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="spark-target" d="M0 {}H{}"/>{}{}</svg>',
        kind, WIDTH, HEIGHT, words, y(target), WIDTH,
        format_html_join("", '<polyline points="{}"/>', ((" ".join(run),) for run in runs if len(run) > 1)),
        format_html('<circle cx="{}" cy="{}" r="3.2"/>', *last) if last else "",
    )  # fmt: skip


@register.simple_tag
def bar(value: int, most: int) -> SafeString:
    """Draw a bar from zero; `most` is as long as the longest."""
    width = round(200 * value / most) if most else 0
    return format_html(
        '<svg class="bar" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="12" rx="2"/></svg>',
        max(width, 2 if value else 0),
    )


@register.filter
def rate(value: Fraction | None) -> str:
    """Return a percentage with one decimal, half up; 无数据 for none."""
    return "无数据" if value is None else f"{_one(value)} %"


@register.filter
def points(value: Fraction) -> str:
    """Return a change in percentage points with its sign."""
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{_one(abs(value))}"


def _one(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)
