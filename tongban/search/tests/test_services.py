from __future__ import annotations

import pytest
from django.db import connection

from tongban.search import queries, services
from tongban.search.models import Missed
from tongban.search.services import Findable

pytestmark = pytest.mark.usefixtures("own_caches")


def codes(query: str, pack: str = "honghu") -> list[str]:
    return [hit.code for hit in queries.find(query, pack=pack)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("我要开酒店", "honghu-12"), ("开个小旅馆怎么办", "honghu-12"), ("营业执照", "business-licence"), ("yyzz", "business-licence"),
        ("yingyezhizhao", "business-licence"), ("特行证", "hotel-special-trade-licence"), ("ＹＹＺＺ", "business-licence"),
    ],
)  # fmt: skip
def test_people_find_it_in_their_own_words_among_the_first_three(honghu: str, query: str, code: str) -> None:
    assert code in codes(query)[:3]


@pytest.mark.parametrize(
    "query", ["", "   ", "？？", '"', "' OR 1=1", "a AND NOT (", "title:*", "':*", "x" * 5000, "\\"]
)
def test_odd_query_is_no_fault(honghu: str, query: str) -> None:
    queries.find(query, pack=honghu)


def test_nothing_is_found_in_another_pack(honghu: str) -> None:
    assert codes("营业执照", pack="nowhere") == []


def test_replaced_kind_holds_only_the_new_things(honghu: str) -> None:
    services.replace("item", honghu, [Findable("one", "独一无二的事项", words=("稀罕",))])
    assert codes("独一无二") == ["one"]
    assert "business-licence" not in codes("营业执照")
    assert codes("我要开酒店")[0] == "honghu-12"  # themes stay


def test_synonym_finds_what_its_group_names(honghu: str) -> None:
    services.replace("item", honghu, [Findable("one", "斗蟋蟀登记")])
    assert "one" not in codes("蛐蛐")
    services.set_synonyms(honghu, [["蛐蛐", "蟋蟀"]])
    assert "one" in codes("蛐蛐")
    assert services.exported(honghu) == [["蛐蛐", "蟋蟀"]]


def test_search_that_found_nothing_is_kept_cut_to_length(honghu: str) -> None:
    services.note_missed(honghu, "外星" * 100)
    assert len(Missed.objects.get().query) == 100


def test_replaced_kind_leaves_nothing_behind_in_the_index(honghu: str) -> None:
    if connection.vendor != "sqlite":
        return  # On PostgreSQL the index belongs to the table itself.
    for _ in range(2):
        services.replace("item", honghu, [Findable("one", "独一无二的事项")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM search_fts), (SELECT count(*) FROM search_entry)")
        indexed, kept = cursor.fetchone()
    assert indexed == kept
