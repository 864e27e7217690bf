"""Which words are said when, over a herd that is only described."""

from types import SimpleNamespace
from typing import Any

import pytest

from supervisor.outside import herald as module
from supervisor.outside.boot_outcome import outcome
from supervisor.outside.herald import Herald
from supervisor.services.states import State


class FakeNotifier:
    def __init__(self, watchdog_s: float | None = None) -> None:
        self.wanted = True
        self.watchdog_s = watchdog_s
        self.heard: list[str] = []
        self.deaf = False

    def say(self, *words: str) -> bool:
        if not self.deaf:
            self.heard += words
        return not self.deaf

    def phases(self) -> list[str]:
        return [word for word in self.heard if word in ("READY=1", "RELOADING=1", "STOPPING=1", "WATCHDOG=1")]


def make_herd() -> Any:
    generations = SimpleNamespace(candidate=None, current=object(), floor=0, error="")
    rolling = SimpleNamespace(active=None, pending=None)
    pool = SimpleNamespace(
        name="default", settled=False, generations=generations, rolling=rolling, target=2, seats=_Seats()
    )
    return SimpleNamespace(pools=[pool], programs={}, store=None, janitor=None, gateway=None, board=None)


class _Seats(list[Any]):
    running = 0


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(module, "queue_figures", lambda *_: SimpleNamespace(queues={"default": {"pending": 12}}))
    return SimpleNamespace(herd=make_herd(), leaving=None)


def test_ready_reloading_ready_stopping_each_once_and_in_order(at: Any) -> None:
    notifier = FakeNotifier()
    herald = Herald(notifier)  # type: ignore[arg-type]
    pool = at.herd.pools[0]
    herald.look(at, 0.0)
    assert notifier.phases() == []
    pool.settled = True
    herald.look(at, 1.0)
    herald.look(at, 2.0)
    pool.rolling.active = object()
    herald.look(at, 3.0)
    herald.look(at, 4.0)
    pool.rolling.active = None
    herald.look(at, 5.0)
    at.leaving = SimpleNamespace(stage="the store")
    herald.look(at, 6.0)
    herald.look(at, 7.0)
    assert notifier.phases() == ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]
    assert notifier.heard[-1] == "STATUS=stopping the store"


def test_what_was_not_taken_is_said_again(at: Any) -> None:
    notifier = FakeNotifier(watchdog_s=10.0)
    herald = Herald(notifier)  # type: ignore[arg-type]
    at.herd.pools[0].settled = True
    notifier.deaf = True
    again = herald.look(at, 0.0)
    assert again <= 2.5
    notifier.deaf = False
    herald.look(at, again)
    assert set(notifier.phases()) == {"READY=1", "WATCHDOG=1"}


def test_the_watchdog_is_fed_at_its_time_and_no_more(at: Any) -> None:
    notifier = FakeNotifier(watchdog_s=10.0)
    herald = Herald(notifier)  # type: ignore[arg-type]
    for tenth in range(300):
        herald.look(at, tenth / 10)
    assert notifier.phases().count("WATCHDOG=1") == 3


def test_a_boot_that_waits_asks_for_more_time_until_it_is_ready(at: Any) -> None:
    notifier = FakeNotifier()
    herald = Herald(notifier)  # type: ignore[arg-type]
    for second in range(21):
        herald.look(at, float(second))
    assert notifier.heard.count("EXTEND_TIMEOUT_USEC=30000000") == 3
    at.herd.pools[0].settled = True
    for second in range(21, 60):
        herald.look(at, float(second))
    assert notifier.heard.count("EXTEND_TIMEOUT_USEC=30000000") == 3


def test_a_boot_that_fails_asks_for_no_more_time(at: Any) -> None:
    notifier = FakeNotifier()
    herald = Herald(notifier)  # type: ignore[arg-type]
    at.herd.pools[0].generations.current = None
    at.herd.pools[0].generations.error = "ImportError: no"
    for second in range(21):
        herald.look(at, float(second))
    assert not any(word.startswith("EXTEND") for word in notifier.heard)


def test_the_status_is_one_short_line(at: Any) -> None:
    pool = at.herd.pools[0]
    pool.seats.running = 1
    assert module.summary(at) == "1/2 workers, 12 jobs waiting"
    pool.generations.error = "Traceback:\n  much\nValueError: no\n"
    assert module.summary(at) == "1/2 workers, 12 jobs waiting, default cannot start: ValueError: no"


def test_who_waits_in_front_is_told_once(at: Any) -> None:
    told: list[str] = []
    notifier = FakeNotifier()
    notifier.wanted = False
    herald = Herald(notifier, told.append)  # type: ignore[arg-type]
    herald.look(at, 0.0)
    assert told == []
    at.herd.pools[0].generations.current = None
    at.herd.pools[0].generations.error = "ImportError: no"
    herald.look(at, 1.0)
    herald.look(at, 2.0)
    assert told == ["pool default cannot start: ImportError: no"]


def test_a_failed_reload_is_no_failed_start(at: Any) -> None:
    at.herd.pools[0].generations.error = "ImportError: no"
    assert outcome(at.herd).failure == ""


def test_a_program_that_cannot_be_executed_fails_the_start(at: Any) -> None:
    at.herd.programs = {"x": [SimpleNamespace(name="x.0", state=State.FATAL, error="cannot be started: no such file")]}
    assert outcome(at.herd).failure == "x.0 cannot be started: no such file"


def test_without_pools_every_program_must_have_begun(at: Any) -> None:
    at.herd.pools = []
    program = SimpleNamespace(name="x.0", state=State.STARTING, error="")
    at.herd.programs = {"x": [program]}
    assert not outcome(at.herd).up
    program.state = State.RUNNING
    assert outcome(at.herd).up
