from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.decisions import queries, services
from tongban.decisions.models import Certificate, ShadowRun, TableVersion
from tongban.decisions.rules.evaluation import Given
from tongban.decisions.rules.table import Table
from tongban.decisions.tests.factories import NOON, RESULT, admin, column, make
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

CODE = "employment-registration-instant"
BY = admin("human-resources")
pytestmark = pytest.mark.usefixtures("own_caches")


def own(*rows: tuple[list[str], list[str]], code: str = "demo-jobs", org: str = "human-resources") -> Table:
    rows = rows or ((["> 5"], ['"approve"']), (["<= 5"], ['"manual"']))
    return make(*rows, inputs=[column("jobs-created", "number")], outputs=[RESULT], code=code, org=org)


def published(table: Table, seen: int = 0) -> TableVersion:
    return services.publish("honghu", table, seen=seen, reason="按新的办法调整", by=BY)


def decided(given: dict[str, Given] | None = None, case: UUID | None = None, at: datetime = NOON) -> services.Decided:
    given = {"materials-in-hand": True, "no-broken-promise": True} | (
        given or {"employment-status": "seeking", "applicant-name": "示例某人"}
    )
    return services.decide("honghu", CODE, given, subject_id=case or uuid4(), at=at)


# Publishing


def test_table_of_the_pack_is_in_force_and_decides(honghu: str) -> None:
    said = decided()
    assert (said.table_version, said.result.outcome, said.result.rows) == (1, {"result": "approve"}, (1,))
    assert said.inputs == {
        "employment-status": "seeking", "employed-on": None, "materials-in-hand": True, "no-broken-promise": True
    }  # fmt: skip


def test_table_that_is_not_there_is_not_found(honghu: str) -> None:
    with pytest.raises(NotFound):
        services.decide("honghu", "nothing", {}, subject_id=uuid4(), at=NOON)


def test_new_table_and_new_version_are_published_with_reason_and_name(honghu: str) -> None:
    assert published(own()).version == 1
    row = published(own((["-"], ['"manual"'])), seen=1)
    assert (row.version, row.reason, row.published_by_name, row.is_from_screen) == (
        2,
        "按新的办法调整",
        "管理员甲",
        True,
    )
    assert [v.version for v in queries.versions("honghu", "demo-jobs", by=BY)] == [2, 1]
    assert len(queries.version("honghu", "demo-jobs", 1, by=BY)[1].rows) == 2
    assert len(queries.table("honghu", "demo-jobs").spec.rows) == 1


def test_only_an_administrator_of_the_organisation_publishes(honghu: str) -> None:
    table = queries.table("honghu", CODE).spec
    clerk = Actor(account_id=uuid4(), seats={"human-resources": frozenset({"clerk", "head"})})
    for by in (clerk, admin("market"), Actor()):
        with pytest.raises(NotAllowed):
            services.publish("honghu", own(), seen=0, reason="按新的办法调整", by=by)
    taken = table.model_copy(update={"org": "market"})
    with pytest.raises(NotAllowed):
        services.publish("honghu", taken, seen=1, reason="按新的办法调整", by=admin("market"))
    assert not TableVersion.objects.filter(is_from_screen=True).exists()


def test_flawed_table_is_refused_with_the_place_of_each_flaw(honghu: str) -> None:
    table = own((["[1"], ['"approve"']), (["-"], ["yes"]))
    with pytest.raises(Invalid) as refusal:
        services.publish("honghu", table, seen=0, reason="短", by=BY)
    assert sorted(refusal.value.fields) == ["reason", "rows.0.when.0", "rows.1.then.0"]


def test_overlap_stops_publication(honghu: str) -> None:
    with pytest.raises(Invalid) as refusal:
        published(own((["> 5"], ['"approve"']), (["> 6"], ['"manual"'])))
    assert "rows.1" in refusal.value.fields


def test_input_that_no_case_knows_stops_publication(honghu: str) -> None:
    table = make((["-"], ['"manual"']), inputs=[column("unheard-of", "number")], outputs=[RESULT])
    with pytest.raises(Invalid) as refusal:
        published(table)
    assert list(refusal.value.fields) == ["inputs.0.name"]


def test_who_began_from_an_older_version_is_told(honghu: str) -> None:
    published(own())
    published(own((["-"], ['"manual"'])), seen=1)
    with pytest.raises(Conflict, match="又发布了新版"):
        published(own((["-"], ['"approve"'])), seen=1)
    with pytest.raises(Conflict, match="完全一样"):
        published(own((["-"], ['"manual"'])), seen=2)


