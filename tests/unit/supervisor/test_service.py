"""A service's life without a process: a nursery that hands out children of straw."""

import errno
import signal
from dataclasses import dataclass, field
from typing import Any

import pytest

from supervisor.certificates import Certificates
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

    def signal(self, number: signal.Signals) -> bool:
        self.heard.append(number.name)
        return True

    def kill_group(self) -> None:
        self.heard.append("kill group")


class Nursery:
    def __init__(self) -> None:
        self.children: list[Straw] = []
        self.on_exit: OnExit = lambda _end: None
        self.refuse: OSError | None = None
        self.certificates = Certificates()

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
