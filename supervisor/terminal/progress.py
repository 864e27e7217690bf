"""How far a long command is: a bar on a terminal after a second, elsewhere a line every ten; on standard error."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

_AFTER, _BAR_EVERY, _LINE_EVERY = 1.0, 0.1, 10.0  # seconds
_BAR = 24  # cells
_WIPE = "\r\x1b[K"
_FAILED = 1


class Progress:
    """What was done of how much; Ctrl-C says so and ends the command with status 1.

    Args:
        doing: what is done, before the figures: `retried`.
        total: of how many; None: nobody knows.
        broken: what becomes of the rest when somebody presses Ctrl-C.
        quiet: no lines where there is no terminal; whoever waits tells in words of its own.
    """

    def __init__(
        self,
        doing: str,
        total: int | None = None,
        *,
        broken: str = "",
        quiet: bool = False,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._doing, self._total, self._broken, self._quiet = doing, total, broken, quiet
        self._stream = stream or sys.stderr
        self._clock = clock
        self._bar = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._began = self._said = clock()
        self._done = 0
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._wipe()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            how_far = figures(self._doing, self._done, self._total) + left(self._done, self._total)
            # Of nought no figures: a program that is stopping has no jobs to count.
            known = how_far if self._done or self._total != 0 or not self._broken else ""
            self.say("interrupted: " + "; ".join(filter(None, (known, self._broken))))
            raise SystemExit(_FAILED) from None

    def at(self, done: int, total: int | None = None) -> None:
        """So much is done by now; `total` where that is known only now, or has changed."""
        self._done = done
        self._total = self._total if total is None else total
        now = self._clock()
        if self._bar and now - self._began >= _AFTER and (not self._drawn or now - self._said >= _BAR_EVERY):
            self._said, self._drawn = now, True
            self._write(_WIPE + self._line(now)[: max(1, shutil.get_terminal_size().columns - 1)])
        elif not self._bar and not self._quiet and now - self._said >= _LINE_EVERY:
            self._said = now
            self.say(figures(self._doing, self._done, self._total) + pace(self._done, self._total, now - self._began))

    def say(self, text: str) -> None:
        """A line of its own, above the bar."""
        self._wipe()
        self._write(text + "\n")

    def _line(self, now: float) -> str:
        said = figures(self._doing, self._done, self._total) + pace(self._done, self._total, now - self._began)
        return f"{bar(self._done, self._total)}{said}"

    def _wipe(self) -> None:
        if self._drawn:
            self._drawn = False
            self._write(_WIPE)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def figures(doing: str, done: int, total: int | None) -> str:
    """Answer `retried 12`, or `retried 12 of 50`. Pure."""
    return f"{doing} {done}" if total is None else f"{doing} {done} of {max(total, done)}"


def left(done: int, total: int | None) -> str:
    """Answer `, 38 left`, where that is known. Pure."""
    return "" if total is None else f", {max(0, total - done)} left"


def pace(done: int, total: int | None, elapsed: float) -> str:
    """Answer ` (24 %, 120/s, 10 s left)`, as much of it as is known. Pure."""
    rate = done / elapsed if elapsed > 0 else 0.0
    said = [f"{done / total:.0%}"] if total and done <= total else []
    said += [f"{rate:.3g}/s"] if rate >= 1 else []
    said += [f"{(total - done) / rate:.0f} s left"] if total and rate and done < total else []
    return f" ({', '.join(said)})" if said else ""


def bar(done: int, total: int | None) -> str:
    """Answer `[=====     ] `, or nothing where the total is not known. Pure."""
    if not total:
        return ""
    full = _BAR * min(done, total) // total
    return f"[{'=' * full}{' ' * (_BAR - full)}] "
