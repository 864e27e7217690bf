"""The Lua scripts as files: what a script's first lines promise."""

import re

import pytest

from engine.jobs import states
from engine.store import scripts

HEADER = re.compile(r"^-- (KEYS|ARGV|RETURNS|INVARIANT)\s", re.MULTILINE)


@pytest.mark.parametrize("name", scripts.names())
def test_a_script_has_its_header_and_its_parts_are_found(name):
    script = scripts.script(name)
    assert script.text.startswith("#!lua")
    assert set(HEADER.findall(script.text)) == {"KEYS", "ARGV", "RETURNS", "INVARIANT"}


NEW_WORK = ("count", "enqueue", "fire", "flow", "put", "run", "sample", "say", "spawn", "submit", "submit_many")


@pytest.mark.parametrize("name", [name for name in scripts.names() if name not in NEW_WORK])
def test_whatever_finishes_or_gives_back_runs_when_the_store_is_full(name):
    assert scripts.script(name).text.startswith("#!lua flags=allow-oom\n")


@pytest.mark.parametrize("name", NEW_WORK)
def test_new_work_is_what_a_full_store_refuses(name):
    assert scripts.script(name).text.startswith("#!lua\n")


def test_a_part_that_does_not_exist_is_an_error():
    with pytest.raises(FileNotFoundError):
        scripts.assemble("#!lua\n-- INCLUDES  nothing_of_that_name\n")


def test_every_move_between_states_has_its_script():
    assert {name for moves in states.TRANSITIONS.values() for name in moves} <= set(scripts.names())


@pytest.mark.parametrize("name", scripts.names())
def test_no_two_parts_of_a_script_give_a_function_the_same_name(name):
    found = re.findall(r"^local function (\w+)", scripts.script(name).text, re.MULTILINE)
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("name", scripts.names())
def test_a_script_stays_well_under_luas_limit_of_200_local_names(name):
    found = re.findall(r"^local (?:function \w+|[\w, ]+)", scripts.script(name).text, re.MULTILINE)
    assert sum(len(words.split(",")) for words in found) < 170
