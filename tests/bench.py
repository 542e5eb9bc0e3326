"""`make bench`: what the hot paths cost, on both databases, each write beside the same rows by the bare driver.

Prints a table and writes var/bench.json: [{name, database, cpu_ms, per_s, bare_per_s}]. CPU is of this process; per_s is
wall-clock with one client. The bare driver writes exactly the rows that our run wrote, in one transaction an operation,
into a copy of the database taken before. Ratios of one run count: the machine is noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time as stopwatch
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
Write = tuple[str, list[Any]]


@dataclass(frozen=True)
class Figure:
    """One figure: CPU of an operation in ms, operations a second, the same rows by the bare driver."""

    name: str
    database: str
    cpu_ms: float
    per_s: float
    bare_per_s: float | None


def main() -> int:
    """Measure on SQLite, then on PostgreSQL, each in a process of its own (one database a process)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--vendor", choices=["sqlite", "postgresql"], help="measure on one database only")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--open-cases", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--clocks", type=int, default=100_000)
    parser.add_argument("--simulate", type=int, default=26_000, help="cases to simulate on SQLite; 0 leaves it out")
    args = parser.parse_args()
    if args.only:
        print(json.dumps([asdict(figure) for figure in measure(args)]))
        return 0
    vendors = [args.vendor] if args.vendor else ["sqlite", "postgresql"]
    figures = [row for vendor in vendors for row in _run(vendor, args)]
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var" / "bench.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    print(f"{'':<48}{'database':<12}{'cpu ms':>9}{'per s':>10}{'bare per s':>12}{'share':>8}")
    for row in figures:
        bare = row["bare_per_s"]
        share = f"{row['per_s'] / bare:.0%}" if bare else ""
        print(
            f"{row['name']:<48}{row['database']:<12}{row['cpu_ms']:>9.2f}{row['per_s']:>10.1f}{bare or '':>12}{share:>8}"
        )
    return 0


def _run(vendor: str, args: argparse.Namespace) -> list[dict[str, Any]]:
    import subprocess

    words = ["--only", vendor, "--rounds", args.rounds, "--open-cases", args.open_cases, "--items", args.items,
             "--clocks", args.clocks, "--simulate", args.simulate]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder, _database(vendor, folder) as url:
        environment = {**os.environ, "DATABASE_URL": url, "TONGBAN_VAR": folder, "TONGBAN_PROFILE": "test",
                       "DJANGO_SETTINGS_MODULE": "tongban.config.settings.base"}  # fmt: skip
        command = [sys.executable, __file__, *map(str, words)]
        answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return list(json.loads(answer.stdout.splitlines()[-1]))


@contextmanager
def _database(vendor: str, folder: str) -> Iterator[str]:
    if vendor == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    sys.path.insert(0, str(ROOT))
    from tests.run import postgresql

    with postgresql(durable=True) as url:
        yield url


def _oversight() -> list[tuple[str, float]]:
    sys.path.insert(0, str(ROOT))
    from tests import bench_oversight

    return bench_oversight.measure()


def measure(args: argparse.Namespace) -> list[Figure]:
    """Measure all operations on the database of this process."""
    import django

    django.setup()
    from django.conf import settings

    from tongban.config import demonstration, running

    running.set_up(Path(settings.PACK_DIR))
    demonstration.load_accounts()
    bench = Bench(args)
    figures = [bench.submit_item(), bench.submit_hotel(), bench.staff_step()]
    figures.append(bench.instant())
    if args.simulate and bench.vendor == "sqlite":
        figures += bench.simulate(args.simulate)
    figures += bench.timers(args.clocks)
    figures += [bench.worklist(args.open_cases), bench.search(args.items)]
    if bench.vendor == "sqlite":  # The typesetter knows no database.
        figures += bench.render()
    return figures


