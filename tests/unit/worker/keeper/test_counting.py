"""What a keeper tells of its host's counters, and when."""

import os
import warnings

import pytest

from engine.charts.counting import Keep, Runs, Told, Waits
from engine.charts.vector import unpack
from engine.errors import StoreDown, StoreFull
from scoreboard import Board, sums
from worker.keeper.counting import Counting, rows

MINUTE = 60 * 10**9


class Store:
    """Hears what is told; `trouble` is raised instead, `knows` says whether it knows the board."""

    def __init__(self):
        self.heard, self.trouble, self.knows, self.ahead_ms = [], None, True, 1_000_000_000

    def run(self, call):
        if self.trouble:
            raise self.trouble
        _board, how, young, at_ms, *_keep = call.args[:7]
        names = dict(zip(call.args[7::2], call.args[8::2], strict=True))
        self.heard.append((how, at_ms, names))
        known, self.knows = self.knows or bool(young) or how == "begin", True
        return Told(self.now_ms(), len(names) if known else None)

    def now_ms(self):
        return self.clock() // 1_000_000 + self.ahead_ms


@pytest.fixture
def board():
    with Board.create(4) as made:
        yield made


@pytest.fixture
def now(board):
    return [board.created_ns + 10**12]


@pytest.fixture
def store(now):
    made = Store()
    made.clock = lambda: now[0]
    return made


@pytest.fixture
def counting(board, now):
    return Counting(board, 5.0, Keep(), clock_ns=lambda: now[0])


def ran(board, jobs, slot=0):
    row = board.series(slot).row("q", "t")
    row.observe_many([2_000_000] * jobs)
    row.add(jobs)


def test_only_what_changed_is_told(board, counting, store, now):
    ran(board, 3)
    board.series(1).row("q", "").observe_many([10**9])
    for _ in range(2):
        assert counting.look()
        counting.tell(store)
        now[0] += 5 * 10**9
        ran(board, 1)
    assert [set(names) for _, _, names in store.heard] == [{"jq\tt", "wq"}, {"jq\tt"}]
    assert unpack(store.heard[1][2]["jq\tt"])[Runs.DONE] == 4


def test_it_looks_once_an_interval(board, counting, store, now):
    for _ in range(2):  # the first answer says what time it is there
        counting.look()
        counting.tell(store)
    now[0] += -(now[0] // 10**6 + store.ahead_ms) % 5000 * 10**6  # an interval begins
    assert counting.look()
    counting.tell(store)
    now[0] += 10**9
    assert not counting.look()
    assert counting.look(last=True)


def test_what_was_counted_before_the_interval_began_is_dated_before_it(board, counting, store, now):
    counting.look()
    counting.tell(store)
    now[0] += (
        2 * MINUTE - (now[0] // 10**6 + store.ahead_ms) % 60_000 * 10**6 - 4 * 10**9
    )  # four seconds before a minute
    counting.look()
    counting.tell(store)
    now[0] += 4_300_000_000
    counting.look()
    counting.tell(store)
    assert store.heard[0][1] == 0  # the store's clock is not known yet
    assert (store.heard[-1][1] + 1) % 60_000 == 0


def test_while_the_store_is_away_a_reading_a_minute_is_kept(board, counting, store, now):
    counting.look()
    counting.tell(store)
    store.trouble = StoreDown("away")
    for _ in range(40):
        now[0] += MINUTE // 3
        ran(board, 1)
        counting.look()
        with pytest.raises(StoreDown):
            counting.tell(store)
    store.trouble = None
    counting.tell(store)
    told = store.heard[1:]
    assert len(told) == 10
    assert len({at_ms // 60_000 for _, at_ms, _ in told}) == 10
    assert unpack(told[-1][2]["jq\tt"])[Runs.DONE] == 40


def test_a_store_that_is_full_is_told_later(board, counting, store, now):
    store.trouble = StoreFull("full")
    ran(board, 2)
    counting.look()
    counting.tell(store)
    store.trouble = None
    now[0] += 5 * 10**9
    counting.look()
    counting.tell(store)
    assert unpack(store.heard[-1][2]["jq\tt"])[Runs.DONE] == 2


def test_a_store_that_forgot_the_board_is_told_all_of_it_as_a_beginning(board, counting, store, now):
    for n in range(3):
        board.series(0).row(f"q{n}", "t").add(1)
    counting.look()
    counting.tell(store)
    now[0] += 5 * 10**9
    store.knows = False
    ran(board, 1)
    counting.look()
    counting.tell(store)
    assert [(how, len(names)) for how, _, names in store.heard] == [("count", 3), ("count", 1), ("begin", 4)]


def test_one_process_of_a_host_leads_and_its_death_makes_room(board, counting):
    ready, told = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: under xdist there are idle threads
        pid = os.fork()
    if not pid:
        Counting(board, 5.0, Keep()).look()
        os.write(told, b".")
        os.read(os.pipe()[0], 1)
    os.read(ready, 1)
    try:
        assert not counting.look()
        assert counting.look(last=True)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    assert counting._lead()


def test_outcomes_are_told_as_what_they_mean(board):
    board.series(0).row("q", "t").add(1, retried=2, dead=3, crashed=4, discarded=5, expired=6, cancelled=7, released=8)
    board.series(0).row("q", "").observe_many([3_000_000])
    board.series(0).row("q", "").add_late(1)
    told = {name: unpack(packed) for name, packed in rows(sums(board)).items()}
    assert told["jq\tt"] == {Runs.DONE: 1, Runs.FAILED: 9, Runs.DEAD: 3, Runs.CRASHED: 4, Runs.ENDED: 18}
    assert told["wq"] == {Waits.STARTED: 1, Waits.WAITED_US: 3000, Waits.LATE: 1, Waits.HISTOGRAM + 10: 1}
