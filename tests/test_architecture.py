"""The rules of the house, kept by machine: who may import whom, how long things are, how they are called."""

import re
import sys
import textwrap
from pathlib import Path

import pytest

from tests.support import architecture
from tests.support.architecture import ARROWS, ROOT, STOREYS, project_files

FILE_LINES = 300
FUNCTION_LINES = 40
LUA_LINES = 80
ROOMS = sorted(ARROWS.keys() - {"examples"})
# Places of one machine, of a person's home, of a checkout; written in pieces, so that this file passes.
MACHINE_PATHS = re.compile("|".join(("/" + "root/", "/" + "home/[a-z]", "/" + "Users/", r"/" + r"work/[a-z.]+/")))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _room(path: Path) -> str:
    return _parts(path)[0]


def _parts(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT).parts


PYTHON = project_files(".py")
LUA = project_files(".lua")


def test_imports_follow_the_arrows() -> None:
    rooms = [(path, _room(path)) for path in PYTHON if _room(path) in ARROWS]
    assert [
        f"{_name(path)}:{line}: {what}"
        for path, room in rooms
        for line, what in architecture.wrong_arrows(room, path.read_text())
    ] == []


@pytest.mark.parametrize("room", STOREYS)
def test_no_sub_room_leans_on_one_above_it(room: str) -> None:
    found = {_parts(path)[1] for path in PYTHON if _room(path) == room and len(_parts(path)) > 2}
    assert found == set(STOREYS[room])
    assert [
        f"{_name(path)}:{line}: {what}"
        for path in PYTHON
        if _room(path) == room
        for line, what in architecture.leans_upwards(path, path.read_text())
    ] == []


def test_no_file_is_too_long() -> None:
    sizes = {_name(path): len(path.read_text().splitlines()) for path in (*PYTHON, *LUA)}
    limits = {".py": FILE_LINES, ".lua": LUA_LINES}
    assert {name: lines for name, lines in sizes.items() if lines > limits[Path(name).suffix]} == {}


def test_no_function_is_too_long() -> None:
    assert [
        f"{_name(path)}:{line}: {what}"
        for path in PYTHON
        for line, what in architecture.long_functions(path.read_text(), FUNCTION_LINES)
    ] == []


def test_every_script_says_what_it_takes_gives_and_keeps() -> None:
    missing = {_name(path): architecture.missing_lua_header(path.read_text()) for path in LUA}
    assert {name: words for name, words in missing.items() if words} == {}


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    # Run as a script, a file finds its neighbours before the standard library.
    modules = [path for path in PYTHON if _room(path) in ARROWS and path.stem not in ("__init__", "__main__")]
    assert [_name(path) for path in modules if path.stem in sys.stdlib_module_names] == []


def test_no_name_is_empty_of_meaning() -> None:
    names = {_name(path): Path(_name(path)).with_suffix("").parts for path in project_files()}
    assert [name for name, parts in names.items() if architecture.EMPTY_NAMES & set(parts)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_package_is_typed_and_says_what_it_is(room: str) -> None:
    assert (ROOT / room / "py.typed").is_file()
    assert (ROOT / room / "__init__.py").read_text().startswith('"""')


def test_no_place_of_one_machine_is_written_down() -> None:
    found = []
    for path in project_files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{_name(path)}:{n}" for n, line in enumerate(lines, 1) if MACHINE_PATHS.search(line)]
    assert found == []


@pytest.mark.parametrize(
    ("room", "source", "wrong"),
    [
        ("supervisor", "import config.load\nfrom scoreboard import board", 0),
        ("supervisor", "import engine", 1),
        ("config", "from engine.errors import StoreDown", 1),
        ("worker", "from .registry import task\nimport worker.context", 0),
        ("gateway", "def serve():\n    from janitor import duty", 1),
        ("janitor", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import scoreboard", 1),
        ("janitor", "import importlib\nimportlib.import_module('worker.task')", 1),
        ("worker", "from tests.support import servers", 1),
    ],
)
def test_a_wrong_arrow_is_seen_wherever_it_hides(room: str, source: str, wrong: int) -> None:
    assert len(list(architecture.wrong_arrows(room, source))) == wrong


@pytest.mark.parametrize(
    ("file", "source", "wrong"),
    [
        (
            "engine/store/session.py",
            "from engine.payloads.payload import encode\nfrom engine.errors import StoreDown",
            0,
        ),
        ("engine/store/session.py", "def f():\n    from engine.clients.client import Client", 1),
        ("engine/store/session.py", "if TYPE_CHECKING:\n    from engine.clients.client import Client", 0),
        ("engine/store/session.py", "from engine import Client", 1),
        ("engine/store/session.py", "from engine import durations", 0),
        ("engine/cli/target.py", "from engine import Client", 0),
        ("engine/errors.py", "from engine.jobs.job import Job", 1),
        ("engine/__init__.py", "from engine.clients.client import Client", 0),
    ],
)
def test_leaning_upwards_is_seen(file: str, source: str, wrong: int) -> None:
    assert len(list(architecture.leans_upwards(ROOT / file, source))) == wrong


def test_a_docstring_does_not_make_a_function_long() -> None:
    source = textwrap.dedent('''
        @decorated
        def f():
            """One.

            Two.
            """
            x = 1
            return x
    ''')
    assert list(architecture.long_functions(source, 3)) == []
    assert [offence.what for offence in architecture.long_functions(source, 2)] == ["f has 3 lines, 2 are allowed"]


def test_a_word_in_the_middle_of_a_script_is_no_header() -> None:
    source = "#!lua\n-- x.lua: does\n-- KEYS 1\n-- ARGV none, RETURNS nothing\nlocal a\n-- INVARIANT none\n"
    assert architecture.missing_lua_header(source) == ["RETURNS", "INVARIANT"]
