"""What a supervisor hands to itself when it executes itself anew in the same process: plain data, and open files.

Everything a supervisor knows of its children is in numbers: pids, states, counts, monotonic times, file numbers. They
are written as JSON to a memory file; the files themselves stay open over the exec, under the same numbers.

    save ──> Handover ──write──> memfd ══ exec, same pid ══> read ──> Handover ──> restore
"""

import json
import os
from typing import Any, Final, Self

FD_VARIABLE: Final = "HERDSMAN_HANDOVER_FD"
# Of what is handed over. A release that cannot read what another wrote says so before the exec, not after it.
VERSION: Final = 1
_LIMIT = 64 << 20


class HandoverError(Exception):
    """What was handed over cannot be used; the text says why."""


class Handover:
    """Duties: collect what is to be known afterwards and which files stay open; write it, read it."""

    def __init__(self, parts: dict[str, Any] | None = None, fds: list[int] | None = None) -> None:
        self.parts: dict[str, Any] = parts or {}
        self.fds: list[int] = fds or []

    def keep(self, fd: int) -> int:
        """Have a file stay open over the exec; answers its number, -1 for none."""
        if fd >= 0 and fd not in self.fds:
            self.fds.append(fd)
        return fd

    def write(self) -> int:
        """Answer the memory file that holds it all; it is the caller's.

        Raises:
            OSError: the kernel gave no memory file.
            TypeError: somebody saved what is no plain data.
        """
        data = json.dumps({"version": VERSION, "parts": self.parts, "fds": self.fds}).encode()
        fd = os.memfd_create("herdsman-handover")
        with os.fdopen(os.dup(fd), "wb") as file:
            file.write(data)
        return fd

    @classmethod
    def read(cls, fd: int) -> Self:
        """Answer what stands in a memory file.

        Raises:
            HandoverError: it is nothing of ours, or of a release that wrote it otherwise.
        """
        try:
            size = os.fstat(fd).st_size
            found = json.loads(os.pread(fd, min(size, _LIMIT), 0))
        except (OSError, ValueError) as error:
            raise HandoverError(f"what was handed over cannot be read: {error}") from None
        if not isinstance(found, dict) or found.get("version") != VERSION:
            version = found.get("version") if isinstance(found, dict) else None
            raise HandoverError(
                f"what was handed over is of form {version}, this release reads form {VERSION}: `shutdown` and start "
                "this release instead"
            )
        return cls(found["parts"], found["fds"])

    def passed_on(self, *, inherited: bool) -> None:
        """Let all files outlive the next exec, or (inherited=False) keep them from any child again."""
        for fd in self.fds:
            os.set_inheritable(fd, inherited)
