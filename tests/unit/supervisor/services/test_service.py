"""A service's life without a process."""

import errno
import math
import signal
from dataclasses import replace

import pytest

from supervisor.processes.children import Exit
from supervisor.services.dependencies import Gate, Sight
from supervisor.services.states import State
from tests.support.straw_nursery import Nursery, service


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: at[0])
    return at


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
    kept.start()
    kept.reconcile(2000.0)
    assert kept.state is State.FATAL, "it is still not there"
    nursery.refuse = None
    kept.start()
    kept.reconcile(2000.0)
    assert kept.state is State.STARTING


def test_a_certificate_says_when_the_end_was_brought_about_by_us(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    kept.reconcile(1000.0)
    nursery.on_exit(Exit(signal=15))
    kept.reconcile(1000.0)
    kept.fail("probe", "unhealthy: no answer", 1000.0)
    nursery.on_exit(Exit(signal=15))
    kept.reconcile(1001.0)
    kept.signal(signal.SIGKILL)
    nursery.on_exit(Exit(signal=9))
    assert [one.why for one in nursery.certificates.of("it")] == [
        "signal 15 (SIGTERM), not sent by us",
        "unhealthy: no answer",
        "killed on request",
    ]


def test_causes_are_of_the_restarts_that_came_and_giving_up_is_none(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    kept.rule = replace(kept.rule, policy=replace(kept.rule.policy, budget=1, window=math.inf), gives_up=True)
    for _ in range(2):
        kept.reconcile(1000.0)
        nursery.on_exit(Exit(code=3))
    assert (kept.state, kept.restarts, dict(kept.causes)) == (State.FATAL, 1, {"failure": 1})


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


def test_one_that_does_not_work_is_told_to_leave_killed_when_late_and_followed_as_after_a_crash(
    now: list[float],
) -> None:
    nursery = Nursery()
    kept = service(nursery, restart="on-failure")
    kept.reconcile(1000.0)
    kept.reconcile(1001.0)
    assert kept.fail("probe", "3 bad answers in a row", 1002.0)
    assert not kept.fail("probe", "again", 1002.0), "it is leaving already"
    assert (kept.state, kept.error) == (State.RUNNING, "3 bad answers in a row")
    assert kept.reconcile(1002.0) == 1012.0
    kept.reconcile(1012.0)
    assert nursery.children[0].heard == ["SIGTERM", "SIGCONT", "kill group"]
    now[0] = 1012.0
    nursery.on_exit(Exit(code=0))
    assert kept.state is State.BACKOFF, "its clean exit was no success"
    kept.reconcile(1012.0)
    assert (kept.pid, kept.failure, kept.restarts) == (101, "", 1)


def test_one_that_does_not_work_and_is_never_restarted_has_ended(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery, restart="never")
    kept.reconcile(1000.0)
    assert kept.fail("not ready", "it was not ready within 30 s", 1000.5)
    kept.up(1000.6)
    assert kept.state is State.STARTING, "too late"
    nursery.on_exit(Exit(signal=15))
    assert kept.state is State.EXITED
    assert kept.reconcile(2000.0) == math.inf


def test_a_service_whose_gate_is_closed_says_what_it_waits_for(now: list[float]) -> None:
    nursery = Nursery()
    kept = service(nursery)
    seen = [Sight(name="db.0")]
    kept.gate = Gate({"db": "ready"}, lambda _: seen)
    assert kept.reconcile(1000.0) < 1001.0
    assert (kept.state, kept.gate.reason, nursery.children) == (State.STOPPED, "db.0 to be ready", [])
    seen[0] = Sight(name="db.0", ready=True)
    kept.reconcile(1000.0)
    assert (kept.state, kept.gate.reason) == (State.STARTING, "")
