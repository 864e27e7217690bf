import errno
import os

import pytest

from supervisor.processes.refusal import Refusal


def test_what_the_child_was_refused_reaches_its_parent() -> None:
    refusal = Refusal()
    with pytest.raises(OSError, match="nice is refused"), refusal.told():
        raise OSError(errno.EPERM, "nice is refused")
    found = refusal.error()
    assert (found.errno, found.strerror) == (errno.EPERM, "nice is refused")
    refusal.close()


def test_a_child_that_died_without_a_word_makes_nobody_wait() -> None:
    refusal = Refusal()
    assert "before its command was executed" in str(refusal.error())
    refusal.close()
    with pytest.raises(OSError):
        os.fstat(refusal._read_end)
