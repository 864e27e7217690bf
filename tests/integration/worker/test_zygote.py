"""The zygote as its supervisor sees it: through the control socket, with a scoreboard and a lifeline of our own."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine import Client
from scoreboard import Board, WorkerState
from tests.support import processes
from worker.processes.messages import Wire

pytestmark = pytest.mark.process
HERE = Path(__file__).parent
ROOT = HERE.parents[2]


class Supervisor:
    """What a supervisor does, by hand."""

    def __init__(self, url: str, folder: Path, tasks: str = "hm_tasks") -> None:
        path = folder / "c.yaml"
        path.write_text(yaml.safe_dump({"redis": {"url": url}, "pools": [{"name": "default", "tasks": [tasks]}]}))
        self.board = Board.create(4)
        self.wire, theirs = Wire.pair()
        self.lifeline, self.held = os.pipe()
        self.pidfds: dict[int, int] = {}
        numbers = (theirs.fileno(), self.board.fd, self.lifeline)
        names = ("HERDSMAN_CONTROL_FD", "HERDSMAN_SCOREBOARD_FD", "HERDSMAN_LIFELINE_FD")
        command = [sys.executable, "-m", "worker", "--zygote", "-c", str(path), "--pool", "default"]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--generation", "3"],
                env={
                    **os.environ,
                    "PYTHONPATH": f"{ROOT}:{HERE}",
                    "HM_RUNS": str(folder / "runs"),
                    **dict(zip(names, map(str, numbers), strict=True)),
                },
                pass_fds=numbers,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        theirs.close()

    def hear(self, event: str, timeout: float = 10) -> dict[str, Any]:
        """The next message; it must be this event."""
        assert select.select([self.wire], [], [], timeout)[0], f"no {event!r}"
        received = self.wire.receive()
        assert received is not None
        message, fds = received
        assert message["event"] == event, message
        for fd in fds:
            self.pidfds[message["pid"]] = fd
        return message

    def close(self) -> None:
        os.close(self.held)
        self.wire.close()
        try:
            self.process.wait(15)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(5)
            for fd in (self.lifeline, *self.pidfds.values()):
                os.close(fd)
            self.board.close()


@pytest.fixture
def supervisor(store, tmp_path):
    made = Supervisor(store.url, tmp_path)
    yield made
    made.close()


def test_it_says_what_it_knows_and_forks_on_request(supervisor, store) -> None:
    ready = supervisor.hear("ready")
    assert "add" in ready["tasks"]
    assert processes.alive(ready["keeper"])
    supervisor.wire.send({"op": "fork", "slot": 2})
    pid = supervisor.hear("forked")["pid"]
    with Client(store.url) as client:
        assert client.enqueue("whoami").result(timeout=10) == pid
    snapshot = supervisor.board.worker(2).snapshot()
    assert (snapshot.pid, snapshot.generation) == (pid, 3)


def test_a_workers_output_goes_where_it_was_told(supervisor) -> None:
    supervisor.hear("ready")
    read, write = os.pipe()
    supervisor.wire.send({"op": "fork", "slot": 0}, (write, write))
    os.close(write)
    pid = supervisor.hear("forked")["pid"]
    processes.eventually(lambda: supervisor.board.worker(0).snapshot().state is WorkerState.IDLE)
    signal.pidfd_send_signal(supervisor.pidfds[pid], signal.SIGTERM)
    assert supervisor.hear("exit")["cause"] == "drained"
    assert b"worker leaves: drained" in os.read(read, 4096)
    os.close(read)


def test_a_crash_is_told_with_the_job_and_the_job_is_back(supervisor, store) -> None:
    supervisor.hear("ready")
    supervisor.wire.send({"op": "fork", "slot": 0})
    pid = supervisor.hear("forked")["pid"]
    with Client(store.url) as client:
        job = client.enqueue("nap", [20])
        board = supervisor.board
        processes.eventually(lambda: any(e.started_ns for e in board.worker(0).snapshot().entries))
        signal.pidfd_send_signal(supervisor.pidfds[pid], signal.SIGSEGV)
        told = supervisor.hear("exit")
        assert (told["slot"], told["pid"], told["code"], told["signal"]) == (0, pid, None, 11)
        assert (told["charged"], told["job"], told["cause"]) == (True, job.id, "signal 11")
        processes.eventually(lambda: client.find(job.id).crashes == 1)


def test_modules_that_cannot_be_imported_are_told_and_end_it(store, tmp_path) -> None:
    made = Supervisor(store.url, tmp_path, "hm_absent")
    assert "there is no module 'hm_absent'" in made.hear("failed")["error"]
    assert made.process.wait(5) == 3
    made.close()


def test_when_the_supervisor_is_gone_all_finish_and_leave(supervisor, store) -> None:
    ready = supervisor.hear("ready")
    supervisor.wire.send({"op": "fork", "slot": 0})
    pid = supervisor.hear("forked")["pid"]
    with Client(store.url) as client:
        job = client.enqueue("nap", [0.5])
        processes.eventually(lambda: client.queues()["default"].processing)
        begun = time.monotonic()
        supervisor.close()
        processes.gone([pid, ready["keeper"]], 5)
        assert job.result(timeout=5) == 0.5
        assert time.monotonic() - begun < 8
    supervisor.close = lambda: None


def test_an_order_to_leave_waits_for_the_last_worker(supervisor) -> None:
    supervisor.hear("ready")
    supervisor.wire.send({"op": "fork", "slot": 0})
    pid = supervisor.hear("forked")["pid"]
    processes.eventually(lambda: supervisor.board.worker(0).snapshot().state is WorkerState.IDLE)
    supervisor.wire.send({"op": "exit"})
    supervisor.wire.send({"op": "fork", "slot": 1})
    assert supervisor.process.poll() is None
    signal.pidfd_send_signal(supervisor.pidfds[pid], signal.SIGTERM)
    supervisor.hear("exit")
    assert supervisor.process.wait(8) == 0
