"""How a service's ends are judged, and what has to be gone before it goes on; without a process."""

import math
import signal
from dataclasses import dataclass, replace

import pytest

from supervisor.processes.children import Exit
from supervisor.services.restart import Policy
from supervisor.services.service import Service
from supervisor.services.states import State
from tests.support.straw_nursery import Nursery, service


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: at[0])
    return at


@dataclass
class Left:
    """Remains that are gone when the test says so."""

    kill_at: float = math.inf
    over: bool = False

    def gone(self, _now: float) -> bool:
        return self.over

    def next_look(self, now: float) -> float:
        return now + 0.1


def test_a_stop_is_complete_only_when_nothing_is_left_of_its_group(now: list[float]) -> None:
    nursery, left = Nursery(), Left()
    kept = service(nursery, remains=lambda _pid, _at: left)
    kept.reconcile(1000.0)
    kept.stop(1000.0)
    nursery.on_exit(Exit(signal=15))
    assert kept.reconcile(1000.0) == 1000.1
    assert (kept.state, kept.pid, kept.is_down()) == (State.DRAINING, None, False)
    left.over = True
    kept.reconcile(1000.1)
    assert (kept.state, kept.is_down()) == (State.STOPPED, True)


def test_a_new_start_waits_until_nothing_is_left_of_the_last_life(now: list[float]) -> None:
    nursery, left = Nursery(), Left()
    kept = service(nursery, remains=lambda _pid, _at: left)
    kept.reconcile(1000.0)
    nursery.on_exit(Exit(code=1))
    kept.reconcile(1000.0)
    assert (kept.state, len(nursery.children)) == (State.BACKOFF, 1)
    left.over = True
    kept.reconcile(1000.1)
    assert (kept.state, len(nursery.children)) == (State.STARTING, 2)


def test_those_that_are_asked_with_their_leader_have_until_its_deadline(now: list[float]) -> None:
    nursery, asked = Nursery(), []
    kept = service(nursery, remains=lambda _pid, at: asked.append(at))
    kept.rule = replace(kept.rule, stop_group=True, stop_signal=signal.SIGINT)
    kept.reconcile(1000.0)
    kept.stop(1000.0)
    assert nursery.children[0].heard == ["group SIGINT"]
    nursery.on_exit(Exit(signal=2))
    assert asked == [1010.0]


def test_a_final_end_is_given_up_until_a_human_starts_it(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    kept.rule = replace(kept.rule, final=frozenset({Exit(code=100)}))
    kept.reconcile(1000.0)
    nursery.on_exit(Exit(code=100))
    assert (kept.state, kept.restarts) == (State.FATAL, 0)
    assert "exit 100 is one of its final_exits" in kept.error
    assert math.isinf(kept.reconcile(2000.0))
    kept.start()
    kept.reconcile(2000.0)
    assert kept.state is State.STARTING


def die_young(kept: Service, nursery: Nursery, now: list[float]) -> None:
    now[0] += 100.0
    kept.reconcile(now[0])
    nursery.on_exit(Exit(code=1))


def test_over_its_budget_of_early_ends_it_gives_up_and_a_start_gives_a_whole_budget_again(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    kept.rule = replace(kept.rule, gives_up=True, policy=Policy(budget=3, window=math.inf, jitter=0.0))
    for _ in range(2):
        for _ in range(3):
            die_young(kept, nursery, now)
            assert kept.state is State.BACKOFF
        die_young(kept, nursery, now)
        assert (kept.state, kept.error) == (State.FATAL, "not started again: it ended early more than 3 times")
        kept.start()


def test_a_good_life_forgives_the_early_ends_before_it(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    kept.rule = replace(kept.rule, gives_up=True, policy=Policy(budget=3, window=math.inf, jitter=0.0))
    for _ in range(5):
        for _ in range(3):
            die_young(kept, nursery, now)
        kept.reconcile(now[0] + 100.0)
        now[0] += 200.0
        nursery.on_exit(Exit(code=1))
        assert kept.state is State.BACKOFF
    assert kept.causes == {"failure": 20}


def test_the_restart_delay_is_kept_even_after_a_good_life(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    kept.rule = replace(kept.rule, restart_delay=7.0)
    kept.reconcile(1000.0)
    now[0] = 2000.0
    nursery.on_exit(Exit(code=1))
    assert kept.reconcile(2000.0) == 2007.0


def test_an_operators_kill_is_no_crash(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    for _ in range(5):
        kept.reconcile(1000.0)
        assert kept.signal(signal.SIGKILL)
        nursery.on_exit(Exit(signal=9))
        kept.reconcile(1000.0)
        assert kept.state is State.STARTING
    assert (kept.restarts, kept.causes) == (0, {"signal": 5})