def test_who_claims_a_version_that_is_not_there_yet_is_told(honghu: str) -> None:
    with pytest.raises(Conflict, match="又发布了新版"):
        published(own(), seen=3)


def test_other_organisations_do_not_see_a_table(honghu: str) -> None:
    assert CODE in queries.visible_to("honghu", by=BY)
    assert CODE not in queries.visible_to("honghu", by=admin("market"))
    with pytest.raises(NotFound):
        queries.versions("honghu", CODE, by=admin("market"))
    with pytest.raises(NotFound):
        queries.version("honghu", CODE, 9, by=BY)


# The pack beside the screen


def placed(*tables: Table) -> list[Placed[Table]]:
    return [Placed(table.code, table, "decisions.yaml", n) for n, table in enumerate(tables)]


def apply(*tables: Table) -> tuple[list[str], list[str], list[str]]:
    changes = services.differences("test", placed(*tables))
    services.apply("test", placed(*tables), at=time.now())
    assert services.differences("test", placed(*tables)) == ([], [], [])
    return changes


def on_screen(table: Table, seen: int) -> None:
    TableVersion.objects.create(
        pack="test", code=table.code, version=seen + 1, file="decisions.yaml", body=services.canonical(table),
        digest=services.digest(table), effective_from=NOON, is_from_screen=True, reason="屏幕上改的",
    )  # fmt: skip


def test_pack_leaves_what_the_screen_changed_until_it_says_something_new(db: None) -> None:
    first, screen, second = own(), own((["-"], ['"manual"'])), own((["-"], ['"refuse"']))
    assert apply(first) == (["demo-jobs"], [], [])
    on_screen(screen, seen=1)
    assert apply(first) == ([], [], [])
    assert queries.table("test", "demo-jobs").spec == screen
    assert apply(second) == ([], ["demo-jobs"], [])
    assert queries.table("test", "demo-jobs").spec == second


def test_pack_retires_its_own_tables_and_not_those_made_on_screen(db: None) -> None:
    apply(own(), own(code="demo-two"))
    on_screen(own(code="made-here"), seen=0)
    assert apply(own()) == ([], [], ["demo-two"])
    assert set(queries.tables("test")) == {"demo-jobs", "made-here"}
    assert apply(own(), own(code="demo-two")) == (["demo-two"], [], [])


def test_exported_tables_apply_again_without_a_change(db: None) -> None:
    apply(own(), own(code="demo-two"))
    on_screen(own((["-"], ['"manual"'])), seen=1)
    bodies = [Table.model_validate(body) for _, _, body in services.exported("test")]
    assert services.differences("test", placed(*bodies)) == ([], [], [])


def test_version_of_the_screen_must_say_why(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TableVersion.objects.create(
            pack="t", code="t", version=1, file="f", body="{}", digest="", effective_from=NOON, is_from_screen=True
        )


# Certificates


def test_certificate_keeps_all_and_verifies(honghu: str) -> None:
    said = decided({"employment-status": "own-business", "employed-on": "2020-05-01", "applicant-id": "不留"})
    services.certify(said, by=BY)
    row = queries.certificate(said.subject_id)
    assert row is not None
    assert (row.rows, row.outcome, row.table_version) == ([2], {"result": "approve"}, 1)
    assert row.inputs == {
        "employment-status": "own-business", "employed-on": "2020-05-01", "materials-in-hand": True, "no-broken-promise": True
    }  # fmt: skip
    assert row.reasons[0] == '第 2 行：现在的就业情况是“own-business”，符合 "flexible","own-business"'
    assert queries.verify(row).is_genuine


def test_certificate_verifies_after_the_table_has_moved_on(honghu: str) -> None:
    row = services.certify(decided(), by=BY)
    table = queries.table("honghu", CODE).spec
    published(table.model_copy(update={"rows": table.rows[1:]}), seen=1)
    assert queries.verify(row).is_genuine


def test_digest_does_not_depend_on_the_order_in_which_a_database_keeps_keys(honghu: str) -> None:
    row = services.certify(decided({"employment-status": "own-business", "employed-on": "2020-05-01"}), by=BY)
    row.inputs = dict(reversed(row.inputs.items()))
    assert queries.verify(row).is_genuine


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", {"result": "manual"}), ("rows", [2]), ("inputs", {"employment-status": "private", "employed-on": None}),
        ("table_version", 2), ("table_digest", "0" * 64), ("subject_id", UUID(int=5)), ("at", datetime(2026, 1, 1, tzinfo=UTC)), ("pack", "other"),
    ],
)  # fmt: skip
def test_certificate_that_was_tampered_with_is_found_out(honghu: str, field: str, value: object) -> None:
    row = services.certify(decided(), by=BY)
    setattr(row, field, value)
    assert "凭证的内容和摘要对不上" in queries.verify(row).findings


