"""帮代办授权: asked for, agreed to by code or paper, used, taken back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from tongban.attachments.models import File
from tongban.core import time
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.notices.models import Notice
from tongban.orgs import queries, rules
from tongban.orgs.models import Assistance, ConsentCode, WindowSeat
from tongban.orgs.services import assistance as services
from tongban.orgs.tests.factories import actor, window_clerk, window_of
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany

pytestmark = pytest.mark.usefixtures("honghu")
STATION = "station-luoshan"


@pytest.fixture
def clerk() -> Account:
    return window_clerk(STATION, name="帮示例")


@pytest.fixture
def person() -> Account:
    return citizen()


def ask(clerk: Account, person: Account, **changed: object) -> Assistance:
    given: dict[str, object] = {"person_id": person.person_id, "covers": {}, "expires_on": time.today() + timedelta(days=9),
                                "consent": "code"}  # fmt: skip
    return services.ask(window_of(STATION).pk, by=actor(clerk), **(given | changed))  # type: ignore[arg-type]


def code_to(clerk: Account, row: Assistance) -> str:
    """Send a code and return it as the person reads it; the inbox may hold older ones of the same moment."""
    known = set(Notice.objects.values_list("pk", flat=True))
    services.send_code(row.pk, by=actor(clerk))
    notice = Notice.objects.exclude(pk__in=known).get()
    assert notice.party_id == row.person_id
    return re.sub(r"\D", "", notice.title)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_mandate_counts_only_after_the_person_read_out_the_code(clerk: Account, person: Account) -> None:
    row = ask(clerk, person)
    with pytest.raises(NotAllowed, match="还没有同意"):
        services.begin(row.pk, by=actor(clerk))
    services.agree(row.pk, code=code_to(clerk, row), by=actor(clerk))
    assert services.begin(row.pk, by=actor(clerk)).person_id == person.person_id


def test_code_says_what_it_is_for_and_is_not_kept(clerk: Account, person: Account) -> None:
    row = ask(clerk, person, covers={"item:x": "办社保卡"})
    code = code_to(clerk, row)
    notice = Notice.objects.get(title__contains=code)
    assert "办社保卡" in notice.text and "帮示例" in notice.text and str(row.expires_on) in notice.text
    assert code not in ConsentCode.objects.get().digest


def test_wrong_code_is_refused_and_after_five_tries_the_right_one_too(clerk: Account, person: Account) -> None:
    row = ask(clerk, person)
    code = code_to(clerk, row)
    for _ in range(rules.MOST_CODE_TRIES):
        with pytest.raises(Invalid, match="1 处"):
            services.agree(row.pk, code=wrong(code), by=actor(clerk))
    with pytest.raises(TooMany):
        services.agree(row.pk, code=code, by=actor(clerk))
    row.refresh_from_db()
    assert row.consented_at is None


def test_code_ends_after_five_minutes_and_with_the_next_one(clerk: Account, person: Account) -> None:
    row = ask(clerk, person)
    first = code_to(clerk, row)
    with time.moved(time.now() + rules.CODE_LIFE), pytest.raises(Invalid) as refusal:
        services.agree(row.pk, code=first, by=actor(clerk))
    assert "过期" in refusal.value.fields["consent_code"]
    second = code_to(clerk, row)
    if first != second:
        with pytest.raises(Invalid):
            services.agree(row.pk, code=first, by=actor(clerk))
    assert services.agree(row.pk, code=second, by=actor(clerk)).consented_at


def test_code_works_once(clerk: Account, person: Account) -> None:
    row = ask(clerk, person)
    code = code_to(clerk, row)
    services.agree(row.pk, code=code, by=actor(clerk))
    with pytest.raises(Conflict):
        services.agree(row.pk, code=code, by=actor(clerk))


def test_inbox_is_not_flooded_with_codes(clerk: Account, person: Account) -> None:
    row = ask(clerk, person)
    for _ in range(services.MOST_CODES_AN_HOUR):
        services.send_code(row.pk, by=actor(clerk))
    with pytest.raises(TooMany):
        services.send_code(row.pk, by=actor(clerk))


def scan(owner: Account) -> UUID:
    row = File.objects.create(
        id=uuid4(), name="a.pdf", media_type="application/pdf", size_bytes=1, pages=1, sha256="0" * 64, owner_id=owner.pk,
        created_at=time.now(),
    )  # fmt: skip
    return row.pk


def test_signed_paper_stands_for_the_code(clerk: Account, person: Account) -> None:
    row = ask(clerk, person, consent="paper")
    done = services.agree_on_paper(row.pk, file_id=scan(clerk), by=actor(clerk))
    assert done.consented_at and done.paper_id
    assert Notice.objects.filter(party_id=person.person_id, title="你同意了帮代办").exists()


def test_foreign_scan_or_a_paper_in_place_of_the_code_is_refused(clerk: Account, person: Account) -> None:
    row = ask(clerk, person, consent="paper")
    with pytest.raises(Invalid):
        services.agree_on_paper(row.pk, file_id=scan(person), by=actor(clerk))
    with pytest.raises(Invalid):
        services.agree_on_paper(ask(clerk, person).pk, file_id=scan(clerk), by=actor(clerk))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expires_on", time.today() - timedelta(days=1)),
        ("expires_on", time.today() + timedelta(days=367)),
        ("consent", "nod"),
    ],
)
def test_mandate_with_a_wrong_part_is_refused_and_named(
    clerk: Account, person: Account, field: str, value: object
) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(clerk, person, **{field: value})
    assert list(refusal.value.fields) == [field]


def test_firm_is_not_helped_in_this_way(clerk: Account, person: Account) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(clerk, person, person_id=firm(person).pk)
    assert "法定代表人" in refusal.value.fields["code"]


def test_mandate_is_the_named_helpers_alone(clerk: Account, person: Account) -> None:
    row, other = ask(clerk, person), window_clerk(STATION, name="别人")
    Assistance.objects.update(consented_at=time.now())
    with pytest.raises(NotFound):
        services.begin(row.pk, by=actor(other))
    assert queries.assistances(by=actor(other)) == []
    assert queries.assistances(by=actor(clerk)) == [row]


def test_helper_who_left_the_window_helps_no_more(clerk: Account, person: Account) -> None:
    row = ask(clerk, person)
    Assistance.objects.update(consented_at=time.now())
    WindowSeat.objects.filter(account=clerk).update(ended_at=time.now())
    with pytest.raises(NotAllowed):
        services.begin(row.pk, by=actor(clerk))


def test_person_revokes_and_the_helper_stops_at_once(clerk: Account, person: Account) -> None:
    row = ask(clerk, person)
    Assistance.objects.update(consented_at=time.now())
    here = services.begin(row.pk, by=actor(clerk))
    acting = queries.at_window(here.pk, by=actor(clerk))
    with pytest.raises(NotAllowed):
        services.revoke(row.pk, by=acting)  # Not by the helper's hand.
    services.revoke(row.pk, by=as_person(person))
    with pytest.raises(NotAllowed, match="已被本人撤销"):
        queries.at_window(here.pk, by=actor(clerk))
    assert queries.here(by=actor(clerk)) is None
    with pytest.raises(NotFound):
        services.revoke(row.pk, by=as_person(person))


def test_stranger_neither_sees_nor_revokes(clerk: Account, person: Account) -> None:
    row, stranger = ask(clerk, person), as_person(citizen("王示例", 2))
    Assistance.objects.update(consented_at=time.now())
    assert queries.helpers_of(by=stranger) == []
    assert queries.helpers_of(by=as_person(person)) == [row]
    with pytest.raises(NotFound):
        services.revoke(row.pk, by=stranger)


def test_helper_acts_in_the_persons_right_and_under_both_names(clerk: Account, person: Account) -> None:
    row = ask(clerk, person)
    Assistance.objects.update(consented_at=time.now())
    by = queries.at_window(services.begin(row.pk, by=actor(clerk)).pk, by=actor(clerk))
    assert (by.account_id, by.person_id, by.party_id, by.channel) == (
        clerk.pk,
        person.person_id,
        person.person_id,
        "assist",
    )
    assert by.name == "帮示例（螺山镇便民服务中心（示例），代张*办）"


# Rules


@pytest.mark.parametrize(
    ("named", "theme", "item", "fits"),
    [
        ((), "hotel", "", True),
        (("theme:hotel",), "hotel", "", True),
        (("theme:hotel",), "shop", "", False),
        (("item:card",), "", "card", True),
        (("item:card",), "", "hotel", False),
        (("theme:card",), "", "card", False),
    ],
)
def test_mandate_covers_what_it_names(named: tuple[str, ...], theme: str, item: str, fits: bool) -> None:
    assert rules.covers(named, theme=theme, item=item) is fits


@pytest.mark.parametrize(
    ("mandate", "why"),
    [
        (rules.Mandate(True, None, date(2026, 3, 6)), ""),
        (rules.Mandate(True, None, date(2026, 3, 5)), "到期"),
        (rules.Mandate(False, None, date(2026, 3, 6)), "还没有同意"),
        (rules.Mandate(True, date(2026, 3, 1), date(2026, 3, 6)), "2026-03-01已被本人撤销"),
    ],
)
def test_mandate_ends_with_its_day_and_when_taken_back(mandate: rules.Mandate, why: str) -> None:
    found = rules.lapse(mandate, on=date(2026, 3, 6))
    assert (found == "") if not why else (why in found)
