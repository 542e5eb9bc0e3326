"""Template tags of the component library: lamps, icons, days, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tongban.core import time
from tongban.rules import masking

register = template.Library()

# Shapes of the lamps (product guide §2) and the icons of the pages, drawn by us on a 24 grid.
LAMPS = {
    "ok": '<circle cx="6" cy="6" r="5" fill="currentColor"/>',
    "warn": '<path d="M6 .8l5.8 10.4H.2z" fill="currentColor"/>',
    "bad": '<path d="M1 1h10v10H1z" fill="currentColor"/>',
    "idle": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "off": '<path d="M2.2 1h2.6v10H2.2zM7.2 1h2.6v10H7.2z" fill="currentColor"/>',
    "done": '<path d="M1.3 6.6l3.2 3.2 6.2-7.3" fill="none" stroke="currentColor" stroke-width="2.2"/>',
}
ICONS = {
    "text": "M4 7V5h10v2M9 5v14M7 19h4M15 13v-1.5h6V13M18 11.5V19M16.7 19h2.6",
    "contrast": "M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17",
    "help": "M5 16.5v-4a7 7 0 0 1 14 0v4M5 13.5H3.5v4H7v-4zM19 13.5h1.5v4H17v-4zM19 17.5c0 2-2 3-4.5 3",
    "search": "M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0zM15.5 15.5 21 21",
    "check": "m4.5 12.5 5 5 10-11",
    "alert": "M12 3.5 22 20.5H2zM12 10v5M12 17.7v.3",
    "file": "M6 3h8.5L19 7.5V21H6zM14 3v5h5M9 12.5h7M9 16.5h7",
    "upload": "M12 15.5V4M7.5 8.5 12 4l4.5 4.5M4 15v5h16v-5",
    "home": "M3.5 11 12 4l8.5 7M6 9.5V20h12V9.5M10 20v-5.5h4V20",
    "track": ""
    "M13 21H5V3h9l4 4v3.5M14 3v4.5h4M8 9h3M8 13h3M19.2 16a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0zM18.5 18.5l2.7 2.7",
    "card": "M3 5.5h18v13H3zM10.5 11a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM5.7 16c.4-1.6 1.5-2.4 2.8-2.4s2.4.8 2.8 2.4M14 10h4M14 14h4",
    "person": "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM4.5 20.5c.8-4.2 3.8-6.5 7.5-6.5s6.7 2.3 7.5 6.5",
    "inbox": "M4 14h4l1.500 3h5l1.500-3h4M4 14v5h16v-5l-3-9H7z",
    "clock": "M20.500 12a8.500 8.500 0 1 1-17 0 8.500 8.500 0 0 1 17 0zM12 7v5l3 2",
    "users": "M12.500 8a3.500 3.500 0 1 1-7 0 3.500 3.500 0 0 1 7 0zM2.500 19.500c.5-4 3-6 6.500-6s6 2 6.500 6M16 5a3.500 3.500 0 0 1 0 6.500M17.500 14c2.200.8 3.600 2.600 4 5.500",
    "chart": "M3.5 20.5h17M7 17v-5M12 17V6M17 17v-8",
    "grid": "M4 4h6.500v6.500H4zM13.500 4H20v6.500h-6.500zM4 13.500h6.500V20H4zM13.500 13.500H20V20h-6.500z",
    "star": "m12 3.500 2.600 5.400 5.900.8-4.300 4.100 1 5.900L12 16.900l-5.200 2.800 1-5.900-4.300-4.100 5.900-.8z",
    "flag": "M6 21V4M6 5h11.500L15.500 9l2 4H6",
    "bell": "M5 17h14l-2-3v-4a5 5 0 0 0-10 0v4zM10 20h4",
}


@register.simple_tag
def lamp(kind: str, words: str) -> SafeString:
    """Draw a lamp: shape and word together, never colour alone."""
    shape = mark_safe(LAMPS.get(str(kind), LAMPS["off"]))  # noqa: S308  # our own constant
    return format_html(
        '<span class="lamp lamp-{}"><svg class="li" viewBox="0 0 12 12" aria-hidden="true">{}</svg>{}</span>',
        kind,
        shape,
        words,
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon beside words."""
    return format_html('<svg class="ico" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICONS[name])


@register.filter
def day(value: date | datetime | str | None) -> str:
    """Return a day in prose: 2026年11月21日（星期六）."""
    on = _day(value)
    return f"{on.year}年{on.month}月{on.day}日（星期{'一二三四五六日'[on.weekday()]}）" if on else ""


@register.filter
def short_day(value: date | datetime | str | None) -> str:
    """Return a day without the year: 11月21日."""
    on = _day(value)
    return f"{on.month}月{on.day}日" if on else ""


@register.filter
def iso_day(value: date | datetime | str | None) -> str:
    """Return a day for tables: 2026-11-21."""
    on = _day(value)
    return on.isoformat() if on else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment for tables: 2026-11-21 15:30, in China."""
    return f"{value.astimezone(time.CHINA):%Y-%m-%d %H:%M}" if value else ""


@register.filter
def short_moment(value: datetime | None) -> str:
    """Return a moment of this year: 11-21 15:30."""
    return f"{value.astimezone(time.CHINA):%m-%d %H:%M}" if value else ""


def _day(value: date | datetime | str | None) -> date | None:
    if isinstance(value, datetime):
        return time.day_of(value)
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else value or None


@register.filter
def grouped(number: str) -> str:
    """Return a joint case number in groups: 421083 20261121 000001 T."""
    return (
        " ".join(part for part in (number[:6], number[6:14], number[14:20], number[20:]) if part)
        if len(number) == 21
        else number
    )


@register.filter
def masked_code(value: str) -> str:
    """Mask an identity number."""
    return masking.code(value)


@register.filter
def masked_phone(value: str) -> str:
    """Mask a phone number."""
    return masking.phone(value)


@register.filter
def masked_name(value: str) -> str:
    """Mask a person's name."""
    return masking.name(value)


@register.filter
def megabytes(size: int) -> str:
    """Return a file size: 2.4 MB, 310 KB."""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, round(size / 1024))} KB"


