"""The guardian's messages, without its process."""

import asyncio
import json
import os
import socket
from typing import Any

from supervisor.processes.child import Launch
from supervisor.processes.children import Exit
from supervisor.services.guardian import Guardian
from tests.support.straw_nursery import Nursery, Straw


class Listening(Nursery):
    """Reads what a child of straw finds in its socket in the moment it begins."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.loop = loop
        self.read: list[dict[str, Any]] = []

    def spawn(self, launch: Launch, on_exit: Any) -> Straw:
        with socket.socket(fileno=os.dup(launch.pass_fds[0])) as end:
            end.settimeout(0)
            try:
                while True:
                    data, files, _, _ = socket.recv_fds(end, 65536, 8)
                    self.read.append(json.loads(data))
                    for file in files:
                        os.close(file)
            except BlockingIOError:
                return super().spawn(launch, on_exit)


def test_it_finds_all_that_live_in_its_socket_when_it_begins() -> None:
    loop = asyncio.new_event_loop()
    try:
        nursery = Listening(loop)
        guardian = Guardian(nursery, {}, 1, wake=lambda: None)  # type: ignore[arg-type]  # straw
        guardian.guard(os.getpid(), 0.5)
        guardian.guard(os.getppid(), 2.0)
        guardian.reconcile(0.0)
        assert [(told["op"], told["pid"], told["grace"]) for told in nursery.read] == [
            ("watch", os.getpid(), 0.5),
            ("watch", os.getppid(), 2.0),
        ]
        for pid in (os.getpid(), os.getppid()):
            guardian.forget(Straw(pid))  # type: ignore[arg-type]  # straw
        nursery.on_exit(Exit(signal=9))
    finally:
        loop.close()
