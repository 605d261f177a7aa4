"""The arrow of dependencies and the purity of the inner rooms, held by reading the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEAVES = {
    "errors",
    "env_values",
    "settings",
    "metrics",
    "clock",
    "logs",
    "heartbeat",
    "outages",
    "isolation",
    "supervision",
    "tasks",
    "__init__",
}

# Each room and the rooms that it may import; leaves are open to all but the pure rooms, errors to those too.
ALLOWED = {
    "language": set(),
    "core": {"language"},
    "i18n": {"core"},
    "ports": {"core"},
    "services": {"core", "language", "ports"},
    "feeds": {"core", "language", "ports"},
    "storage": {"core", "ports"},
    "telegram": {"core", "ports"},
    "web": {"core", "ports"},
    "charts": {"core", "ports"},
    "sandbox": {"core"},
    "handlers": {"core", "ports", "services"},
    "program": {"core", "feeds", "ports", "services", "storage", "i18n"},
    "receiving": {"program", "core", "ports", "services", "feeds", "telegram", "charts", "handlers"},
    "cli": {"core", "language", "ports", "services", "feeds", "storage", "i18n", "app"},
    "app": {
        "program",
        "receiving",
        "core",
        "language",
        "ports",
        "services",
        "feeds",
        "storage",
        "telegram",
        "web",
        "charts",
        "i18n",
        "handlers",
    },
    "demo": {"app", "ports", "program", "sandbox"},
    "command_line": {"cli", "app", "program", "demo"},
    "__main__": {"command_line"},
}
PURE = ("language", "core")
IMPURE_MODULES = {"asyncio", "httpx", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "telegram", "time"}
IMPURE_CALLS = {"now", "utcnow", "today", "monotonic", "time_ns", "perf_counter", "getenv"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py")]):
        yield str(path.relative_to(ROOT)), path


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "handlers" if parts[0] == "handlers" else parts[1]


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def target(name: str) -> str | None:
    """Return the room of the house that an import names, None for another's module."""
    parts = name.split(".")
    if parts[0] == "handlers":
        return "handlers"
    return ".".join(parts[1:]) if parts[0] == "bot" and len(parts) > 1 else None


def allows(room: str, wanted: str) -> bool:
    first = wanted.split(".", maxsplit=1)[0]
    if first in (room, "errors"):
        return True
    if any(wanted == name or wanted.startswith(f"{name}.") or name.startswith(f"{wanted}.") for name in ALLOWED[room]):
        return True
    return first in LEAVES | {"__version__"} and room not in PURE


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_follow_the_arrow(name, path):
    """No module imports a room that lies above its own, and a new room must be given its place."""
    room = room_of(path)
    if room in LEAVES:
        found = {wanted for wanted in map(target, imports(ast.parse(path.read_text()))) if wanted}
        assert all(wanted.split(".")[0] in LEAVES for wanted in found), f"{name} is a leaf but imports {found}"
        return
    wrong = {
        wanted for wanted in map(target, imports(ast.parse(path.read_text()))) if wanted and not allows(room, wanted)
    }

    assert not wrong


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, path in modules() if room_of(path) in PURE],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_inner_rooms_are_pure(name, path):  # noqa: ARG001 - the name is the test's id
    """Nothing in core or language awaits, tells the time, reads the environment, or talks to the world."""
    tree = ast.parse(path.read_text())
    impure_imports = {wanted for wanted in imports(tree) if wanted.split(".")[0] in IMPURE_MODULES}
    calls = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_CALLS
    }
    waits = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]

    assert not impure_imports
    assert not calls
    assert not waits


def test_only_settings_read_the_environment():
    """The environment is read in one place."""
    readers = {name for name, path in modules() if "os.environ" in path.read_text() or "getenv" in path.read_text()}

    assert readers == {"bot/settings.py"}


def test_handlers_hold_no_sql_and_catch_nothing_bare():
    """A handler parses, calls, renders, replies; only the dispatcher decides about failures."""
    for name, path in modules():
        if not name.startswith("handlers/"):
            continue
        text = path.read_text()
        assert "SELECT " not in text, name
        assert name == "handlers/dispatch.py" or "except Exception" not in text, name


def test_modules_stay_small():
    """A module that a newcomer reads in one sitting: at most 300 lines."""
    long = {name: lines for name, path in modules() if (lines := len(path.read_text().splitlines())) > 300}

    assert not long


def test_every_test_says_what_it_guarantees():
    """A test's docstring is the promise that it holds."""
    silent = [
        f"{path.name}:{node.name}"
        for path in ROOT.glob("tests/**/test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if not ast.get_docstring(node)
    ]

    assert not silent


def test_tests_use_no_mock_library():
    """Fakes stand at the ports, written by hand."""
    word = "unittest" + ".mock"
    users = [str(path.relative_to(ROOT)) for path in ROOT.glob("tests/**/*.py") if word in path.read_text()]

    assert not users
