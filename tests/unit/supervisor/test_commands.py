import signal
from unittest.mock import Mock

import pytest

from supervisor.commands import VERBS, CommandError
from supervisor.commands.scale import wanted
from supervisor.commands.signals import wanted as signal_wanted
from supervisor.commands.targets import named, unknown


@pytest.mark.parametrize(("text", "now", "then"), [("3", 1, 3), ("+2", 3, 5), ("-1", 3, 2), ("-9", 3, 0), ("0", 3, 0)])
def test_a_count_is_a_number_or_a_change(text: str, now: int, then: int) -> None:
    assert wanted(text, now) == then


@pytest.mark.parametrize("text", ["", "x", "1.5", "--1", "+", "1e3", "9999999"])
def test_anything_else_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(CommandError, match=r"a number, \+N or -N, max"):
        wanted(text, 1)


def test_anunknown_name_is_answered_with_the_nearest_known_one() -> None:
    assert unknown("pool", "defalt", ["default", "mail"]) == "there is no pool 'defalt': did you mean default?"
    assert unknown("pool", "x", ["default"]) == "there is no pool 'x': there is default"


def test_a_name_must_be_text() -> None:
    assert named({}) is None
    with pytest.raises(CommandError):
        named({"name": 3})


def test_the_verbs_are_those_of_the_contract() -> None:
    verbs = [
        "apply",
        "deaths",
        "describe",
        "ping",
        "reload",
        "reset",
        "restart",
        "rollout",
        "scale",
        "shutdown",
        "signal",
        "start",
        "status",
        "stop",
        "upgrade",
    ]
    assert sorted(VERBS) == verbs


@pytest.mark.parametrize("limit", [0, 1001, "5", True, None, -1])
def test_a_limit_of_deaths_is_a_whole_number_up_to_a_thousand(limit: object) -> None:
    with pytest.raises(CommandError, match="from 1 to 1000"):
        VERBS["deaths"](Mock(), {"limit": limit})


@pytest.mark.parametrize("text", ["HUP", "sighup", "SIGHUP", "1", " Hup "])
def test_a_signal_is_a_name_or_a_number(text: str) -> None:
    assert signal_wanted(text) is signal.SIGHUP


@pytest.mark.parametrize("text", ["", "NOPE", "0", "999", "-1", "SIG"])
def test_there_is_no_other_signal(text: str) -> None:
    with pytest.raises(CommandError, match="a name like HUP"):
        signal_wanted(text)
