"""The code is tested as code: who imports whom, who writes, who reads the clock and the environment. Source: style guide."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "tongban"
FILES = sorted(path for path in CODE.rglob("*.py") if "migrations" not in path.parts)
OWN = [path for path in FILES if "tests" not in path.parts]
TREES = {path: ast.parse(path.read_text("utf-8")) for path in FILES}
ROLES = (
    "rules", "events", "models", "permissions", "queries", "services", "forms", "handlers", "tasks", "views", "api", "cli",
    "ports", "adapters", "urls", "tests", "apps", "migrations", "__init__",
)  # fmt: skip
PLAIN = ("rules", "core", "config", "gazette")  # what is no app of the usual shape


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def app_of(path: Path) -> str:
    """Return the app of a file; each portal counts as one."""
    parts = path.relative_to(CODE).parts
    return ".".join(parts[:2]) if parts[0] == "portals" else parts[0]


def role_of(path: Path) -> str:
    """Return which file or package of its app a file belongs to."""
    parts = path.relative_to(CODE).with_suffix("").parts
    return parts[app_of(path).count(".") + 1] if len(parts) > app_of(path).count(".") + 1 else parts[-1]


def found(paths: list[Path], look: Callable[[ast.AST], bool]) -> list[str]:
    return [f"{name(path)}:{node.lineno}" for path in paths for node in ast.walk(TREES[path]) if look(node)]


def test_the_tests_of_the_code_see_code() -> None:
    assert len(OWN) > 100
    assert {app_of(path) for path in OWN} >= {"cases", "themes", "identity", "packs", "rules"}


def test_files_have_the_names_of_the_style_guide() -> None:
    odd = [name(path) for path in OWN if app_of(path) not in PLAIN and role_of(path) not in (*ROLES, "templatetags")]
    assert odd == []


def test_test_files_are_named_after_tests_or_are_factories() -> None:
    odd = [name(path) for path in FILES if "tests" in path.parts
           and not path.name.startswith("test_") and path.name not in ("__init__.py", "factories.py", "conftest.py")]  # fmt: skip
    assert odd == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "constants", "managers", "signals"])
def test_no_file_is_named_for_what_it_has_no_name_for(word: str) -> None:
    assert [name(path) for path in FILES if path.stem == word] == []


def test_packages_re_export_nothing() -> None:
    assert [name(path) for path in FILES if path.name == "__init__.py" and path.read_text("utf-8").strip()] == []


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {name(path): len(path.read_text("utf-8").splitlines()) for path in OWN}
    assert {path: lines for path, lines in long.items() if lines > 400} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [name(path) for path in OWN if path.name != "__init__.py" and not ast.get_docstring(TREES[path])] == []


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Give the public functions and methods of a file, those of a Protocol and properties left out."""
    for node in TREES[path].body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not any("Protocol" in ast.unparse(base) for base in node.bases):
            methods = [f for f in node.body if isinstance(f, ast.FunctionDef) and not f.name.startswith("_")]
            yield from (f for f in methods if "property" not in map(ast.unparse, f.decorator_list))


def test_public_functions_of_rules_services_and_queries_have_a_docstring() -> None:
    wanted = [path for path in OWN if role_of(path) in ("rules", "services", "queries") or app_of(path) == "rules"]
    bare = [
        f"{name(path)}:{f.lineno} {f.name}"
        for path in wanted
        for f in public_functions(path)
        if not ast.get_docstring(f)
    ]
    assert bare == []


# Who imports whom

OPEN_TO_OTHERS = ("services", "queries", "events", "rules")


def imports(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the line and the dotted parts of each import of our own code."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tongban."):
            for alias in node.names:
                yield node.lineno, [*(node.module or "").split("."), alias.name]
        if isinstance(node, ast.Import):
            yield from (
                (node.lineno, alias.name.split(".")) for alias in node.names if alias.name.startswith("tongban.")
            )


def test_from_another_app_only_services_queries_events_and_rules_are_imported() -> None:
    wrong = [
        f"{name(path)}:{line} {'.'.join(parts)}"
        for path in OWN if app_of(path) not in ("config", "rules", "gazette")
        for line, parts in imports(path)
        if parts[1] not in (app_of(path).split(".")[0], "core", "rules", "gazette")
        and parts[2] not in OPEN_TO_OTHERS
        and not (role_of(path) == parts[2] == "api")  # an API answers with the documents of lower ones
    ]  # fmt: skip
    assert wrong == []


def test_no_import_hides_inside_a_function() -> None:
    allowed = {"tongban/config/cli.py"} | {name(path) for path in OWN if path.name == "apps.py"}
    inside = [
        f"{name(path)}:{node.lineno}"
        for path in OWN if name(path) not in allowed
        for function in ast.walk(TREES[path]) if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)
    ]  # fmt: skip
    assert inside == []


