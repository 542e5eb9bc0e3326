from __future__ import annotations

import json

import pytest

from tongban.cases.models import Case
from tongban.catalogue import queries as catalogue
from tongban.catalogue.tests.factories import publish
from tongban.disclosure.queries import listing, measuring
from tongban.identity.tests.factories import as_person, citizen
from tongban.rules.errors import NotFound
from tongban.themes.tests.factories import submit_hotel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_caches")]


def test_department_counts_its_own_items_and_the_whole_counts_all(honghu: str) -> None:
    groups = [measuring.group(each) for each in measuring.members(honghu, "department")]
    whole = measuring.whole(honghu)
    assert len(groups) > 5
    assert sum(group.items for group in groups) == whole.group.items
    assert whole.group.items + whole.unprepared + whole.tracked == len(catalogue.items(honghu))
    for key in ("limit", "on-the-spot", "less-steps"):
        assert sum(group.figures[key].numerator for group in groups) == whole.group.figures[key].numerator


@pytest.mark.parametrize("way", measuring.WAYS)
def test_groups_of_every_way_open_into_their_rows(honghu: str, way: str) -> None:
    for group in map(measuring.group, measuring.members(honghu, way)[:3]):
        opened = measuring.opened(honghu, "no-visit", way=way, code=group.code)
        assert (len(opened.rows), opened.figure.percent) == (group.items, group.figures["no-visit"].percent)


def test_an_item_that_is_unprepared_leaves_the_figures_and_lowers_the_public_rate(honghu: str) -> None:
    before = measuring.whole(honghu)
    publish("business-licence", prepared=False)
    after = measuring.whole(honghu)
    assert (after.unprepared - before.unprepared, before.group.items - after.group.items) == (1, 1)
    public, executed = measuring.rates(honghu)
    assert public.denominator - public.numerator == after.unprepared
    assert executed.denominator == public.numerator


def test_baseline_of_one_item_is_compared_and_the_rest_is_told(honghu: str) -> None:
    bare = measuring.whole(honghu).group.bare
    has = json.loads(publish("business-licence").body).get("baseline") is not None
    publish("business-licence", baseline={"steps": 9, "materials": 9, "days": 9, "visits": 3, "document": "某文件"})
    rows = measuring.members(honghu, "item")
    row = measuring.group(next(row for row in rows if row.code == "business-licence"))
    assert {c.measure: (c.before, c.items) for c in row.comparisons}["visits"] == (3, 1)
    assert measuring.whole(honghu).group.bare == bare - (not has)


def test_item_counts_as_executed_once_there_is_a_case_of_it(honghu: str) -> None:
    assert measuring.rates(honghu)[1].numerator == 0
    submit_hotel(as_person(citizen()))
    codes = set(Case.objects.values_list("item_code", flat=True))
    opened = measuring.opened(honghu, "executed")
    assert {part.code for part, _ in opened.rows if part.numerator} == codes


@pytest.mark.parametrize(
    ("key", "way", "code"), [("no-such", "", ""), ("limit", "no-such", ""), ("limit", "theme", "no-such")]
)
def test_what_does_not_exist_is_not_found(honghu: str, key: str, way: str, code: str) -> None:
    with pytest.raises(NotFound):
        measuring.opened(honghu, key, way=way, code=code)


def test_lists_of_a_place_are_those_of_its_items(honghu: str) -> None:
    rows = {found.kind.code: found.rows for found in listing.listings(honghu)}
    assert len(rows["items"]) == len(catalogue.items(honghu))
    assert {row.item for row in rows["fees"]} == {code for code, item in catalogue.items(honghu).items() if item.fee}
    with pytest.raises(NotFound):
        listing.listing(honghu, "no-such")
