"""`python -m supervisor.services.watchman FD PARENT`: the guardian's process (guardian.py says what for)."""

import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

_SIZE = 4096
_POLL_S = 0.05
_DYING_S = 2.0  # from the end of its sockets to the end of a process; its memory is freed in between


@dataclass(slots=True)
class Ward:
    """One program: leader of a process group of the same number."""

    pid: int
    pidfd: int
    grace: float
    members: dict[int, int] = field(default_factory=dict)  # pid -> pidfd, of everybody in the group


def main(arguments: list[str]) -> int:
    """Watch until told to leave, or until the supervisor is gone."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)
    parent = _parent(int(arguments[1]))
    with socket.socket(fileno=int(arguments[0])) as end:
        os.set_inheritable(end.fileno(), False)  # noqa: FBT003  the argument has no name
        wards: dict[int, Ward] = {}
        while _hear(end, wards):
            pass
    if wards and (parent is None or _ended(parent, _DYING_S)):
        print(f"the supervisor is gone: ending {len(wards)} programs", file=sys.stderr)  # noqa: T201  its log
        bury(list(wards.values()))
    return 0


def _parent(pid: int) -> int | None:
    """A pidfd of the supervisor; None when it is dead already."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    # As long as it is our parent, the number is its own.
    return pidfd if os.getppid() == pid else None


def _hear(end: socket.socket, wards: dict[int, Ward]) -> bool:
    """Take one message; False when the supervisor is gone."""
    try:
        data, fds, _, _ = socket.recv_fds(end, _SIZE, 1)
    except ConnectionError:
        return False
    if not data:
        return False
    said = json.loads(data)
    if said["op"] == "watch" and fds:
        wards[said["pid"]] = Ward(said["pid"], fds[0], said["grace"], {said["pid"]: fds[0]})
    elif (ward := wards.pop(said["pid"], None)) is not None:
        os.close(ward.pidfd)
    return True


def bury(wards: list[Ward]) -> None:
    """End every process of every group: TERM, and KILL to those that have not ended within their grace."""
    began = time.monotonic()
    groups = {ward.pid: ward for ward in wards}
    _muster(groups)
    _signal(wards, signal.SIGTERM)
    while wards:
        now = time.monotonic()
        _muster(groups)  # what they have forked meanwhile is theirs
        late = [ward for ward in wards if now >= began + ward.grace]
        _signal(late, signal.SIGKILL)
        wards = [ward for ward in wards if any(not _ended(pidfd) for pidfd in ward.members.values())]
        groups = {ward.pid: ward for ward in wards}
        if wards:
            time.sleep(_POLL_S)


def _muster(groups: dict[int, Ward]) -> None:
    """Take a pidfd of everybody in these groups.

    A group's number cannot be given to another group while anybody is in it, and the first look is taken in the
    moment the supervisor dies; later ones are taken only while one is known to live.
    """
    for name in os.listdir("/proc"):  # noqa: PTH208  names only, thousands of them
        if not name.isdigit():
            continue
        pid = int(name)
        with suppress(OSError):
            ward = groups.get(os.getpgid(pid))
            if ward is None or pid in ward.members:
                continue
            pidfd = os.pidfd_open(pid)
            if os.getpgid(pid) == ward.pid:
                ward.members[pid] = pidfd
            else:
                os.close(pidfd)


def _signal(wards: list[Ward], number: signal.Signals) -> None:
    for ward in wards:
        for pidfd in ward.members.values():
            with suppress(OSError):
                signal.pidfd_send_signal(pidfd, number)


def _ended(pidfd: int, within_s: float = 0.0) -> bool:
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    return bool(poller.poll(within_s * 1000))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
