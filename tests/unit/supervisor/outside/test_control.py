"""What the control socket answers, whatever comes in."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from supervisor.outside.control import Control


def obey(line: bytes, arbiter: Any = None) -> dict[str, Any]:
    answer = Control(Path("/nowhere"), arbiter or Mock(leaving=None)).obey(line)
    json.dumps(answer)
    return answer


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "one line of JSON"),
        (b"\xff\xfe", "one line of JSON"),
        (b"[" * 100_000, "one line of JSON"),
        (b"3", "a request is {"),
        (b'{"verb": "status", "args": 3}', "a request is {"),
        (b"{}", "unknown verb None"),
        (b'{"verb": "format"}', "there is apply, deaths, describe, ping"),
        (b'{"verb": ["status"]}', "unknown verb"),
        (b'{"verb": "scale", "args": {}}', "needs the name of a pool"),
    ],
)
def test_nonsense_is_answered_with_what_would_make_sense(line: bytes, said: str) -> None:
    answer = obey(line)
    assert answer["ok"] is False
    assert said in answer["error"]


def test_a_verb_that_fails_by_our_mistake_is_an_answer_too() -> None:
    arbiter = Mock(leaving=None)
    arbiter.drain.side_effect = RuntimeError("a mistake of ours")
    assert obey(b'{"verb": "shutdown"}', arbiter)["ok"] is False


def test_ping_answers_the_pid() -> None:
    assert obey(b'{"verb": "ping"}')["result"]["pid"] > 0


def test_nothing_is_changed_while_the_supervisor_leaves() -> None:
    answer = obey(b'{"verb": "restart"}', Mock(leaving=object()))
    assert answer == {"ok": False, "error": "the supervisor is shutting down"}
