from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection

from tongban.audit.models import Entry as Audited
from tongban.core.actor import Actor
from tongban.rules.errors import DomainError, Invalid, NotAllowed, NotFound
from tongban.search import queries, services
from tongban.search.models import Missed
from tongban.search.rules import synonyms
from tongban.search.rules.narrowing import Facts, Filters
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


# What is kept with an entry, and why it was found


def test_hit_says_why_it_was_found(honghu: str) -> None:
    first = queries.find("过早店", pack=honghu)[0]
    assert first.why.kind == "synonym"
    assert first.why.said == "过早"
    assert first.why.meant


@pytest.mark.parametrize(
    ("typed", "meant", "code"),
    [
        ("我要开旅管", "旅馆", "honghu-12"), ("营业直照", "营业执照", "business-licence"), ("宠医院", "宠物医院", "honghu-19"),
        ("烟行", "烟酒行", "honghu-36"), ("yinyezizhao", "营业执照", "business-licence"), ("设保卡", "社保卡", "social-security-card"),
    ],
)  # fmt: skip
def test_slip_is_mended_where_the_words_as_typed_find_nothing_good(
    honghu: str, typed: str, meant: str, code: str
) -> None:
    found = queries.search(typed, pack=honghu)
    assert meant in [slip.meant for slip in found.mended]
    assert code in [hit.code for hit in found.hits[:3]]
    assert {hit.why.meant for hit in found.hits if hit.why.kind == "mistake"} <= {slip.meant for slip in found.mended}


def test_words_that_find_something_good_are_not_mended(honghu: str) -> None:
    assert queries.search("营业执照", pack=honghu).mended == ()


def test_question_of_an_item_is_found_under_its_number(honghu: str) -> None:
    services.replace("question", honghu, [Findable("licence/2", "蟋蟀能不能托运", "能。", ("能。",))])
    assert [(hit.kind, hit.code) for hit in queries.find("蟋蟀托运", pack=honghu)] == [("question", "licence/2")]


def test_filters_keep_what_fits_and_the_rest_is_still_counted(honghu: str) -> None:
    facts = [Facts(("person",), "a", "甲局", 0, True), Facts(("firm",), "b", "乙局", 1, False)]
    services.replace("item", honghu, [Findable(f"i{n}", f"斗蟋蟀登记{n}", facts=fact) for n, fact in enumerate(facts)])
    found = queries.search("斗蟋蟀", pack=honghu, filters=Filters(audience="firm"))
    assert [hit.code for hit in found.hits] == ["i1"]
    assert len(found.all_hits) == 2
    assert found.hits[0].facts == facts[1]


@pytest.mark.parametrize("query", ["办证", "补贴", "登记", "许可"])
def test_vague_words_offer_choices_that_all_lead_somewhere(honghu: str, query: str) -> None:
    choices = queries.search(query, pack=honghu).choices
    assert 2 <= len(choices) <= 6
    assert all(queries.find(choice.query, pack=honghu) for choice in choices if choice.query)


@pytest.mark.parametrize("query", ["营业执照", "我要开酒店", "契税"])
def test_plain_words_offer_no_choices(honghu: str, query: str) -> None:
    assert queries.search(query, pack=honghu).choices == ()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("营业", "business-licence"),
        ("yyz", "business-licence"),
        ("yingye", "business-licence"),
        ("理发", "honghu-40"),
        ("旅", "honghu-12"),
    ],
)
def test_suggestions_follow_what_is_typed(honghu: str, typed: str, code: str) -> None:
    hits = queries.suggest(typed, pack=honghu)
    assert code in [hit.code for hit in hits[:4]]
    assert len(hits) <= 8
    assert len({(hit.kind, hit.code) for hit in hits}) == len(hits)


@pytest.mark.parametrize("typed", ["", "  ", "？", "造飞船"])
def test_nothing_is_suggested_for_nothing(honghu: str, typed: str) -> None:
    assert queries.suggest(typed, pack=honghu) == []


# The words of the pack and those of the desk

KEEPER = "data"
EDITOR = Actor(account_id=uuid4(), seats={KEEPER: frozenset({"admin"})})


@pytest.fixture
def crickets(honghu: str) -> str:
    services.replace("item", honghu, [Findable("one", "斗蟋蟀登记")])
    services.set_synonyms(honghu, [["虫子", "斗蟋蟀"]])
    return honghu


def test_words_added_on_screen_count_at_once_and_are_audited(crickets: str) -> None:
    assert "one" not in codes("蛐蛐")
    assert services.add_words(crickets, "蛐蛐、促织", to="虫子", keeper=KEEPER, by=EDITOR) == ("蛐蛐", "促织")
    assert codes("蛐蛐") == ["one"]
    entry = Audited.objects.get(action="search.words_added")
    assert (entry.account_id, entry.organisation, entry.reason) == (EDITOR.account_id, KEEPER, "蛐蛐、促织、虫子")


def test_new_group_of_the_desk_counts(crickets: str) -> None:
    services.add_words(crickets, "油葫芦、斗蟋蟀", to="", keeper=KEEPER, by=EDITOR)
    assert codes("油葫芦") == ["one"]
    services.add_words(crickets, "叫蝈蝈", to="油葫芦", keeper=KEEPER, by=EDITOR)
    assert codes("叫蝈蝈") == ["one"]
    assert [group.desk for group in queries.groups(crickets) if group.desk] == [("叫蝈蝈", "油葫芦", "斗蟋蟀")]


