"""A supervisor as the main process of a container: it ends when the work does, and says how."""

import signal
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process

MakeHerd = Callable[..., Herd]


def begun(make_herd: MakeHerd, *programs: dict[str, Any], **over: Any) -> Herd:
    herd = make_herd(start=False, programs=list(programs), **{"pool": {"instances": 0}, **over})
    herd.start()
    return herd


def status_of(herd: Herd) -> int:
    """The supervisor's exit status, once it has ended by itself."""
    assert herd._supervisor is not None
    return herd._supervisor.wait(30)


def main(command: str, **over: Any) -> dict[str, Any]:
    return {"name": "main", "command": ["sh", "-c", command], "essential": True, "restart": "never", **over}


@pytest.mark.parametrize(
    ("command", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -SEGV $$$$", 139)]
)  # $$$$ is $$ in the file
def test_the_end_of_an_essential_program_ends_all_with_its_status(
    make_herd: MakeHerd, command: str, status: int
) -> None:
    herd = begun(make_herd, main(command), {"name": "beside", "command": "sleep 1000"})
    assert status_of(herd) == status
    assert "main is essential and has ended" in herd.tail() or "main.0 is essential and has ended" in herd.tail()
    assert "beside.0: ended, signal 15" in herd.tail(), "the others were drained"


def test_one_that_cannot_be_executed_ends_it_with_127(make_herd: MakeHerd) -> None:
    herd = begun(make_herd, {"name": "main", "command": "/no/such/program", "essential": True})
    assert status_of(herd) == 127


def test_one_that_comes_back_by_its_rule_ends_nothing(make_herd: MakeHerd) -> None:
    herd = begun(make_herd, main("exec sleep 1000", restart="on-failure"))

    def one() -> dict[str, Any]:
        assert herd.command("status").returncode == 0, herd.tail()
        found: dict[str, Any] = herd.status()["programs"][0]
        assert found["pid"]
        return found

    before = eventually(one, 20, herd.tail)["pid"]
    herd.kill(before)
    assert eventually(lambda: (now := one())["pid"] != before and now, 10, herd.tail)["essential"]
    assert herd.command("stop", "main").returncode == 0, "a human's stop is no end of its own"
    eventually(lambda: herd.status()["programs"][0]["state"] == "STOPPED", 10, herd.tail)
    assert herd.stop() == 0


def test_a_pool_whose_tasks_cannot_be_imported_ends_it_when_it_is_essential(make_herd: MakeHerd) -> None:
    herd = begun(make_herd, pool={"tasks": ["hm_no_such_module"], "essential": True})
    assert status_of(herd) == 1
    assert "the pool default is essential and cannot start its workers" in herd.tail()


def test_a_stop_of_the_supervisor_reaches_the_essential_one_and_is_a_success(make_herd: MakeHerd) -> None:
    herd = begun(make_herd, main("trap 'exit 7' TERM; while :; do sleep 0.05; done"))
    eventually(lambda: herd.command("status").returncode == 0, 20, herd.tail)
    pid = eventually(lambda: herd.status()["programs"][0]["pid"], 10, herd.tail)
    psutil.Process(herd.pid).send_signal(signal.SIGTERM)
    assert status_of(herd) == 0
    assert not psutil.pid_exists(pid)
