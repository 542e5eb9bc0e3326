"""What may follow what on a card, as a table. Source: standards reference 7.3; assurance 5.4."""

from __future__ import annotations

import pytest

from tongban.rules.errors import Conflict
from tongban.supervision.rules import flow
from tongban.supervision.rules.flow import VERB_WORDS, WHO, Appeal, Standing, State
from tongban.supervision.rules.kinds import KINDS, Thresholds

NEW = Standing()


def after(*verbs: str) -> Standing:
    standing = NEW
    for verb in verbs:
        standing = flow.after(standing, verb)
    return standing


@pytest.mark.parametrize(
    ("verbs", "standing"),
    [
        (["notify"], NEW),
        (["acknowledge"], Standing(is_seen=True)),
        (["rectify"], Standing(State.RECTIFIED, is_seen=True)),
        (["rectify", "send_back"], Standing(State.ISSUED, is_seen=True)),
        (["rectify", "close"], Standing(State.CLOSED, is_seen=True)),
        (["appeal"], Standing(appeal=Appeal.OPEN, is_seen=True)),
        (["appeal", "uphold"], Standing(appeal=Appeal.UPHELD, is_seen=True)),
        (["appeal", "dismiss"], Standing(appeal=Appeal.DISMISSED, is_seen=True)),
        (["propose_cancel"], Standing(is_cancel_proposed=True)),
        (["propose_cancel", "decline_cancel"], NEW),
        (["propose_cancel", "confirm_cancel"], Standing(State.CANCELLED)),
        (["rectify", "close", "propose_cancel", "confirm_cancel"], Standing(State.CANCELLED, is_seen=True)),
    ],
)  # fmt: skip
def test_standing_is_a_fold_over_acts(verbs: list[str], standing: Standing) -> None:
    assert after(*verbs) == standing


@pytest.mark.parametrize(
    "verbs",
    [
        ["acknowledge", "acknowledge"], ["rectify", "rectify"], ["close"], ["send_back"], ["rectify", "close", "appeal"],
        ["appeal", "appeal"], ["appeal", "uphold", "appeal"], ["uphold"], ["dismiss"], ["appeal", "dismiss", "uphold"],
        ["confirm_cancel"], ["decline_cancel"], ["propose_cancel", "propose_cancel"],
        *[["propose_cancel", "confirm_cancel", verb] for verb in VERB_WORDS if verb != "notify"],
        ["appeal", "propose_cancel", "confirm_cancel", "uphold"],
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(verbs: list[str]) -> None:
    with pytest.raises(Conflict):
        after(*verbs)


@pytest.mark.parametrize(
    ("verbs", "counts"),
    [
        ([], True), (["rectify", "close"], True), (["appeal"], True), (["appeal", "dismiss"], True), (["propose_cancel"], True),
        (["appeal", "uphold"], False), (["propose_cancel", "confirm_cancel"], False),
    ],
)  # fmt: skip
def test_card_counts_until_cancelled_or_found_wrong(verbs: list[str], counts: bool) -> None:
    assert flow.counts(after(*verbs)) is counts


def test_every_act_has_words_and_a_body() -> None:
    assert set(VERB_WORDS) == set(WHO)
    assert set(Thresholds().kinds) == set(KINDS)


def test_unknown_kind_is_refused_and_others_keep_their_usual() -> None:
    with pytest.raises(ValueError, match="没有这种规则"):
        Thresholds.model_validate({"kinds": {"pink": {"level": "red", "points": 1}}})
    found = Thresholds.model_validate(
        {"kinds": {"outside": {"level": "yellow", "points": 1}}, "formulas": ["", "甲 ", "甲"]}
    )
    assert (found.use("outside").level, found.use("uncured").level, found.formulas) == ("yellow", "red", ("甲",))