def test_words_of_the_desk_survive_the_pack_and_are_no_difference(crickets: str) -> None:
    services.add_words(crickets, "蛐蛐", to="虫子", keeper=KEEPER, by=EDITOR)
    assert services.differences(crickets, [["虫子", "斗蟋蟀"]]) == ([], [], [])
    services.set_synonyms(crickets, [["虫子", "斗蟋蟀"], ["鸟", "遛鸟"]])
    assert codes("蛐蛐") == ["one"]
    assert services.differences(crickets, [["虫子", "斗蟋蟀"]])[1] == ["synonyms"]


def test_export_writes_both_and_what_the_pack_takes_over_is_no_longer_the_desks(crickets: str) -> None:
    services.add_words(crickets, "蛐蛐", to="虫子", keeper=KEEPER, by=EDITOR)
    written = services.exported(crickets)
    assert written == [["虫子", "斗蟋蟀", "蛐蛐"]]
    services.set_synonyms(crickets, written)
    assert [(group.pack, group.desk) for group in queries.groups(crickets)] == [(("虫子", "斗蟋蟀", "蛐蛐"), ())]


def test_group_of_the_pack_can_be_switched_off_and_on(crickets: str) -> None:
    def group() -> synonyms.Group:
        return queries.groups(crickets)[0]

    services.switch_group(crickets, group().key, on=False, keeper=KEEPER, by=EDITOR)
    assert codes("虫子") == []
    assert services.exported(crickets) == []
    assert services.differences(crickets, [["虫子", "斗蟋蟀"]]) == ([], [], [])
    services.switch_group(crickets, group().key, on=True, keeper=KEEPER, by=EDITOR)
    assert codes("虫子") == ["one"]


def test_words_of_the_desk_can_be_changed_and_removed(crickets: str) -> None:
    services.add_words(crickets, "蛐蛐", to="虫子", keeper=KEEPER, by=EDITOR)
    services.change_group(crickets, queries.groups(crickets)[0].key, "促织", keeper=KEEPER, by=EDITOR)
    assert (codes("蛐蛐"), codes("促织")) == ([], ["one"])
    services.change_group(crickets, queries.groups(crickets)[0].key, "", keeper=KEEPER, by=EDITOR)
    assert codes("促织") == []


def test_group_of_the_desk_can_be_changed_and_removed(crickets: str) -> None:
    services.add_words(crickets, "蛐蛐、斗蟋蟀", to="", keeper=KEEPER, by=EDITOR)
    key = next(group.key for group in queries.groups(crickets) if not group.pack)
    services.change_group(crickets, key, "促织、斗蟋蟀", keeper=KEEPER, by=EDITOR)
    assert (codes("蛐蛐"), codes("促织")) == ([], ["one"])
    with pytest.raises(NotFound):
        services.change_group(crickets, key, "", keeper=KEEPER, by=EDITOR)
    key = next(group.key for group in queries.groups(crickets) if not group.pack)
    with pytest.raises(Invalid):
        services.change_group(crickets, key, "促织", keeper=KEEPER, by=EDITOR)
    services.change_group(crickets, key, "", keeper=KEEPER, by=EDITOR)
    assert len(queries.groups(crickets)) == 1


@pytest.mark.parametrize(
    ("text", "to", "refusal"),
    [("蛐蛐", "没有的词", NotFound), ("蛐蛐", "", Invalid), ("虫子", "虫子", Invalid), ("", "虫子", Invalid)],
)
def test_words_that_make_no_group_are_refused(crickets: str, text: str, to: str, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        services.add_words(crickets, text, to=to, keeper=KEEPER, by=EDITOR)


@pytest.mark.parametrize("seats", [{}, {KEEPER: frozenset({"clerk"})}, {"market": frozenset({"admin"})}])
def test_others_keep_no_words(crickets: str, seats: dict[str, frozenset[str]]) -> None:
    by = Actor(account_id=uuid4(), seats=seats)
    key = queries.groups(crickets)[0].key
    for act in (
        lambda: services.add_words(crickets, "蛐蛐", to="虫子", keeper=KEEPER, by=by),
        lambda: services.change_group(crickets, key, "", keeper=KEEPER, by=by),
        lambda: services.switch_group(crickets, key, on=False, keeper=KEEPER, by=by),
        lambda: services.dismiss(crickets, "蛐蛐", keeper=KEEPER, by=by),
        lambda: queries.missed(crickets, keeper=KEEPER, by=by),
    ):
        with pytest.raises(NotAllowed):
            act()


# What was not found


def test_missed_searches_are_listed_by_how_often_they_came(crickets: str) -> None:
    for query in ("蛐蛐", "造飞船", "蛐蛐"):
        services.note_missed(crickets, query)
    rows = queries.missed(crickets, keeper=KEEPER, by=EDITOR)
    assert [(row.query, row.count) for row in rows] == [("蛐蛐", 2), ("造飞船", 1)]


def test_missed_search_is_forgotten_when_a_word_answers_it_or_an_editor_says_so(crickets: str) -> None:
    for query in ("哪里登记蛐蛐", "造飞船", "别的"):
        services.note_missed(crickets, query)
    services.add_words(crickets, "蛐蛐", to="虫子", keeper=KEEPER, by=EDITOR)
    services.dismiss(crickets, "别的", keeper=KEEPER, by=EDITOR)
    assert [row.query for row in queries.missed(crickets, keeper=KEEPER, by=EDITOR)] == ["造飞船"]


def test_long_numbers_in_a_missed_search_are_not_kept(honghu: str) -> None:
    services.note_missed(honghu, "430102199001011234 的社保")
    assert Missed.objects.get().query == "… 的社保"
