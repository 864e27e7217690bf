"""`--watch`: the same look again and again; in place on a terminal, one document after another elsewhere."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import click

# A screen of its own, no cursor, no lines that wrap; and back.
_OPEN, _CLOSE = "\x1b[?1049h\x1b[?25l\x1b[?7l", "\x1b[?7h\x1b[?25h\x1b[?1049l"
_HOME, _REST_OF_LINE, _REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"


def show(
    picture: Callable[[], str], every: float | None, *, lines: bool = False, weather: tuple[type[Exception], ...] = ()
) -> None:
    """Show a picture once, or again every so many seconds until Ctrl-C, which is a good end.

    Args:
        picture: makes the text, as wide as the terminal is now.
        every: seconds; None: once.
        lines: each text is one line for a program (NDJSON): never a screen of its own, no empty line in between.
        weather: errors that pass by: a screen that was drawn once stays, says so, and looks again.
    """
    if every is None:
        click.echo(picture())
        return
    try:
        if lines or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
            _print(picture, every, apart=not lines)
        else:
            with _Screen() as screen:
                _draw(picture, every, screen, weather)
    except KeyboardInterrupt:
        return


def _print(picture: Callable[[], str], every: float, *, apart: bool) -> None:
    text = picture()
    while True:
        click.echo(text)
        time.sleep(every)
        text = ("\n" if apart else "") + picture()


def _draw(picture: Callable[[], str], every: float, screen: "_Screen", weather: tuple[type[Exception], ...]) -> None:
    text = picture()  # the first look may fail, and ends the command as it would without --watch
    while True:
        screen.draw(f"every {every:g} s, {time.strftime('%H:%M:%S')}, Ctrl-C ends it", text)
        time.sleep(every)
        try:
            text = picture()
        except weather as error:
            screen.draw(f"{error}; looking again every {every:g} s", click.style(click.unstyle(text), dim=True))
            time.sleep(every)


class _Screen:
    """The terminal's other screen; leaves the terminal as it was, however it ends."""

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGTERM, _leave)
        self._write(_OPEN)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._write(_CLOSE)
        signal.signal(signal.SIGTERM, self._before)

    def draw(self, head: str, text: str) -> None:
        """Draw over what is there, in one write: nothing is wiped first, so nothing flickers."""
        height = shutil.get_terminal_size().lines
        lines = [click.style(head, dim=True), "", *text.splitlines()]
        if len(lines) > height:
            lines[height - 1 :] = [f"… {len(lines) - height + 1} lines more"]
        if click.get_current_context().color is False:
            lines = [click.unstyle(line) for line in lines]
        self._write(_HOME + "\n".join(line + _REST_OF_LINE for line in lines) + _REST_OF_SCREEN)

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def _leave(number: int, _frame: Any) -> None:
    raise SystemExit(128 + number)
