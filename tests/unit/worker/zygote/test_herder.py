import os
from collections.abc import Iterator

import pytest

from scoreboard import Board, Intent
from worker.zygote.herder import Herder, comeback


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def herder(clock: Clock) -> Iterator[Herder]:
    with Board.create(2, 1) as board:
        made = Herder(board, 2, 30.0, clock=clock)
        yield made
        for seat in made.seats.values():
            if seat.pidfd >= 0:
                os.close(seat.pidfd)


def forked(herder: Herder, slot: int) -> None:
    fd = os.pidfd_open(os.getpid())
    herder.tell({"event": "forked", "slot": slot, "pid": os.getpid()}, (fd,))
    os.close(fd)


def ended(herder: Herder, slot: int, cause: str) -> None:
    herder.tell({"event": "exit", "slot": slot, "pid": 1, "cause": cause, "job": None})


def slots(herder: Herder) -> list[int]:
    return [order.message["slot"] for order in herder.orders()]


def test_all_seats_are_filled_at_once_and_asked_for_once(herder: Herder) -> None:
    assert slots(herder) == [0, 1]
    assert slots(herder) == []


def test_early_deaths_wait_longer_each_time_and_late_ones_do_not(herder: Herder, clock: Clock) -> None:
    slots(herder)
    for wait in (0.1, 0.2, 0.4):
        forked(herder, 0)
        ended(herder, 0, "signal 9")
        assert herder.due_in() == pytest.approx(wait)
        clock.now += wait
        assert slots(herder) == [0]
    forked(herder, 0)
    clock.now += 60
    ended(herder, 0, "signal 9")
    assert herder.due_in() == 0.0


def test_a_recycled_worker_is_replaced_at_once(herder: Herder) -> None:
    slots(herder)
    forked(herder, 1)
    ended(herder, 1, "recycled")
    assert slots(herder) == [1]


def test_the_wait_is_capped() -> None:
    assert [comeback(0), comeback(1), comeback(50)] == [0.0, 0.1, 30.0]


def test_a_drain_says_so_before_it_signals(herder: Herder, monkeypatch: pytest.MonkeyPatch) -> None:
    slots(herder)
    forked(herder, 0)
    sent = []

    def note(_fd: int, number: int) -> None:
        sent.append((number, herder.board.seat(0).intent))

    monkeypatch.setattr("signal.pidfd_send_signal", note)
    herder.signalled(15)
    assert sent == [(15, Intent.DRAIN)]
    assert [order.message for order in herder.orders()] == [{"op": "exit"}]
    herder.clock.now += 31  # type: ignore[attr-defined]  # the test's own clock
    herder.orders()
    assert sent[1:] == [(9, Intent.KILL_AFTER_DRAIN)]
