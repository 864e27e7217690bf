"""A reader and a writer, each stopped before every word it touches and let on in many different orders.

What the reader makes of it must be a moment that was, or be marked as torn.
"""

import random
import threading
from collections.abc import Callable

import pytest

from scoreboard import Board, EntryState, WorkerRecord, worker_snapshot
from tests.support.stepped import Stepped

ORDERS = 400
FREE, CLAIMED, STARTED = EntryState.FREE, EntryState.CLAIMED, EntryState.STARTED
A, B, C, D = ((number,) * 4 for number in range(1, 5))


class Writer:
    """Runs in a thread of its own, one access each time it is let on."""

    def __init__(self, record: WorkerRecord, work: Callable[[WorkerRecord], object]) -> None:
        self.over = False
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        record._words = Stepped(record._words, self._stop)
        record._marks = Stepped(record._marks, self._stop)
        record._ids = Stepped(record._ids, self._stop)
        self._thread = threading.Thread(target=self._run, args=(record, work), daemon=True)
        self._thread.start()
        self._back.acquire()

    def let_on(self, steps: int) -> None:
        while steps and not self.over:
            self._go.release()
            self._back.acquire()
            steps -= 1

    def finish(self) -> None:
        self.let_on(10_000)
        self._thread.join()

    def _stop(self) -> None:
        self._back.release()
        self._go.acquire()

    def _run(self, record: WorkerRecord, work: Callable[[WorkerRecord], object]) -> None:
        work(record)
        self.over = True
        self._back.release()


def claim_anew(record: WorkerRecord) -> None:
    record.claim([C, D, C], 2)


def reuse_a_place(record: WorkerRecord) -> None:
    record.free(1)
    record.append(C)


def seen(copy) -> list[tuple[tuple[int, ...] | None, EntryState]]:
    return [(None if entry.state is FREE else entry[:4], entry.state) for entry in copy.entries]


@pytest.mark.parametrize(
    ("work", "moments"),
    [
        (claim_anew, [[(A, STARTED), (B, CLAIMED)], [(C, CLAIMED), (D, CLAIMED), (C, CLAIMED)]]),
        (
            reuse_a_place,
            [[(A, STARTED), (B, CLAIMED)], [(A, STARTED), (None, FREE)], [(A, STARTED), (C, CLAIMED)]],
        ),
    ],
)
def test_a_reader_sees_a_moment_that_was_or_knows_that_it_does_not(monkeypatch, work, moments):
    monkeypatch.setattr(worker_snapshot, "_PAUSE_S", 0)
    order = random.Random(work.__name__)
    whole = []
    with Board.create(1) as board:
        for _ in range(ORDERS):
            record, reader = board.worker(0), board.worker(0)
            record.begin(1, 1, 1)
            record.claim([A, B], 1)
            record.start(0, 5, 6)
            writer = Writer(record, work)
            writer.let_on(order.randrange(16))
            pace = order.choice([[0], [0, 0, 0, 1], [0, 1, 2, 5]])
            reader._words = Stepped(reader._words, lambda writer=writer, pace=pace: writer.let_on(order.choice(pace)))
            copy = reader.snapshot()
            writer.finish()
            if not copy.torn:
                assert seen(copy) in moments
                whole.append(seen(copy))
    assert [moment for moment in moments if moment not in whole] == []
