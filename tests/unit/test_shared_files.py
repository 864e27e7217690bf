"""What two rooms need that may not import one another; what one knows of the other."""

import re

from engine.cli.command import HOMES, cli
from supervisor.cli import cli as herdsman
from supervisor.shell import elsewhere
from tests.support.architecture import ARROWS, ROOT, imported_modules

PAGE = (ROOT / "docs" / "command-line.md").read_text()


def test_both_rooms_have_the_same_files_for_the_terminal_and_these_import_nothing_of_ours() -> None:
    ours = sorted((ROOT / "supervisor" / "terminal").glob("*.py"))
    theirs = sorted((ROOT / "engine" / "cli" / "terminal").glob("*.py"))
    assert [path.resolve() for path in theirs] == ours
    for path in ours:
        assert not {module.split(".")[0] for _, module in imported_modules(path.read_text())} & set(ARROWS), path.name


def test_herdsman_knows_every_verb_of_the_engine_and_no_other() -> None:
    assert sorted(elsewhere.ENGINE) == sorted(HOMES)
    for name in HOMES:
        command = cli.get_command(None, name)  # type: ignore[arg-type]  # it needs no context
        assert command is not None
        assert command.name == name


def test_no_verb_has_two_meanings() -> None:
    names = herdsman.list_commands(None)  # type: ignore[arg-type]
    assert len(names) == len(set(names))
    own = set(names) - elsewhere.ENGINE.keys() - elsewhere.PARTS.keys()
    assert len(own) + len(elsewhere.ENGINE) + len(elsewhere.PARTS) == len(names)


def test_the_page_of_the_command_line_names_every_verb_and_no_other() -> None:
    told = set(re.findall(r"^\| `([a-z]+)", PAGE, re.MULTILINE))
    assert told == set(herdsman.list_commands(None))  # type: ignore[arg-type]


def test_every_verb_answers_for_programs_but_those_whose_answer_is_a_text() -> None:
    texts = {"import", "monit", "startup", "completion", *elsewhere.PARTS, *elsewhere.ENGINE}
    without = set()
    for name in herdsman.list_commands(None):  # type: ignore[arg-type]
        command = herdsman.get_command(None, name)  # type: ignore[arg-type]
        if command and "as_json" not in {option.name for option in command.params}:
            without.add(name)
    assert without == texts
