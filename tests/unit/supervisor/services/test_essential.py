from types import SimpleNamespace
from typing import Any

import pytest

from supervisor.processes.children import Exit
from supervisor.services.essential import End, essential_end, exit_status
from supervisor.services.states import State


def one(state: State, end: Exit | None = None, **over: Any) -> Any:
    seen = {"essential": True, "failure": "", "error": "", "error_number": 0, "name": "main.0", **over}
    return SimpleNamespace(state=state, last_exit=end, **seen)


def herd(*services: Any, pools: tuple[Any, ...] = ()) -> Any:
    return SimpleNamespace(programs={"main": list(services)}, pools=pools)


@pytest.mark.parametrize(
    ("end", "failed", "status"),
    [
        (Exit(code=0), False, 0),
        (Exit(code=0), True, 1),
        (Exit(code=3), True, 3),
        (Exit(signal=15), False, 143),
        (Exit(signal=9), True, 137),
        (Exit(), False, 1),
        (None, False, 1),
    ],
)
def test_the_status_tells_code_or_signal(end: Exit | None, failed: bool, status: int) -> None:
    assert exit_status(end, failed=failed) == status


@pytest.mark.parametrize("state", [state for state in State if state not in (State.EXITED, State.FATAL)])
def test_what_runs_may_come_back_or_was_stopped_by_hand_ends_nothing(state: State) -> None:
    assert essential_end(herd(one(state, Exit(code=1)))) is None


def test_what_is_not_essential_ends_nothing() -> None:
    assert essential_end(herd(one(State.EXITED, Exit(code=1), essential=False))) is None


def test_a_program_has_ended_when_all_its_instances_have_and_the_first_bad_end_is_its_status() -> None:
    first, second = one(State.EXITED, Exit(code=0)), one(State.RUNNING, name="main.1")
    assert essential_end(herd(first, second)) is None
    second.state, second.last_exit = State.EXITED, Exit(code=4)
    assert essential_end(herd(first, second)) == End("main.1 is essential and has ended, exit 4", 4)


@pytest.mark.parametrize(("number", "status"), [(2, 127), (13, 126)])
def test_one_that_cannot_be_started_ends_it_as_a_shell_would_say(number: int, status: int) -> None:
    said = essential_end(herd(one(State.FATAL, error="cannot be started: no", error_number=number)))
    assert said == End("main.0 is essential and cannot be started: no", status)


@pytest.mark.parametrize(
    ("failures", "live", "stopped", "ends"),
    [(2, False, False, False), (3, False, False, True), (3, True, False, False), (3, False, True, False)],
)
def test_a_pool_ends_it_when_it_fails_to_start_again_and_again_with_no_worker_left(
    failures: int, live: bool, stopped: bool, ends: bool
) -> None:
    pool = SimpleNamespace(
        name="default",
        config=SimpleNamespace(essential=True),
        generations=SimpleNamespace(failures=failures),
        seats=SimpleNamespace(live=live),
        stopped=stopped,
    )
    said = essential_end(herd(pools=(pool,)))
    assert (said is not None and said.status == 1) is ends
