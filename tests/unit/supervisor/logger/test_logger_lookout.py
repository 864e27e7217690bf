import json
import socket
from collections.abc import Iterator

import pytest

from supervisor.logger.lookout import Lookout

Pair = tuple[Lookout, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(0)
    theirs.settimeout(0)
    with ours, theirs:
        yield Lookout(theirs), ours


def heard(end: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(json.loads(end.recv(4096))["tag"])
        except BlockingIOError:
            return found


def test_the_first_line_that_fits_is_told_once(pair: Pair) -> None:
    lookout, end = pair
    lookout.look("web.0", r"listening on \d+")
    lookout.over("web.0", [b"starting", b"listening on port"])
    assert heard(end) == []
    lookout.over("web.0", [b"listening on 80", b"listening on 81"])
    lookout.over("web.0", [b"listening on 82"])
    assert heard(end) == ["web.0"]


def test_each_life_is_looked_at_anew_and_other_tags_are_not(pair: Pair) -> None:
    lookout, end = pair
    for _ in range(2):
        lookout.look("a", "up")
        lookout.over("b", [b"up"])
        lookout.over("a", [b"up"])
    assert heard(end) == ["a", "a"]
    lookout.look("a", "up")
    lookout.look("a", "")
    lookout.over("a", [b"up"])
    assert heard(end) == []
    assert "a" in lookout
    assert "b" not in lookout


def test_of_a_long_line_only_the_beginning_is_looked_at(pair: Pair) -> None:
    lookout, end = pair
    lookout.look("a", "up")
    lookout.over("a", [b"x" * 1000 + b"up", b"\xff\xfe up"])
    assert heard(end) == ["a"]
