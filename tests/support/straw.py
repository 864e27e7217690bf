"""A logger as a process, with a supervisor of straw at the other end of its socket."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scoreboard import FD_VARIABLE, Board
from supervisor.logger.settings import Settings
from tests.support.architecture import ROOT


class Straw:
    """Starts a logger and gives it pipes."""

    def __init__(
        self,
        folder: Path,
        settings: Settings | None = None,
        *,
        stdout: int = subprocess.DEVNULL,
        board: Board | None = None,
        limit: Callable[[], None] | None = None,
    ) -> None:
        self.folder = folder
        self.end, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "supervisor.logger", "--dir", str(folder), "--deaths", f"{folder}.deaths"]
        if settings is not None:
            command += ["--settings", settings.to_json()]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            pass_fds=(theirs.fileno(), *((board.fd,) if board else ())),
            preexec_fn=limit,  # noqa: PLW1509  one call, and tests have one thread
            stdout=stdout,
            env={
                **os.environ,
                "HERDSMAN_LOGGER_FD": str(theirs.fileno()),
                **({FD_VARIABLE: str(board.fd)} if board else {}),
            },
        )
        theirs.close()

    def give(self, tag: str, read_end: int, slot: int = -1) -> None:
        """Have it read a pipe."""
        message = {"op": "pipe", "tag": tag, "file": tag.partition(".")[0], "slot": slot}
        socket.send_fds(self.end, [json.dumps(message).encode()], [read_end])

    def text(self, name: str) -> str:
        """What stands in the file of a log."""
        try:
            return (self.folder / f"{name}.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""  # not yet, or it is being rotated just now

    def close(self) -> None:
        """End it."""
        self.end.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
