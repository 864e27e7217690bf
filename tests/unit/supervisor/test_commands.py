import pytest

from supervisor.commands import VERBS, CommandError
from supervisor.commands.scale import wanted
from supervisor.commands.targets import named, unknown


@pytest.mark.parametrize(("text", "now", "then"), [("3", 1, 3), ("+2", 3, 5), ("-1", 3, 2), ("-9", 3, 0), ("0", 3, 0)])
def test_a_count_is_a_number_or_a_change(text: str, now: int, then: int) -> None:
    assert wanted(text, now) == then


@pytest.mark.parametrize("text", ["", "x", "1.5", "--1", "+", "1e3", "9999999"])
def test_anything_else_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(CommandError, match=r"a number, \+N or -N"):
        wanted(text, 1)


def test_anunknown_name_is_answered_with_the_nearest_known_one() -> None:
    assert unknown("pool", "defalt", ["default", "mail"]) == "there is no pool 'defalt': did you mean default?"
    assert unknown("pool", "x", ["default"]) == "there is no pool 'x': there is default"


def test_a_name_must_be_text() -> None:
    assert named({}) is None
    with pytest.raises(CommandError):
        named({"name": 3})


def test_the_verbs_are_those_of_the_contract() -> None:
    assert sorted(VERBS) == ["describe", "ping", "restart", "scale", "shutdown", "start", "status", "stop"]