@register.filter
def get(mapping: Mapping[str, object], key: str) -> object:
    """Return the value of a mapping under a key, or an empty text."""
    return mapping.get(key, "")


ICONS |= {
    "arrow": "m9 5 7 7-7 7",
    "close": "M6 6l12 12M18 6 6 18",
    "keys": "M3 6.500h18v11H3zM7 10h.2M10.500 10h.2M14 10h.2M17 10h.2M8 14h8",
    "pen": "M4.500 19.500l1-4.500L16 4.500l3.500 3.500L9 18.500z",
}


@register.simple_tag
def meter(percent: int, kind: str) -> SafeString:
    """Draw how much of a limit is used: a bar of 48 by 4, decoration beside the words."""
    width = max(0, min(100, percent)) * 48 // 100
    return format_html(
        '<svg class="meter meter-{}" viewBox="0 0 48 4" aria-hidden="true"><rect class="all" width="48" height="4" rx="2"/>'
        '<rect width="{}" height="4" rx="2"/></svg>', kind, width,
    )  # fmt: skip


@register.simple_tag
def deadline(due_on: date | None, kind: str, left: int, limit_days: int) -> SafeString:
    """Draw a deadline: working days left, how much is used, the date with its weekday."""
    if due_on is None:
        return mark_safe('<span class="due"><span class="left hint">不计时</span></span>')
    number = format_html("<b>{}</b>", abs(left))
    words = format_html("超 {} 日", number) if kind == "bad" else format_html("剩 {} 日", number)
    if left == 0:
        words = mark_safe("<b>今天</b>")
    if kind in ("off", "idle"):
        return format_html(
            '<span class="due"><span class="left hint">暂停</span><span class="hint">{}</span></span>',
            _table_day(due_on),
        )
    percent = 100 if limit_days <= 0 else (limit_days - left) * 100 // limit_days
    return format_html(
        '<span class="due"><span class="left left-{}">{}</span>{}<span class="hint">{}</span>'
        '<span class="sr">，时限 {} 个工作日</span></span>', kind, words, meter(percent, kind), _table_day(due_on), limit_days,
    )  # fmt: skip


def _table_day(on: date) -> str:
    return f"{on:%m-%d} 周{'一二三四五六日'[on.weekday()]}"


@register.filter
def table_day(value: date | datetime | str | None) -> str:
    """Return a day of this year with its weekday, for tables: 11-20 周五."""
    on = _day(value)
    return _table_day(on) if on else ""


@register.filter
def case_number(number: str) -> SafeString:
    """Return a 43-character case number: the prefix that many share in grey, day and serial dark. Copies without blanks."""
    return format_html('<span class="id"><i>{}</i><b>{}</b><b>{}</b></span>', number[:-12], number[-12:-4], number[-4:])


@register.filter
def clock(value: datetime | None) -> str:
    """Return the time of a moment of today: 10:42."""
    return f"{value.astimezone(time.CHINA):%H:%M}" if value else ""
