"""Standard output that cannot be written: a full disk is one line and status 1, none at all is none to write to."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
_FAILED = 1


@contextlib.contextmanager
def told_plainly() -> Iterator[None]:
    """Run a command line; what it could not say ends it with status 1 and a line on standard error."""
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115,PTH123  as long as this process
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno not in _FULL:
            raise
        # What was not written would be tried once more at the end, and told of once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stderr.write(f"the answer could not be written: {error.strerror}\n")
        sys.exit(_FAILED)
