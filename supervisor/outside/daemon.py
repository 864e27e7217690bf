"""`--daemon`: start a supervisor in the background, and wait until it says how its start went.

command ── spawn, own session ──> supervisor        stdin, stdout: /dev/null    stderr: logs/daemon.err
│ <── pipe: one line of JSON ──── all workers run, or why not
└ exit 0 | 1 with the reason (then nothing runs) | 2 a bad config
"""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config import Places
from supervisor.roots import ROOT

VARIABLE = "HERDSMAN_DAEMON_FD"
_MOST_ERRORS = 1 << 20  # bytes of standard error that are kept from one start to the next
_MOST_SHOWN = 16 * 1024


@dataclass(frozen=True, slots=True)
class Started:
    """How a start in the background went: exit status for the command, and what to tell people."""

    status: int
    text: str


def start(config: Path, places: Places, wait_s: float) -> Started:
    """Start a supervisor in the background and wait for its word; when it fails nothing is left running.

    Args:
        config: the config file, absolute.
        places: of that config, prepared.
        wait_s: seconds; 0 waits for nothing but the process itself.

    Raises:
        OSError: it cannot be executed.
    """
    errors = places.logs_dir / "daemon.err"
    read_end, write_end = os.pipe2(os.O_CLOEXEC)
    stderr = _open(errors)
    with os.fdopen(read_end, "rb", buffering=0) as word:
        offset = os.fstat(stderr).st_size
        try:
            # Who does not wait is told nothing: then a failure does not end it, as in the foreground.
            process = _spawn(config, stderr, write_end if wait_s else None)
        finally:
            os.close(write_end)
            os.close(stderr)
        try:
            return _await(process, word.fileno(), wait_s, lambda: _read_from(errors, offset))
        except KeyboardInterrupt:
            _end(process)
            return Started(1, "interrupted: stopped again")
        finally:
            process.returncode = process.returncode or 0  # it lives on: nobody here waits for it


def told_by(environ: MutableMapping[str, str]) -> Callable[[str], None] | None:
    """In the background supervisor: what it tells its outcome with (`""`: up). None when nobody waits for it."""
    inherited = environ.pop(VARIABLE, "")
    if not inherited.isdigit():
        return None
    fd = int(inherited)
    os.set_inheritable(fd, False)  # noqa: FBT003  the argument has no name

    def tell(failure: str) -> None:
        line = json.dumps({"failure": failure[:_MOST_SHOWN]}).encode() + b"\n"
        with suppress(OSError):  # who waited may be gone
            os.set_blocking(fd, False)
            os.write(fd, line)
        os.close(fd)

    return tell


def _open(path: Path) -> int:
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.fstat(fd).st_size > _MOST_ERRORS:
        os.ftruncate(fd, 0)
    return fd


def _spawn(config: Path, stderr: int, word: int | None) -> "subprocess.Popen[bytes]":
    paths = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return subprocess.Popen(
        [sys.executable, "-m", "supervisor", "-c", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
            VARIABLE: "" if word is None else str(word),
        },
        pass_fds=() if word is None else (word,),
        start_new_session=True,
    )


def _await(process: "subprocess.Popen[bytes]", word: int, wait_s: float, errors: Callable[[], str]) -> Started:
    if wait_s == 0:
        return Started(0, f"started, pid {process.pid}")
    line = _word(word, time.monotonic() + wait_s)
    if line is None:
        _end(process)
        return Started(1, f"not all workers ran within {wait_s:g} s: stopped again; `logs` shows what they said")
    if not line:
        # It ended without a word: a bad config, another one that runs, a port that is taken.
        return Started(process.wait() or 1, errors() or "the supervisor ended without a word")
    failure = json.loads(line)["failure"]
    if not failure:
        return Started(0, f"started, pid {process.pid}")
    process.wait()
    return Started(1, f"{failure}\nnothing was left running")


def _word(fd: int, deadline: float) -> bytes | None:
    """The line it says; empty when it ended without one, None when the time is over."""
    said = b""
    while not said.endswith(b"\n"):
        ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        piece = os.read(fd, 65536)
        if not piece:
            return b""
        said += piece
    return said


def _end(process: "subprocess.Popen[bytes]") -> None:
    """TERM, and wait: its own deadlines are what bounds this."""
    process.terminate()
    process.wait()


def _read_from(path: Path, offset: int) -> str:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(_MOST_SHOWN).decode(errors="replace").strip()
