"""Waiting on conditions, and knowing which processes this test run has left behind.

Every process the suite starts inherits ``HERDSMAN_TEST_RUN``, a random word of ``mark_this_run``, so that
one that made its own session, or whose parent was killed, is still found in ``/proc/*/environ`` as ours.
"""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

import psutil

MARKER = "HERDSMAN_TEST_RUN"
_TETHER = Path(__file__).with_name("tether.py")
_spared: set[int] = set()

T = TypeVar("T")


class Seen(NamedTuple):
    """One process as it stood in /proc: enough to recognise it again and to name it in a message."""

    pid: int
    started: float
    command: str


def eventually(condition: Callable[[], T], timeout: float = 5.0, message: object = "") -> T:
    """Call ``condition`` until what it returns is true, and return that; fail after ``timeout`` seconds.

    ``message`` stands in the failure; a callable is asked only then, so that it can tell what was seen last.
    An AssertionError raised by the condition counts as "not yet".
    """
    deadline = time.monotonic() + timeout
    pause = 0.001
    while True:
        try:
            seen: object = (value := condition())
            if value:
                return value
        except AssertionError as refusal:
            seen = refusal
        if time.monotonic() >= deadline:
            said = str(message() if callable(message) else message)
            raise AssertionError(f"not within {timeout:g} s: {said or repr(condition)}; last seen: {seen!r}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def alive(pid: int) -> bool:
    """Whether ``pid`` runs; a zombie does not."""
    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


def gone(pids: Iterable[int], timeout: float = 5.0) -> None:
    """Wait until none of ``pids`` runs; fail after ``timeout`` seconds with those that do."""
    left = set(pids)

    def none_left() -> bool:
        left.intersection_update({pid for pid in left if alive(pid)})
        return not left

    eventually(none_left, timeout, lambda: f"still there: {[_describe(pid) for pid in sorted(left)]}")


def tethered(command: list[str], word: str = "KILL") -> list[str]:
    """``command``, made to get ``SIG<word>`` from the kernel when this test process dies, however it dies."""
    return [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), word, *command]


def mark_this_run() -> str:
    """Give this process's future children a marker of their own, and return it."""
    marker = f"{os.getpid()}-{secrets.token_hex(8)}"
    os.environ[MARKER] = marker
    os.environ["SPT_NOENV"] = "1"  # setproctitle writes a long title over the environment, and the marker with it
    return marker


def spare(pid: int) -> None:
    """Let ``pid`` live on between tests (a server of the whole session)."""
    _spared.add(pid)


def forget(pid: int) -> None:
    """``pid`` is spared no more."""
    _spared.discard(pid)


def left_behind() -> list[Seen]:
    """Every live process of this run, by marker or by descent, but for this one and the spared."""
    marker = os.environ.get(MARKER, "")
    descendants = {child.pid for child in psutil.Process().children(recursive=True)}
    found = []
    for pid in psutil.pids():
        if pid in _spared or pid == os.getpid():
            continue
        if (pid in descendants or marked(pid, MARKER, marker)) and alive(pid):
            found.append(_describe(pid))
    return found


def end(processes: Iterable[Seen]) -> None:
    """Kill each that is still the very process that was seen (a reused pid is left alone), and wait."""
    processes = list(processes)
    for pid, started, _ in processes:
        try:
            process = psutil.Process(pid)
            if process.create_time() == started:
                process.kill()
        except psutil.NoSuchProcess:
            continue
    gone([seen.pid for seen in processes])


def marked(pid: int, variable: str, value: str) -> bool:
    """Whether the process was started with ``variable`` set to ``value``."""
    return f"{variable}={value}".encode() in _environ(pid)


def _environ(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:  # gone meanwhile, or another user's
        return []


def _describe(pid: int) -> Seen:
    try:
        process = psutil.Process(pid)
        return Seen(pid, process.create_time(), " ".join(process.cmdline()).strip()[:200] or process.name())
    except psutil.NoSuchProcess:
        return Seen(pid, 0.0, "(gone)")
