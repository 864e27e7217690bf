"""What a child has to say when it cannot become what it should, told to its parent before it dies."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_LONGEST = 512


class Refusal:
    """A pipe from between fork and exec. subprocess itself only says that something went wrong there."""

    def __init__(self) -> None:
        self._read_end, self._write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    @contextmanager
    def told(self) -> Iterator[None]:
        """In the child: pass on what is raised."""
        try:
            yield
        except OSError as error:
            with suppress(OSError):
                os.write(self._write_end, f"{error.errno or errno.EPERM} {error.strerror}".encode()[:_LONGEST])
            raise

    def error(self) -> OSError:
        """In the parent, when there is no child: why."""
        said = b""
        with suppress(BlockingIOError):
            said = os.read(self._read_end, _LONGEST)
        number, _, text = said.decode(errors="replace").partition(" ")
        return OSError(int(number), text) if text else OSError(errno.EPERM, "it failed before its command was executed")

    def close(self) -> None:
        """Close both ends."""
        os.close(self._read_end)
        os.close(self._write_end)
