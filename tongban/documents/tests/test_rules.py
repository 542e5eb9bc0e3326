from __future__ import annotations

import pytest

from tongban.documents.rules import TITLES, WORDS, Kind, number


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_paper_has_a_title_and_a_word_of_its_own(kind: Kind) -> None:
    assert TITLES[kind]
    assert list(WORDS.values()).count(WORDS[kind]) == 1


def test_number_is_written_as_official_papers_are() -> None:
    assert number("市监", Kind.GRANT, 2026, 12) == "市监准〔2026〕12 号"
