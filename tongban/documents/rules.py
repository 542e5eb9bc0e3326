"""What kinds of paper there are and what each must say. Source: product guide §8; 行政许可法 art. 32, 38."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """A kind of paper (文书种类)."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    CORRECTION = "correction"
    NOT_ACCEPTED = "not_accepted"
    GRANT = "grant"
    REFUSAL = "refusal"
    SPECIAL = "special"
    EXTENSION = "extension"
    TERMINATION = "termination"
    CORRECTED = "corrected"
    REOPENED = "reopened"
    REVOCATION = "revocation"
    DEFERRED = "deferred"
    TRANSFER = "transfer"


TITLES = {
    Kind.RECEIPT: "收件回执",
    Kind.ACCEPTANCE: "受理通知书",
    Kind.CORRECTION: "一次性补正告知书",
    Kind.NOT_ACCEPTED: "不予受理决定书",
    Kind.GRANT: "准予决定书",
    Kind.REFUSAL: "不予决定书",
    Kind.SPECIAL: "特别程序告知书",
    Kind.EXTENSION: "延期告知书",
    Kind.TERMINATION: "终止办理决定书",
    Kind.CORRECTED: "更正决定书",
    Kind.REOPENED: "重新办理告知书",
    Kind.REVOCATION: "撤销决定书",
    Kind.DEFERRED: "容缺受理单",
    Kind.TRANSFER: "材料流转单",
}
# The word in the number (文号): 市监准〔2026〕12 号.
WORDS = {
    Kind.RECEIPT: "收",
    Kind.ACCEPTANCE: "受",
    Kind.CORRECTION: "补",
    Kind.NOT_ACCEPTED: "不受",
    Kind.GRANT: "准",
    Kind.REFUSAL: "不准",
    Kind.SPECIAL: "特",
    Kind.EXTENSION: "延",
    Kind.TERMINATION: "终",
    Kind.CORRECTED: "更",
    Kind.REOPENED: "重",
    Kind.REVOCATION: "撤",
    Kind.DEFERRED: "容",
    Kind.TRANSFER: "流",
}
# 行政复议法 art. 20; the court's term is configuration (standards reference 7.1 【忆】).
REMEDY = "如不服本决定，可以自收到本文书之日起 60 日内依法申请行政复议，或者在法定期限内向人民法院提起行政诉讼。"


@dataclass(frozen=True)
class Body:
    """All that a paper says: whom it addresses, paragraphs, rows of a table, remedies, who signs."""

    addressee: str
    paragraphs: tuple[str, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    closing: tuple[str, ...] = ()
    remedy: str = ""
    basis: tuple[str, ...] = ()
    signed_by: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def number(word: str, kind: Kind, year: int, serial: int) -> str:
    """Return the number of a paper (文号)."""
    return f"{word}{WORDS[kind]}〔{year}〕{serial} 号"
