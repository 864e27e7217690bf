"""What one run of a job has said and the store has not heard yet. The newest progress and checkpoint win; of the lines
the newest stay.

Written by the task's threads and read by the reporter's, without a lock: a task may be interrupted at any instruction
(SoftTimeout, Cancelled), and a lock that it held then would stay shut.
"""

import itertools
import time
from collections import deque

from engine.asking.sayings import LINE_BYTES, LOG_BYTES, Said

LINES = 500  # that wait to be sent, at most


class Words:
    """One run's. lease: the right under which it speaks; job, token: whose it is."""

    def __init__(self, job: str, token: int, lease: str) -> None:
        self.job, self.token, self.lease = job, token, lease
        self.noted = False  # the reporter has a note of it in its inbox
        self.lost = False  # the lease went to another: nobody listens
        self.spoke = False  # there is something in the record to read after the job's end
        self.earlier: bytes | None = None  # the checkpoint found at the first look; b"" = there was none
        self.checkpoint: bytes | None = None  # the newest
        self._progress: tuple[int, float, str] | None = None
        self._lines: deque[tuple[int, int, str]] = deque(maxlen=LINES)  # number, when, text
        self._numbers = itertools.count()
        self._next_line = 0
        self._sent: tuple[object, object] = (None, None)  # progress and checkpoint, compared by identity
        self._number = 0
        self._batch: _Batch | None = None

    def progress(self, fraction: float, text: str) -> None:
        """How far it has come."""
        self.spoke = True
        self._progress = (time.monotonic_ns(), fraction, text)

    def log(self, text: str) -> None:
        """Lines of its log."""
        self.spoke = True
        now = time.monotonic_ns()
        for line in text.splitlines() or [""]:
            self._lines.append((next(self._numbers), now, line))

    def waiting(self) -> Said | None:
        """What is to be sent now: the same again until it was ``heard``, for a repeated word counts once."""
        if self._batch is None:
            self._batch = self._gather()
        return self._batch.said() if self._batch else None

    def heard(self) -> None:
        """The store has what was ``waiting``, or will never take it."""
        self._batch = None

    def _gather(self) -> "_Batch | None":
        progress, checkpoint = self._progress, self.checkpoint
        lines, size = deque[tuple[int, str]](), 0
        first = self._next_line
        while self._lines:
            number, at, line = self._lines.popleft()
            self._next_line = number + 1
            lines.append((at, line))
            size += len(line)
            while size > LOG_BYTES:
                size -= len(lines.popleft()[1])
        dropped = self._next_line - first - len(lines)
        news = (
            progress if progress is not self._sent[0] else None,
            checkpoint if checkpoint is not self._sent[1] else None,
        )
        if news == (None, None) and not lines and not dropped:
            return None
        self._sent = (progress, checkpoint)
        self._number += 1
        return _Batch(self._number, news[0], news[1], list(lines), dropped)


class _Batch:
    """What is sent at once. Times are monotonic ns."""

    def __init__(
        self,
        number: int,
        progress: tuple[int, float, str] | None,
        checkpoint: bytes | None,
        lines: list[tuple[int, str]],
        dropped: int,
    ) -> None:
        self._number, self._progress, self._checkpoint = number, progress, checkpoint
        self._lines, self._dropped = lines, dropped

    def said(self) -> Said:
        """As it is sent now, with ages in place of times."""
        now = time.monotonic_ns()
        progress = self._progress
        return Said(
            self._number,
            ((now - progress[0]) // 1_000_000, *progress[1:]) if progress else None,
            self._checkpoint,
            [((now - at) // 1_000_000, line) for at, line in self._lines],
            self._dropped,
        )


def cut(text: str, limit: int = LINE_BYTES) -> str:
    """A text that has ``limit`` bytes at most."""
    data = text.encode("utf-8", "replace")
    return data.decode() if len(data) <= limit else data[: limit - 3].decode("utf-8", "ignore") + "…"
