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


def imported_modules(source: str) -> Iterator[tuple[int, str]]:
    """Line and absolute name of everything imported anywhere in a file, by statement or by a literal name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case ast.Call(func=function, args=[ast.Constant(value=str(module)), *_]) if _imports(function):
                yield node.lineno, module


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