class Bench:
    """The operations, prepared so that only the operation itself is measured."""

    def __init__(self, args: argparse.Namespace) -> None:
        import random

        from django.db import connection

        from tongban.identity.models import Account
        from tongban.orgs import queries as orgs

        self.rng, self.rounds, self.vendor = random.Random(1), args.rounds, connection.vendor
        self.by = orgs.actor_of(Account.objects.select_related("person").get(username="citizen07"), channel="web")
        self.orgs, self.accounts = orgs, Account

    def _submission(self, theme: str, item: str, typed: dict[str, str] | None = None) -> Callable[[], Any]:
        from django.conf import settings

        from tongban.simulation.services import applying
        from tongban.themes.queries import composing
        from tongban.themes.rules import guidance
        from tongban.themes.rules.materials import Given
        from tongban.themes.services import submission

        answers: dict[str, str] = {}
        if theme:
            spec = composing.theme(settings.PLACE, theme)
            while (question := guidance.next_question(spec, answers)) is not None:
                answers[question.code] = question.choices[0].value
        plan = (
            composing.compose_theme(settings.PLACE, theme, answers)
            if theme
            else composing.compose_item(settings.PLACE, item)
        )
        values = {
            f.element: applying.value_for(f, 1, "bench", town="示例市", region="421083000000")
            for f in plan.fields
            if f.answered is None and not f.prefill.startswith("person.")
        }
        values |= typed or {}
        given = {m.type: Given("counter") for m in plan.materials if not m.is_free}
        return lambda: submission.submit_whole(settings.PLACE, theme=theme, item=item, answers=answers, values=values, given=given,
                                               key=uuid.uuid4().hex, party_id=None, by=self.by)  # fmt: skip

    def submit_item(self) -> Figure:
        """Submit a single item."""
        return self._written("submit a single item", self._submission("", "business-licence"))

    def submit_hotel(self) -> Figure:
        """Submit the hotel theme, seven members."""
        return self._written("submit the hotel theme (7 members)", self._submission("honghu-12", ""))

    def staff_step(self) -> Figure:
        """Accept a case: one staff step with its paper, tasks, event, audit, message and notice."""
        from tongban.cases.models import Case
        from tongban.cases.services import acceptance

        by = self.orgs.actor_of(self.accounts.objects.get(username="market-head"), channel="web")
        ids = iter(
            list(Case.objects.filter(desk="market", state="pre_review").values_list("pk", flat=True)[: self.rounds + 3])
        )
        return self._written("one staff step (accept)", lambda: acceptance.accept(next(ids), by=by))

    def instant(self) -> Figure:
        """Submit what a table that agreed with the clerks grants at once: submission, certificate, papers, licence."""
        from django.conf import settings

        from tongban.cases.models import Case
        from tongban.core import time
        from tongban.decisions.models import Certificate
        from tongban.simulation.services import agreeing
        from tongban.simulation.services.people import Cast

        place = self.orgs.place(settings.PLACE)
        agreeing.agree(settings.PLACE, before_on=time.today(), cast=Cast(1, place.region), town=place.name)
        decided = Certificate.objects.values_list("subject_id", flat=True).first()
        item, values = Case.objects.values_list("item_code", "joint_case__values").get(pk=decided)
        typed = {
            element: value for element, value in values.items() if not element.startswith(("applicant-", "contact-"))
        }
        figure = self._written("秒批: submit to licence", self._submission("", item, typed))
        assert Certificate.objects.count() > self.rounds
        return figure

    def _written(self, name: str, operation: Callable[[], Any]) -> Figure:
        operation()
        copy = _copy()
        writes: list[list[Write]] = []
        with _recorded(writes):
            cpu, wall = _timed(lambda: (writes.append([]), operation()), self.rounds)
        return Figure(name, self.vendor, cpu, 1 / wall, round(1 / _bare(copy, writes), 1))

    def render(self) -> list[Figure]:
        """Render a document of one page, by the template of this release and by one that an administrator wrote."""
        from tongban.core import time
        from tongban.documents import queries
        from tongban.documents.models import Paper
        from tongban.documents.rules import TITLES, Kind, sample

        row = Paper(kind="refusal", title=TITLES[Kind.REFUSAL], number="公安不准〔2026〕1 号",
                    body=asdict(sample(Kind.REFUSAL)), issued_at=time.now())  # fmt: skip

        def fresh() -> Paper:  # The typesetter remembers what it drew: every round has a paper of its own.
            row.check_code = uuid.uuid4().hex[:20]
            row.body["paragraphs"] = [f"你申请的事项（{row.check_code}），经审查，决定不予准许。"]
            return row

        text = queries.template_text("", queries.BUILT_IN_NUMBER)
        figures = []
        for name, draw in (
            ("render a document", lambda: queries.pdf(fresh(), site="http://127.0.0.1:8000")),
            (
                "render a document, own template",
                lambda: queries.preview(Kind.REFUSAL, sample(Kind.REFUSAL), org="police", text=text),
            ),
        ):
            draw()
            cpu, wall = _timed(draw, min(self.rounds, 50))
            figures.append(Figure(name, self.vendor, cpu, 1 / wall, None))
        return figures

    def worklist(self, count: int) -> Figure:
        """Show a page of 50 of the worklist among many open cases."""
        from tongban.cases.queries import desk

        _multiply_cases(count)
        by = self.orgs.actor_of(self.accounts.objects.get(username="market-head"), channel="web")
        assert len(desk.worklist(by=by).rows) == 50
        cpu, wall = _timed(lambda: desk.worklist(by=by), self.rounds)
        return Figure(f"worklist page of 50 among {count:,} open cases", self.vendor, cpu, 1 / wall, None)

    def timers(self, count: int) -> list[Figure]:
        """Sweep many clocks: look when none is due, and fire what is due among them."""
        from datetime import timedelta

        from tongban.core import time
        from tongban.jobs import services as jobs

        jobs.timer("bench")(lambda subject, occurrence, at: None)
        at = time.now()
        jobs.schedule(("bench", uuid.uuid4(), "", at + timedelta(days=1 + n % 300)) for n in range(count))
        _analyse()
        cpu, wall = _timed(jobs.fire_due, self.rounds)
        looked = Figure(f"look over {count:,} clocks, none due", self.vendor, cpu, 1 / wall, None)
        due = 2000
        jobs.schedule(("bench", uuid.uuid4(), "", at - timedelta(minutes=1)) for _ in range(due))
        cpu, wall = _timed(lambda: jobs.fire_due(due), 1)
        return [looked, Figure(f"fire one due clock of {count:,}", self.vendor, cpu / due, due / wall, None)]

    def simulate(self, count: int) -> list[Figure]:
        """Let the place live through a working year with so many cases; then open pages on what came of it."""
        from datetime import date

        from django.conf import settings

        from tongban.simulation.services import running
        from tongban.simulation.services.running import Run

        before = running.counted()[1]
        began, cpu = stopwatch.perf_counter(), stopwatch.process_time()
        tenth = before

        def tell(progress: running.Progress) -> None:
            nonlocal tenth
            made = running.counted()[1]
            if made - tenth >= count // 10:
                tenth = made
                seconds = stopwatch.perf_counter() - began
                print(f"{progress.on}: {made - before:,} cases after {seconds:.0f} s", file=sys.stderr, flush=True)

        running.run(Run(settings.PLACE, date(2025, 1, 2), 365, max(1, count // 248), seed=2025), tell=tell)
        made = running.counted()[1] - before
        seconds, cpu = stopwatch.perf_counter() - began, stopwatch.process_time() - cpu
        print(f"simulated {made:,} cases in {seconds:.0f} s ({made / cpu:.1f} a CPU second)", file=sys.stderr)
        figures = [Figure(f"simulate a case (of {made:,})", self.vendor, cpu / made * 1000, made / seconds, None)]
        figures += [self._page(name, path) for name, path in self._pages()]
        return figures + [
            Figure(f"oversight: {name}", self.vendor, seconds * 1000, 1 / seconds, None)
            for name, seconds in _oversight()
        ]

    def _pages(self) -> list[tuple[str, str]]:
        from tongban.cases.models import Case, Task

        task = Task.objects.filter(done_at=None, organisation="market", role="reviewer").first()
        case = (
            task.case_id
            if task
            else Case.objects.filter(desk="market").order_by("-event_count").values_list("pk", flat=True)[0]
        )
        return [("worklist page", "/work/"), ("case page", f"/work/cases/{case}")]

    def _page(self, name: str, path: str) -> Figure:
        """Open a page 60 times; the name carries the 95th percentile of the wall-clock."""
        from django.test import Client

        client = Client()
        client.force_login(self.accounts.objects.get(username="market-head"))
        taken = []
        cpu = stopwatch.process_time()
        for _ in range(60):
            began = stopwatch.perf_counter()
            assert client.get(path).status_code == 200
            taken.append(stopwatch.perf_counter() - began)
        cpu = (stopwatch.process_time() - cpu) / 60 * 1000
        return Figure(
            f"{name} after it, p95 {sorted(taken)[56] * 1000:.0f} ms", self.vendor, cpu, 60 / sum(taken), None
        )

    def search(self, count: int) -> Figure:
        """Search over many generated items."""
        from tongban.search import queries, services

        verbs = ["新办", "变更", "延续", "注销", "补发", "备案", "登记", "核准"]
        places = [
            "旅馆",
            "理发店",
            "诊所",
            "书店",
            "浴室",
            "药店",
            "幼儿园",
            "加油站",
            "网吧",
            "超市",
            "茶馆",
            "快递点",
        ]
        things = ["卫生许可", "消防检查", "经营许可", "广告设置", "污水排放", "用地审批", "食品经营", "特种行业"]
        rows = [
            services.Findable(
                f"g{n}",
                f"{places[n % 12]}{things[n // 12 % 8]}{verbs[n // 96 % 8]}第{n}类",
                "",
                (places[(n + 5) % 12],),
            )
            for n in range(count)
        ]
        services.replace("generated", "bench", rows)
        _analyse()
        words = iter(["我要开旅馆", "理发店卫生许可", "诊所变更", "超市食品经营", "加油站消防检查"] * self.rounds)
        assert queries.find("我要开旅馆", pack="bench")
        cpu, wall = _timed(lambda: queries.find(next(words), pack="bench"), self.rounds)
        return Figure(f"search over {count:,} items", self.vendor, cpu, 1 / wall, None)


def _timed(operation: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Return CPU milliseconds and wall seconds of one operation, the mean over the rounds."""
    cpu, wall = stopwatch.process_time(), stopwatch.perf_counter()
    for _ in range(rounds):
        operation()
    return (stopwatch.process_time() - cpu) / rounds * 1000, (stopwatch.perf_counter() - wall) / rounds


@contextmanager
def _recorded(writes: list[list[Write]]) -> Iterator[None]:
    """Keep every INSERT and UPDATE with its parameters."""
    from django.db import connection

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(("INSERT", "UPDATE")):
            rows = params if many else [params]
            writes[-1] += [(sql, [_plain(value) for value in row]) for row in rows]
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield


def _plain(value: Any) -> Any:
    return value


def _copy() -> str:
    """Copy the database as it is now; return the copy's address."""
    from django.db import connection, connections

    connections.close_all()
    if connection.vendor == "sqlite":
        source = str(connection.settings_dict["NAME"])
        target = f"{source}.{uuid.uuid4().hex[:6]}"
        # Closed before the file is copied: a file handle that goes away takes the locks of this process with it.
        with closing(sqlite3.connect(source)) as live:
            live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(source, target)
        return target
    import psycopg

    url = os.environ["DATABASE_URL"]
    parts = urllib.parse.urlsplit(url)
    name = f"bare_{uuid.uuid4().hex[:6]}"
    with psycopg.connect(urllib.parse.urlunsplit(parts._replace(path="/postgres")), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{parts.path.lstrip("/")}"')  # type: ignore[arg-type]
    return urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))


def _bare(copy: str, writes: list[list[Write]]) -> float:
    """Return the seconds of one operation when the driver alone writes the same rows, one transaction an operation."""
    if copy.startswith("postgres"):
        import psycopg

        with psycopg.connect(copy, autocommit=True) as connection:
            cursor = connection.cursor()
            began = stopwatch.perf_counter()
            for operation in writes:
                with connection.transaction():
                    for sql, params in operation:
                        cursor.execute(sql, params, prepare=True)  # type: ignore[arg-type]
            return (stopwatch.perf_counter() - began) / len(writes)
    lite = sqlite3.connect(copy, isolation_level=None)
    lite.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;")
    ready = [[(sql.replace("%s", "?"), params) for sql, params in operation] for operation in writes]
    began = stopwatch.perf_counter()
    for operation in ready:
        lite.execute("BEGIN IMMEDIATE")
        for sql, params in operation:
            lite.execute(sql, params)
        lite.execute("COMMIT")
    return (stopwatch.perf_counter() - began) / len(ready)


def _multiply_cases(count: int) -> None:
    """Multiply one open case of the market desk with its task; only lists are measured on them."""
    from datetime import timedelta

    from tongban.cases.models import Case, Task
    from tongban.core import db, time

    task = Task.objects.select_related("case").filter(done_at=None, organisation="market", kind="intake").first()
    assert task is not None
    today = time.today()
    for start in range(0, count, 10_000):
        cases, tasks = [], []
        for n in range(start, min(start + 10_000, count)):
            case = Case(**{f.attname: getattr(task.case, f.attname) for f in Case._meta.concrete_fields})
            case.pk, case.number, case.item_code = db.new_id(), f"bench-{n}", f"bench-{n}"
            row = Task(**{f.attname: getattr(task, f.attname) for f in Task._meta.concrete_fields})
            row.pk, row.case_id, row.due_on = db.new_id(), case.pk, today + timedelta(days=n % 30)
            cases.append(case)
            tasks.append(row)
        db.insert_many(Case, cases)
        db.insert_many(Task, tasks)
    _analyse()


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
