"""A unit reports what the platform cannot compute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction

from tongban.attachments import queries as attachments
from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.indicators import permissions
from tongban.indicators.models import Report
from tongban.indicators.queries import values
from tongban.rules.errors import Conflict, Invalid

MOST_FILES = 10


@transaction.atomic
def report(
    pack: str, code: str, *, month: date, organisation: str, text: str, words: str, files: Sequence[str], by: Actor
) -> Report:
    """Report a value (a number, or a day as YYYY-MM-DD where something is to be done) with the files that prove it (佐证).

    A later report stands beside the earlier one; the last counts. Raises NotAllowed, NotFound, Conflict, Invalid.
    """
    permissions.require_reporter(pack, organisation, by=by)
    spec = values.spec(pack, code)
    if spec.way == "computed":
        raise Conflict("indicators.computed", f"“{spec.name}”由平台计算，不能填报", remedy="点数字看它是怎么来的")
    value, done_on, problem = _read(text, is_day=spec.way == "dated")
    problems = {"value": problem} if problem else {}
    if not 4 <= len(words.strip()) <= 500:
        problems["words"] = "写明数字怎么来的，4 至 500 个字"
    if not 1 <= len(files) <= MOST_FILES:
        problems["files"] = f"附上佐证，1 至 {MOST_FILES} 份；没有佐证的数不算数"
    elif not (by.account_id and attachments.belongs_to(files, account_id=by.account_id)):
        problems["files"] = "有的佐证不是你上传的，请重新上传"
    if month.replace(day=1) > time.today():
        problems["month"] = "还没到这个月；请选本月或以前的月份"
    if problems:
        raise Invalid("indicators.report", f"有 {len(problems)} 处要改", fields=problems)
    row = Report.objects.create(
        pack=pack, indicator=code, month=month.replace(day=1), organisation=organisation, value=value, done_on=done_on,
        words=words.strip(), files=list(files), by_name=by.name, at=time.now(),
    )  # fmt: skip
    audit.record("indicators.reported", "indicator", code, by=by, organisation=organisation)
    return row


def _read(text: str, *, is_day: bool) -> tuple[Decimal | None, date | None, str]:
    text = text.strip()
    if is_day:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None, None, "写完成的日期，例如 2026-05-28"
        return (None, day, "") if day <= time.today() else (None, None, "这一天还没到；完成以后再填")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None, None, "写一个数，例如 98.5；不写单位"
    if not number.is_finite() or not 0 <= number < 10**12 or number != round(number, 2):
        return None, None, "写 0 以上的数，最多两位小数"
    return number, None, ""
