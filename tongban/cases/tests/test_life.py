from __future__ import annotations

import pytest

from tongban.cases.rules import words
from tongban.cases.rules.life import CLOSED, MOVES, OPEN, VERB_WORDS, WHO, WORDS, State, after, fold, ready_steps
from tongban.rules.errors import Conflict

VERBS = sorted({verb for verb, _ in MOVES})
ALLOWED = {  # 行政许可法 art. 32, 34, 38, 42, written here a second time on purpose.
    "start": {"waiting": "pre_review"},
    "lapse": {"waiting": "lapsed"},
    "pass_pre_review": {"pre_review": "submitted"},
    "accept": {"pre_review": "accepted", "submitted": "accepted"},
    "ask_for_more": {"pre_review": "returned", "submitted": "returned"},
    "resubmit": {"returned": "submitted"},
    "refuse_acceptance": {"pre_review": "not_accepted", "submitted": "not_accepted"},
    "pass_step": {"accepted": "accepted"},
    "send_to_decision": {"accepted": "deciding"},
    "grant": {"deciding": "granted"},
    "refuse": {"deciding": "refused"},
    "supply": {s: s for s in ("pre_review", "submitted", "waiting", "accepted", "deciding")},
    "deem_accepted": {"pre_review": "accepted", "submitted": "accepted"},
    "ask_again": {"submitted": "returned"},
    "step_back": {"accepted": "accepted", "deciding": "accepted"},
    **{
        verb: {"accepted": "accepted", "deciding": "deciding"}
        for verb in (
            "pause",
            "resume",
            "correct",
            "request_extension",
            "extend",
            "decline_extension",
            "consult",
            "answer_consult",
        )
    },
    "grant_by_default": {"accepted": "granted", "deciding": "granted"},
    "refuse_overdue": {"accepted": "refused", "deciding": "refused"},
    "terminate": dict.fromkeys(("pre_review", "submitted", "returned", "accepted", "deciding"), "lapsed"),
    "correct_decision": {s: s for s in ("granted", "refused", "not_accepted")},
    "reopen": dict.fromkeys(("granted", "refused", "not_accepted", "lapsed", "revoked"), "accepted"),
    "undo_default": {"granted": "accepted"},
    "confirm_promise": {"granted": "granted"},
    "deny_promise": {"granted": "granted"},
    "revoke": {"granted": "revoked"},
    "withdraw": dict.fromkeys(("waiting", "pre_review", "submitted", "returned", "accepted", "deciding"), "withdrawn"),
}


@pytest.mark.parametrize("verb", [*VERBS, "fly"])
@pytest.mark.parametrize("state", list(State))
def test_only_the_moves_of_the_table_are_made(verb: str, state: State) -> None:
    wanted = ALLOWED.get(verb, {}).get(state.value)
    if wanted is not None:
        assert after(verb, state) == State(wanted)
        return
    with pytest.raises(Conflict) as refusal:
        after(verb, state)
    assert WORDS[state] in refusal.value.message
    assert refusal.value.remedy


@pytest.mark.parametrize("state", CLOSED)
def test_closed_case_moves_only_by_correction_order_or_revocation(state: State) -> None:
    after_the_end = {"correct_decision", "reopen", "undo_default", "confirm_promise", "deny_promise", "revoke"}
    assert {verb for verb in VERBS if (verb, state) in MOVES} <= after_the_end


def test_withdrawn_case_stays_withdrawn() -> None:
    assert not [verb for verb in VERBS if (verb, State.WITHDRAWN) in MOVES]


def test_every_verb_says_who_may_make_it() -> None:
    assert set(WHO) == set(VERBS)


def test_every_state_is_open_or_closed_and_has_words() -> None:
    assert set(OPEN) | set(CLOSED) == set(State) == set(WORDS) == set(words.SENTENCES)
    assert not set(OPEN) & set(CLOSED)
    assert set(VERBS) <= set(VERB_WORDS) | {"send_to_decision"}


@pytest.mark.parametrize(
    ("history", "state"),
    [
        (["submit"], State.PRE_REVIEW),
        (["submit_waiting"], State.WAITING),
        (["submit_waiting", "start", "accept"], State.ACCEPTED),
        (["submit", "claim", "ask_for_more", "resubmit", "accept", "pass_step", "claim", "release"], State.ACCEPTED),
        (["submit", "accept", "send_to_decision", "grant"], State.GRANTED),
    ],
)
def test_state_is_the_fold_of_the_history(history: list[str], state: State) -> None:
    assert fold(history) == state


@pytest.mark.parametrize("history", [[], ["submit", "grant"], ["submit", "withdraw", "accept"]])
def test_impossible_history_is_an_error(history: list[str]) -> None:
    with pytest.raises(ValueError):
        fold(history)


@pytest.mark.parametrize(
    ("done", "ready"), [([], ["a", "b"]), (["a"], ["b"]), (["a", "b"], ["c"]), (["b"], ["a"]), (["a", "b", "c"], [])]
)
def test_step_can_start_when_those_it_waits_for_are_done(done: list[str], ready: list[str]) -> None:
    assert ready_steps([("a", ()), ("b", ()), ("c", ("a", "b"))], done) == ready


def test_sentence_says_who_acts_next_and_leaves_the_unknown_out() -> None:
    assert (
        words.sentence(State.PRE_REVIEW, org="市公安局", accept_by="3月13日")
        == "市公安局正在看材料，3月13日前答复是否受理"
    )
    assert "{" not in "".join(words.sentence(state) for state in State)
