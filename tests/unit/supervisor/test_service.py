"""A service's life without a process: a nursery that hands out children of straw."""

import errno
import math
import signal
from dataclasses import dataclass, field, replace
from signal import Signals
from typing import Any

import pytest

from supervisor.child import Launch
from supervisor.children import Exit, OnExit
from supervisor.restart import Policy
from supervisor.service import Hooks, Rule, Service
from supervisor.states import State


@dataclass
class Straw:
    pid: int
    adopted: bool = False
    heard: list[str] = field(default_factory=list)

    def signal(self, number: Signals) -> bool:
        self.heard.append(number.name)
        return True

    def signal_group(self, number: Signals) -> None:
        self.heard.append(f"group {number.name}")

    def kill_group(self) -> None:
        self.heard.append("kill group")


class Nursery:
    def __init__(self) -> None:
        self.children: list[Straw] = []
        self.on_exit: OnExit = lambda _end: None
        self.refuse: OSError | None = None

    def spawn(self, _launch: Launch, on_exit: OnExit) -> Straw:
        if self.refuse is not None:
            raise self.refuse
        self.on_exit = on_exit
        self.children.append(Straw(100 + len(self.children)))
        return self.children[-1]

    def adopt(self, pid: int, _pidfd: int, on_exit: OnExit) -> Straw:
        self.on_exit = on_exit
        self.children.append(Straw(pid, adopted=True))
        return self.children[-1]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: at[0])
    return at


def service(nursery: Nursery, restart: str = "always", **hooks: Any) -> Service:
    rule = Rule(restart=restart, policy=Policy(base=1.0, jitter=0.0), stop_timeout=10.0)
    return Service("it", nursery, lambda: Launch(command=("it",), env={}), rule=rule, hooks=Hooks(**hooks))  # type: ignore[arg-type]  # straw


def test_it_is_started_and_runs_after_it_settled(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    assert kept.reconcile(1000.0) == 1001.0
    assert (kept.state, kept.pid) == (State.STARTING, 100)
    kept.reconcile(1001.0)
    assert kept.state is State.RUNNING


def test_a_crash_is_followed_at_once_and_the_next_one_after_a_while(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    kept.reconcile(1000.0)
    nursery.on_exit(Exit(signal=9))
    assert kept.state is State.BACKOFF
    kept.reconcile(1000.0)
    assert kept.pid == 101
    nursery.on_exit(Exit(code=1))
    assert kept.reconcile(1000.5) == 1001.0
    assert kept.state is State.BACKOFF
    kept.reconcile(1001.0)
    assert (kept.pid, kept.restarts) == (102, 2)


@pytest.mark.parametrize(
    ("restart", "end", "state"),
    [
        ("always", Exit(code=0), State.BACKOFF),
        ("on-failure", Exit(code=0), State.EXITED),
        ("on-failure", Exit(code=1), State.BACKOFF),
        ("on-failure", Exit(signal=15), State.BACKOFF),
        ("never", Exit(code=1), State.EXITED),
        ("never", Exit(signal=9), State.EXITED),
    ],
)
def test_its_rule_decides_what_follows_an_end(now: list[float], restart: str, end: Exit, state: State) -> None:
    nursery = Nursery()
    kept = service(nursery, restart)
    kept.reconcile(1000.0)
    nursery.on_exit(end)
    assert kept.state is state
    assert kept.last_exit == end


def test_stop_asks_waits_and_kills(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    kept.reconcile(1000.0)
    kept.stop(1000.0)
    assert kept.reconcile(1000.0) == 1010.0
    assert nursery.children[0].heard == ["SIGTERM"]
    kept.reconcile(1010.0)
    assert nursery.children[0].heard == ["SIGTERM", "kill group"]
    assert not kept.is_down()
    nursery.on_exit(Exit(signal=9))
    kept.reconcile(1011.0)
    assert (kept.state, kept.is_down()) == (State.STOPPED, True)


def test_a_command_that_cannot_be_executed_waits_for_a_human(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    nursery.refuse = FileNotFoundError(errno.ENOENT, "No such file or directory", "/no/such")
    kept.reconcile(1000.0)
    assert kept.state is State.FATAL
    assert "/no/such" in kept.error
    kept.reconcile(2000.0)
    assert kept.state is State.FATAL
    nursery.refuse = None
    kept.start()
    kept.reconcile(2000.0)
    assert kept.state is State.STARTING


def test_a_lack_of_memory_or_processes_is_waited_out(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    nursery.refuse = BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    kept.reconcile(1000.0)
    assert kept.state is State.BACKOFF
    nursery.refuse = None
    kept.reconcile(1001.0)
    assert kept.state is State.STARTING


def test_restart_brings_a_new_process_and_start_an_exited_one(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery, "never")
    kept.reconcile(1000.0)
    kept.restart(1000.0)
    nursery.on_exit(Exit(signal=15))
    kept.reconcile(1000.0)
    assert kept.pid == 101
    nursery.on_exit(Exit(code=0))
    kept.reconcile(1000.0)
    assert kept.state is State.EXITED
    kept.start()
    kept.reconcile(1000.0)
    assert kept.pid == 102


def test_start_of_what_runs_already_changes_nothing_later(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery, "never")
    kept.reconcile(1000.0)
    kept.start()
    nursery.on_exit(Exit(code=0))
    kept.reconcile(1000.0)
    assert kept.state is State.EXITED


def test_a_live_process_of_an_earlier_supervisor_is_adopted(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery, adopt=lambda: (77, 5))
    kept.reconcile(1000.0)
    assert (kept.pid, nursery.children[0].adopted) == (77, True)


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
