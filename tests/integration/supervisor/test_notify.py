"""What a service manager hears from a real supervisor."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.supervisor.conftest import MakeHerd
from tests.support.processes import eventually

pytestmark = pytest.mark.process


class Manager:
    """A datagram socket with an abstract name, and all that was said to it."""

    def __init__(self) -> None:
        self.end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.end.bind("")
        self.end.settimeout(0)
        self.address = "@" + self.end.getsockname()[1:].decode()
        self._words: list[str] = []

    def heard(self) -> list[str]:
        while True:
            try:
                self._words += self.end.recv(65536).decode().splitlines()
            except BlockingIOError:
                return self._words

    def phases(self) -> list[str]:
        return [word for word in self.heard() if word in ("READY=1", "RELOADING=1", "STOPPING=1")]


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    manager = Manager()
    monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    yield manager
    manager.end.close()


def test_ready_reloading_watchdog_status_and_stopping_are_told(make_herd: MakeHerd, manager: Manager) -> None:
    herd = make_herd()
    eventually(lambda: manager.phases() == ["READY=1"], 10, manager.heard)
    assert f"MAINPID={herd.pid}" in manager.heard()
    eventually(lambda: "STATUS=2/2 workers, 0 jobs waiting" in manager.heard(), 5, manager.heard)

    os.kill(herd.pid, signal.SIGHUP)
    eventually(lambda: manager.phases() == ["READY=1", "RELOADING=1", "READY=1"], 15, manager.heard)
    assert any(re.fullmatch(r"MONOTONIC_USEC=\d+", word) for word in manager.heard())

    fed = manager.heard().count("WATCHDOG=1")
    eventually(lambda: manager.heard().count("WATCHDOG=1") >= fed + 3, 5)
    os.kill(herd.pid, signal.SIGSTOP)  # its loop stands still
    try:
        eventually(lambda: manager.heard() == manager.heard(), 1)
        fed = manager.heard().count("WATCHDOG=1")
        with pytest.raises(AssertionError):
            eventually(lambda: manager.heard().count("WATCHDOG=1") > fed, 0.6)
    finally:
        os.kill(herd.pid, signal.SIGCONT)
    assert herd.stop() == 0
    assert manager.phases()[-1] == "STOPPING=1"


def test_no_child_can_speak_in_its_name(make_herd: MakeHerd, manager: Manager) -> None:
    herd = make_herd(programs=[{"name": "nosy", "command": "sh -c 'echo socket=$NOTIFY_SOCKET.'", "restart": "never"}])
    log = herd.folder / "d/logs/nosy.log"
    eventually(lambda: log.exists() and "socket=." in log.read_text(), 10, herd.tail)


def test_a_reload_to_code_that_cannot_be_imported_is_ready_again_and_said(
    make_herd: MakeHerd, manager: Manager
) -> None:
    task = "from worker import task\n@task\ndef x(): ...\n"
    herd: Any = make_herd(files={"hm_mine.py": task}, pool={"tasks": ["hm_mine"]})
    eventually(lambda: manager.phases() == ["READY=1"], 10, manager.heard)
    (herd.folder / "hm_mine.py").write_text("raise ValueError('broken')\n")
    os.kill(herd.pid, signal.SIGHUP)
    eventually(lambda: manager.phases() == ["READY=1", "RELOADING=1", "READY=1"], 15, manager.heard)
    eventually(lambda: any("default cannot start: ValueError: broken" in word for word in manager.heard()), 5)
