"""The house rules as functions over source text: each gives the offences it finds, with their line."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

# room -> the rooms it may import. The three leaves import none of ours; programs never import one another.
ARROWS = {
    "config": set[str](),
    "engine": set[str](),
    "scoreboard": set[str](),
    "supervisor": {"config", "scoreboard"},
    "worker": {"config", "engine", "scoreboard"},
    "janitor": {"config", "engine"},
    "gateway": {"config", "engine", "scoreboard"},
    "examples": {"config", "engine", "worker"},  # what a user's code would import
}
# Sub-rooms from the ground up: each leans on those before it alone. What stands in the room itself (errors, durations)
# imports none of them; its __init__ and __main__ stand above all.
STOREYS = {
    "engine": (
        "payloads", "jobs", "store", "asking", "queues", "tracing", "entrance", "flows", "dead", "search", "schedules",
        "charts", "doctor", "clients", "cli",
    ),
    "worker": (
        "tasks", "telling", "run", "processes", "webhooks", "tracing", "page", "loop", "keeper", "zygote", "testing",
    ),
}  # fmt: skip
LUA_HEADER = ("KEYS", "ARGV", "RETURNS", "INVARIANT")
EMPTY_NAMES = {"util", "utils", "common", "helper", "helpers", "core", "misc"}


class Offence(NamedTuple):
    """A broken rule: where and what."""

    line: int
    what: str


def project_files(*endings: str) -> list[Path]:
    """Every file that is, or could be, committed and has one of these endings (all of them: none given)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = sorted({ROOT / name for name in listed.split("\0") if name})
    return [path for path in paths if path.is_file() and (not endings or path.suffix in endings)]


def wrong_arrows(room: str, source: str) -> Iterator[Offence]:
    """Imports of another room that the table does not allow; those for type checkers only count too."""
    for line, module in imported_modules(source):
        top = module.split(".")[0]
        if top == "tests" or (top in ARROWS and top != room and top not in ARROWS[room]):
            yield Offence(line, f"{room} must not import {module}")


def leans_upwards(path: Path, source: str) -> Iterator[Offence]:
    """Imports of a sub-room that stands above the file's own; those for type checkers alone do not count."""
    room, *rest = path.relative_to(ROOT).with_suffix("").parts
    if rest[0].startswith("__"):
        return
    storeys = STOREYS[room]
    own = storeys.index(rest[0]) if len(rest) > 1 else -1
    for line, module in imported_modules(source, at_run_time=True):
        top, *below = module.split(".")
        if top != room or (own == len(storeys) - 1 and not below):
            continue
        if not below:
            yield Offence(line, f"{room}'s __init__ imports this in its turn: name the sub-room")
        elif below[0] in storeys and storeys.index(below[0]) > own:
            yield Offence(line, f"{'/'.join((room, *rest[:-1]))} stands below {module}")


def imported_modules(source: str, *, at_run_time: bool = False) -> Iterator[tuple[int, str]]:
    """Line and absolute name of everything imported anywhere in a file, by statement or by a literal name.

    at_run_time: without what is imported for type checkers alone.
    """
    tree = ast.parse(source)
    idle = (
        {inner for node in ast.walk(tree) if _for_checkers(node) for inner in ast.walk(node)} if at_run_time else set()
    )
    for node in ast.walk(tree):
        if node in idle:
            continue
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                folder = ROOT / module.replace(".", "/")
                yield from {
                    (node.lineno, f"{module}.{name}" if (folder / f"{name}.py").is_file() else module)
                    for name in (alias.name for alias in names)
                }
            case ast.Call(func=function, args=[ast.Constant(value=str(module)), *_]) if _imports(function):
                yield node.lineno, module


def _for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _imports(function: ast.expr) -> bool:
    match function:
        case ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"):
            return True
    return False


def long_functions(source: str, limit: int) -> Iterator[Offence]:
    """Functions of more lines than ``limit``, not counting their docstring and decorators."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
            if lines > limit:
                yield Offence(node.lineno, f"{node.name} has {lines} lines, {limit} are allowed")


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1


def missing_lua_header(source: str) -> list[str]:
    """Which words of the header (the comment a script begins with) are missing."""
    header: list[str] = []
    for line in source.splitlines():
        if line.startswith("#!"):
            continue
        if not line.startswith("--"):
            break
        header.append(line)
    said = {word for line in header for word in line.removeprefix("--").split()[:1]}
    return [word for word in LUA_HEADER if word not in said]
