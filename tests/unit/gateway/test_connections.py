import logging
import resource
from typing import Any, cast

import pytest

from gateway.connections import MOST, CarefulProtocol, Places, quiet, room
from gateway.counts import Counts


class Connection:
    """As far as `Places` looks at one."""

    def __init__(self) -> None:
        self.transport = self
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


def fill(places: Places, count: int) -> list[Any]:
    made: list[Any] = [Connection() for _ in range(count)]
    for one in made:
        places.add(cast("CarefulProtocol", one))
    return made


def test_the_one_that_has_waited_longest_for_its_client_makes_room() -> None:
    counts = Counts()
    places = Places(3, counts)
    made = fill(places, 3)
    places.waits(made[0], for_client=False)  # we work for it
    places.waits(made[1], for_client=False)
    places.waits(made[1], for_client=True)  # it has its answer, later than the third one came
    fill(places, 1)
    assert [one.aborted for one in made] == [False, False, True]
    assert len(places) == 3
    assert counts.reasons == {"too many connections": 1}


def test_when_we_work_for_all_of_them_the_new_one_is_turned_away() -> None:
    places = Places(2, Counts())
    made = fill(places, 2)
    for one in made:
        places.waits(one, for_client=False)
    (late,) = fill(places, 1)
    assert late.aborted
    assert [one.aborted for one in made] == [False, False]
    assert len(places) == 2


def test_one_that_has_gone_does_not_come_back_by_what_is_still_said_of_it() -> None:
    places = Places(1, Counts())
    (gone,) = fill(places, 1)
    places.drop(gone)
    places.waits(gone, for_client=True)
    (here,) = fill(places, 1)
    assert len(places) == 1
    assert not here.aborted


def test_there_is_room_for_as_many_as_the_system_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert 16 <= room() <= MOST
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= before[0]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("line", "kept"), [("Invalid HTTP request received.", False), ("Exception in ASGI application\n", True)]
)
def test_what_clients_send_is_counted_not_logged(line: str, kept: bool) -> None:
    assert quiet(logging.LogRecord("uvicorn.error", logging.WARNING, "", 1, line, None, None)) is kept
