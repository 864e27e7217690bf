"""The supervisor as the first process of a container."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest

from tests.integration.supervisor.conftest import MakeHerd
from tests.support.architecture import ROOT
from tests.support.contained import UNSHARE, Contained, pid_inside
from tests.support.processes import eventually

pytestmark = pytest.mark.process


def test_it_drains_on_term_and_exits_0_with_nobody_left(make_herd: MakeHerd) -> None:
    contained = Contained(make_herd(start=False)).ready()
    herd = contained.herd
    assert pid_inside(contained.pid) == 1
    handle = herd.client.enqueue("nap", {"seconds": 1}, keep=60)
    eventually(herd.starts.counts, 10, herd.tail)
    assert contained.end(signal.SIGTERM) == 0, herd.tail()
    assert herd.all_pids() == []
    assert herd.starts.counts() == {handle.id: 1}


def test_strangers_that_it_inherits_are_reaped(make_herd: MakeHerd) -> None:
    # Without its environment nobody knows whose it was: else it would be ended with its program.
    orphan = "env -i /bin/sh -c 'sleep 0.5; exit 7' &"
    orphan += " env -i $(command -v setsid) $(command -v sleep) 600 & sleep 0.5; exit 0"
    program = {"name": "careless", "command": ["sh", "-c", orphan], "restart": "never"}
    contained = Contained(make_herd(start=False, programs=[program])).ready()

    def inherited() -> list[psutil.Process]:
        found = []
        for child in contained.children():
            with suppress(psutil.Error):
                found += [child] if "sleep 600" in " ".join(child.cmdline()) else []
        return found

    (stranger,) = eventually(inherited, 10, "an orphan's parent is PID 1")
    os.kill(stranger.pid, signal.SIGKILL)
    eventually(lambda: not inherited(), 5)

    def zombies() -> list[psutil.Process]:
        return [child for child in contained.children() if child.status() == psutil.STATUS_ZOMBIE]

    eventually(lambda: not zombies(), 10, zombies)
    assert contained.end(signal.SIGTERM) == 0


def test_signals_without_a_default_action_for_pid_1_are_all_handled(make_herd: MakeHerd) -> None:
    contained = Contained(make_herd(start=False)).ready()
    os.kill(contained.pid, signal.SIGHUP)
    eventually(lambda: "SIGHUP received" in contained.herd.tail(), 5, contained.herd.tail)
    # Between namespaces only the forced ones come without a handler: that INT arrives shows that there is one.
    assert contained.end(signal.SIGINT) == 0, contained.herd.tail()


def test_shutdown_from_outside_the_container_waits_for_the_right_process(make_herd: MakeHerd) -> None:
    contained = Contained(make_herd(start=False)).ready()
    said = contained.herd.command("shutdown")
    assert (said.returncode, said.stdout) == (0, "stopped\n"), said.stderr
    assert contained.outer.wait(5) == 0


def test_a_bad_config_ends_the_container_with_status_2(make_herd: MakeHerd) -> None:
    herd = make_herd(start=False)
    herd.path.write_text("pools: [{name: x}]\n")
    command = [*UNSHARE, sys.executable, "-m", "supervisor", "-c", str(herd.path)]
    said = subprocess.run(command, cwd=ROOT, env=herd.environment(), capture_output=True, check=False, timeout=30)
    assert said.returncode == 2, said.stderr