def test_rules_know_no_django_no_clock_and_no_files() -> None:
    forbidden = {"django", "os", "time", "pathlib", "random", "secrets", "socket", "subprocess", "requests", "psycopg"}
    paths = [path for path in OWN if role_of(path) == "rules" or app_of(path) == "rules"]
    assert len(paths) > 20

    def is_forbidden(node: ast.AST) -> bool:
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        return any(module.split(".")[0] in forbidden or module.startswith("tongban.core") for module in modules)

    assert found(paths, is_forbidden) == []


# Who may do what

WRITES = {
    "save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete", "raw", "extra", "execute",
}  # fmt: skip
EDGES = ("views", "api", "cli", "forms", "urls")
# session: Django's own row of a visitor. Message: `call.delete` of a test client would be no edge.
NO_ROW = ("session", "request", "response", "cookies", "self", "messages", "form")


def writes(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
        return False
    owner = ast.unparse(node.func.value).split(".")
    return owner[-1] not in NO_ROW and owner[0] not in ("services",)


def test_edges_do_not_write() -> None:
    assert found([path for path in OWN if role_of(path) in EDGES], writes) == []


def test_edges_do_not_query() -> None:
    # The command line of `identity` and `orgs` seats the first administrator where nobody can sign in yet.
    allowed = {"tongban/identity/cli.py", "tongban/orgs/cli.py"}
    paths = [path for path in OWN if role_of(path) in EDGES and name(path) not in allowed]
    assert (
        found(paths, lambda node: isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager"))
        == []
    )


def test_only_core_time_reads_the_clock() -> None:
    def reads(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "time.time",
        )  # fmt: skip

    assert found([path for path in OWN if name(path) != "tongban/core/time.py"], reads) == []


def test_only_env_reads_the_environment() -> None:
    """`config/cli.py`, `config/wsgi.py` and `config/demo.py` say which settings to use; they read nothing else."""
    starts = {"tongban/config/env.py", "tongban/config/cli.py", "tongban/config/wsgi.py", "tongban/config/running.py",
              "tongban/config/demo.py", "tongban/config/settings/test.py"}  # fmt: skip

    def reads(node: ast.AST) -> bool:
        return (
            ast.unparse(node) in ("os.environ", "os.getenv", "os.environb")
            if isinstance(node, ast.Attribute)
            else False
        )

    assert found([path for path in OWN if name(path) not in starts], reads) == []


def test_working_days_are_asked_of_the_calendar() -> None:
    allowed = {"tongban/calendars/rules.py"}

    def counts(node: ast.AST) -> bool:
        if not (isinstance(node, ast.Compare) and isinstance(node.left, ast.Call)):
            return False
        return ast.unparse(node.left.func).endswith("weekday")

    assert found([path for path in OWN if name(path) not in allowed], counts) == []


def test_no_exception_is_swallowed_but_at_the_worker_and_in_the_parser() -> None:
    allowed = {
        "tongban/outbox/services.py",
        "tongban/jobs/services.py",
        "tongban/attachments/adapters/parser.py",
        "tongban/core/health.py",
    }

    def catches_all(node: ast.AST) -> bool:
        return isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) == "Exception")

    assert found([path for path in OWN if name(path) not in allowed], catches_all) == []


def test_no_query_is_made_of_text_or_of_a_request() -> None:
    def is_built(node: ast.AST) -> bool:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return False
        if node.func.attr == "execute":
            return bool(node.args) and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
        return node.func.attr in ("filter", "exclude", "order_by") and "request." in ast.unparse(node)

    assert found(OWN, is_built) == []


def test_no_service_takes_a_request() -> None:
    def takes(node: ast.AST) -> bool:
        return isinstance(node, ast.FunctionDef) and any(
            arg.arg == "request" for arg in (*node.args.args, *node.args.kwonlyargs)
        )

    assert found([path for path in OWN if role_of(path) in ("services", "queries", "rules", "models")], takes) == []


def test_services_that_write_are_atomic() -> None:
    """A public service with several writes of its own stands under `transaction.atomic`, or says whose it uses."""
    loose = []
    for path in (path for path in OWN if role_of(path) == "services"):
        for f in (
            node for node in TREES[path].body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ):
            several = sum(writes(node) for node in ast.walk(f)) > 1
            said = "transaction" in (ast.get_docstring(f) or "") or "atomic" in ast.unparse(f)
            if several and not said and "caller" not in (ast.get_docstring(f) or ""):
                loose.append(f"{name(path)}:{f.lineno} {f.name}")
    assert loose == []
