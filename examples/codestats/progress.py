"""How far it is: one line that is rewritten on a terminal, a line a second at most anywhere else."""

import time
from collections.abc import Callable
from typing import TextIO

_WIDTH = 30
_EVERY = {True: 0.1, False: 1.0}  # seconds between two lines; on a terminal they replace each other


class Progress:
    """Shows done / total on ``stream``; call ``show`` as often as you like and ``end`` once."""

    def __init__(self, stream: TextIO, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._total = total
        self._clock = clock
        self._terminal = stream.isatty()
        self._begun = clock()
        self._shown = float("-inf")

    def show(self, done: int, dead: int) -> None:
        """Say it, unless it was said a moment ago."""
        now = self._clock()
        if now - self._shown < _EVERY[self._terminal] and done < self._total:
            return
        self._shown = now
        text = line(done, self._total, dead, now - self._begun)
        self._stream.write(f"\r{text}\x1b[K" if self._terminal else f"{text}\n")
        self._stream.flush()

    def end(self) -> None:
        """Leave the terminal's line."""
        if self._terminal:
            self._stream.write("\n")
            self._stream.flush()


def line(done: int, total: int, dead: int, seconds: float) -> str:
    """One line: a bar, the numbers, the rate."""
    share = done / total if total else 1.0
    bar = "#" * int(share * _WIDTH)
    rate = done / seconds if seconds > 0 else 0.0
    return f"[{bar:.<{_WIDTH}}] {share:4.0%}  {done}/{total} files  {dead} dead  {rate:.0f}/s"
