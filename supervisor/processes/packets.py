"""Receiving one packet with the open files beside it."""

import array
import socket
from typing import Final

_INT: Final = array.array("i").itemsize


def receive(end: socket.socket, size: int, max_fds: int) -> tuple[bytes, list[int], bool]:
    """Answer data, files and whether anything was cut off.

    Not `socket.recv_fds`: in Python 3.11 it forgets its flags, and the files would be inherited by every child.

    Raises:
        BlockingIOError: nothing is there.
        OSError: the socket is broken.
    """
    room = socket.CMSG_LEN(max_fds * _INT)
    data, ancillary, flags, _ = end.recvmsg(size, room, socket.MSG_CMSG_CLOEXEC)
    fds = array.array("i")
    for level, kind, raw in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(raw[: len(raw) - len(raw) % _INT])
    return data, list(fds), bool(flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC))
