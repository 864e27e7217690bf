"""Real children: their ends, their groups, their death with us."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from supervisor.processes.child import Launch, Nursery
from supervisor.processes.children import Children, Exit
from supervisor.processes.reap import Reaper
from tests.support.architecture import ROOT
from tests.support.processes import alive, eventually, gone

pytestmark = pytest.mark.process

Body = Callable[[Nursery], Coroutine[Any, Any, None]]


def with_nursery(body: Body) -> None:
    async def run() -> None:
        children = Children()
        async with asyncio.timeout(10):
            await body(Nursery(asyncio.get_running_loop(), children, Reaper(children)))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("script", "end"),
    [
        ("exit 0", Exit(code=0)),
        ("exit 9", Exit(code=9)),
        ("kill -9 $$", Exit(signal=9)),
        ("kill -TERM $$", Exit(signal=15)),
    ],
)
def test_exit_code_and_signal_are_told_apart(script: str, end: Exit) -> None:
    async def body(nursery: Nursery) -> None:
        told: asyncio.Future[Exit] = nursery.loop.create_future()
        nursery.spawn(Launch(command=("/bin/sh", "-c", script), env={}), told.set_result)
        assert await told == end

    with_nursery(body)


def test_what_a_dead_leader_leaves_in_its_group_is_killed(tmp_path: Path) -> None:
    async def body(nursery: Nursery) -> None:
        told: asyncio.Future[Exit] = nursery.loop.create_future()
        script = f"sleep 1000 & echo $! > {tmp_path}/pid; exit 1"
        nursery.spawn(Launch(command=("/bin/sh", "-c", script), env=dict(os.environ)), told.set_result)
        await told

    with_nursery(body)
    gone([int((tmp_path / "pid").read_text())])


def test_a_command_that_does_not_exist_is_an_error_that_names_it() -> None:
    async def body(nursery: Nursery) -> None:
        with pytest.raises(FileNotFoundError, match="/no/such/command"):
            nursery.spawn(Launch(command=("/no/such/command",), env={}), lambda _end: None)

    with_nursery(body)


def test_a_child_has_default_signal_handlers_and_no_blocked_signals() -> None:
    async def body(nursery: Nursery) -> None:
        told: asyncio.Future[Exit] = nursery.loop.create_future()
        read_end, write_end = os.pipe()
        launch = Launch(command=("/bin/cat", "/proc/self/status"), env={}, stdout=write_end)
        nursery.loop.add_signal_handler(signal.SIGTERM, lambda: None)
        nursery.spawn(launch, told.set_result)
        await told
        nursery.loop.remove_signal_handler(signal.SIGTERM)
        lines = dict(line.split(":\t", 1) for line in os.read(read_end, 8192).decode().splitlines())
        masks = {name: int(lines[name], 16) for name in ("SigBlk", "SigIgn", "SigCgt")}
        assert masks == {"SigBlk": 0, "SigIgn": 0, "SigCgt": 0}
        os.close(read_end)
        os.close(write_end)

    with_nursery(body)


PARENT = """
import asyncio, signal, sys
from supervisor.processes.child import Launch, Nursery
from supervisor.processes.children import Children
from supervisor.processes.reap import Reaper

async def main():
    children = Children()
    nursery = Nursery(asyncio.get_running_loop(), children, Reaper(children))
    for death_signal in (signal.SIGTERM, None):
        free = death_signal is None
        launch = Launch(command=("/bin/sleep", "1000"), env={}, death_signal=death_signal, own_session=free)
        print(nursery.spawn(launch, lambda end: None).pid, flush=True)
    await asyncio.sleep(1000)

asyncio.run(main())
"""


def test_a_killed_parent_takes_its_children_along_but_not_those_that_are_to_outlive_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    tied, free = (int(parent.stdout.readline()) for _ in range(2))
    parent.kill()
    parent.wait(5)
    parent.stdout.close()
    gone([tied])
    assert alive(free)
    os.kill(free, signal.SIGKILL)
    eventually(lambda: not alive(free), 5)
