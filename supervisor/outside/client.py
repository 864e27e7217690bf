"""The asking side of the control socket. Blocking, for the command line."""

import json
import socket
import struct
from pathlib import Path
from typing import Any

_TIME_S = 10.0
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class NotRunningError(Exception):
    """Nobody answers at the control socket."""


class RefusedError(Exception):
    """The supervisor answered with an error; the text is its own."""


def ask(path: Path, verb: str, args: dict[str, Any] | None = None) -> Any:
    """Send one request and answer its result.

    Raises:
        NotRunningError: no supervisor listens there.
        RefusedError: it refused, or did not answer in time.
    """
    line = json.dumps({"verb": verb, "args": args or {}}).encode() + b"\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_TIME_S)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            raise NotRunningError(f"no supervisor is running (nobody listens at {path})") from None
        except OSError as error:
            raise RefusedError(f"{path}: {error.strerror or error}") from None
        try:
            connection.sendall(line)
            answer = _line(connection)
        except OSError as error:
            raise RefusedError(f"the supervisor did not answer: {error}") from None
    if not answer.get("ok"):
        raise RefusedError(str(answer.get("error", "the answer makes no sense")))
    return answer.get("result")


def listener_pid(path: Path) -> int:
    """Answer the pid of who listens, as it is here and not as it calls itself; 0 when it cannot be seen from here.

    A supervisor in a container believes that it is 1.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_TIME_S)
        try:
            connection.connect(str(path))
        except OSError:
            return 0
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid: int = _CREDENTIALS.unpack(raw)[0]
    return pid


def _line(connection: socket.socket) -> dict[str, Any]:
    with connection.makefile("rb") as file:
        data = file.readline()
    try:
        answer = json.loads(data)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
