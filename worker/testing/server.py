"""A server in memory for a test session: no file, no port, gone with the process that started it."""

import ctypes
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from config.store_binary import find_server
from engine import Client, StoreDown

_STARTS_WITHIN = 10.0
_PR_SET_PDEATHSIG = 1


class Server:
    """A real one: every script does here what it does in earnest. Use it as a context.

    Raises:
        config.store_binary.NoServerError: there is no server program here; the text says what to install.
        RuntimeError: it did not start.
    """

    def __init__(self) -> None:
        program = find_server().path
        self._folder = Path(tempfile.mkdtemp(prefix="hm-"))  # short: a socket's path has 107 bytes at most
        socket, log = self._folder / "s", self._folder / "log"
        self.url = f"unix://{socket}"
        words = ("--port", "0", "--unixsocket", str(socket), "--dir", str(self._folder), "--save", "")
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [program, *words, "--appendonly", "no"],
                stdout=output,
                stderr=output,
                preexec_fn=_tied_to_us(),  # noqa: PLW1509 - one system call, prepared before the fork
            )
        self.client = Client(self.url)
        deadline = time.monotonic() + _STARTS_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace")[-2000:]
                self.close()
                raise RuntimeError(f"{program} did not start: {said}")
            time.sleep(0.005)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it and remove its folder."""
        self.client.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            self.client.ping()
        except StoreDown:
            return False
        return True


def _tied_to_us() -> Callable[[], None] | None:
    """Where the kernel can (Linux): killed with this process, however that ends."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) and None