def test_certificate_with_a_digest_made_to_fit_does_not_compute(honghu: str) -> None:
    row = services.certify(decided(), by=BY)
    row.outcome = {"result": "manual"}
    row.digest = services.certificates.digest(queries.statement_of(row))
    assert queries.verify(row).findings == ("按当时的输入重新算，结果不一样",)


def test_table_version_changed_behind_a_certificate_is_found_out(honghu: str) -> None:
    row = services.certify(decided(), by=BY)
    table = queries.table("honghu", CODE).spec
    turned = table.model_copy(update={"rows": (*table.rows[1:], table.rows[0])})
    TableVersion.objects.filter(code=CODE).update(body=services.canonical(turned))
    assert queries.verify(row).findings == ("决策表第 1 版和当时的不一样", "按当时的输入重新算，结果不一样")
    TableVersion.objects.filter(code=CODE).delete()
    assert queries.verify(row).findings == ("找不到决策表第 1 版",)


def test_certificate_is_never_changed_nor_deleted(honghu: str) -> None:
    row = services.certify(decided(), by=BY)
    for change in (
        row.save, row.delete, Certificate.objects.all().delete, lambda: Certificate.objects.update(digest=""),
    ):  # fmt: skip
        with pytest.raises(TypeError, match="never"):
            change()


def test_case_has_one_certificate(honghu: str) -> None:
    said = decided()
    services.certify(said, by=BY)
    with pytest.raises(Conflict):
        services.certify(said, by=BY)


def test_nothing_is_certified_without_an_answer(honghu: str) -> None:
    with pytest.raises(ValueError, match="没有一行对得上"):
        services.certify(decided({"employment-status": "unheard-of"}), by=BY)
    assert not Certificate.objects.exists()


# Shadow mode


def shadow(says: bool | None, granted: bool | None) -> ShadowRun:
    said = decided()
    run = services.record_shadow(said, says=says)
    if granted is not None:
        services.settle_shadow(said.subject_id, granted)
    run.refresh_from_db()
    return run


def test_shadow_run_compares_table_and_people(honghu: str) -> None:
    assert [shadow(*each).agrees for each in ((True, True), (True, False), (False, False), (None, True), (True, None))] == [
        True, False, True, None, None,
    ]  # fmt: skip
    standing = queries.standing("honghu", CODE)
    assert (standing.compared, standing.agreed, standing.differed, standing.waiting) == (3, 2, 1, 1)
    assert [run.granted for run in queries.differing("honghu", CODE, by=BY)] == [False]


def test_table_is_ready_when_the_latest_comparisons_all_agree(honghu: str) -> None:
    assert not queries.is_ready("honghu", CODE, 1)
    for granted in (True, False, True, True):
        shadow(says=True, granted=granted)
    assert queries.standing("honghu", CODE).streak == 2
    assert queries.is_ready("honghu", CODE, 2)
    assert not queries.is_ready("honghu", CODE, 3)


def test_new_content_of_a_table_begins_anew(honghu: str) -> None:
    shadow(says=True, granted=True)
    table = queries.table("honghu", CODE).spec
    published(table.model_copy(update={"rows": table.rows[:3]}), seen=1)
    assert queries.standing("honghu", CODE).compared == 0


def test_run_is_replaced_until_it_is_settled_and_then_stays(honghu: str) -> None:
    case = uuid4()
    services.record_shadow(decided(case=case), says=True)
    services.record_shadow(decided({"employment-status": "private"}, case=case), says=None)
    assert ShadowRun.objects.get().rows == [4]
    first = services.settle_shadow(case, granted=True)
    services.settle_shadow(case, granted=False)
    services.record_shadow(decided(case=case), says=True)
    assert first is not None
    run = ShadowRun.objects.get()
    assert (run.granted, run.settled_at, run.rows, run.says) == (True, first.settled_at, [4], None)


def test_settling_what_no_table_looked_at_does_nothing(honghu: str) -> None:
    assert services.settle_shadow(uuid4(), granted=True) is None


def test_streak_does_not_depend_on_the_order_of_rows(honghu: str) -> None:
    runs = [(True, bool(n % 5)) for n in range(20)]
    random.Random(5).shuffle(runs)
    for says, granted in runs:
        shadow(says, granted)
    expected = next((n for n, (_, granted) in enumerate(reversed(runs)) if not granted), len(runs))
    assert queries.standing("honghu", CODE).streak == expected
