"""Finding the board of a live supervisor from outside: it has no name, but its holder has a list of descriptors."""

import os
from pathlib import Path
from typing import Final

from scoreboard.board import MEMFD_NAME, Board
from scoreboard.layout import LayoutError

PID_FILE: Final = Path("run") / "supervisor.pid"  # under data_dir; a test holds it equal to config.places


class NotFoundError(Exception):
    """There is no live process with a scoreboard where one was looked for; the text says what was found."""


def pid_of(data_dir: Path) -> int:
    """Read the supervisor's pid from its pid file.

    Raises:
        NotFoundError: there is no such file, or no pid in it.
    """
    path = data_dir / PID_FILE
    try:
        text = path.read_text(errors="replace").strip()
    except OSError as error:
        raise NotFoundError(f"not running: {path}: {error.strerror}") from error
    if not (text.isascii() and text.isdigit()):
        raise NotFoundError(f"not running: there is no pid in {path}")
    return int(text)


def open_board(pid: int, proc: Path = Path("/proc")) -> Board:
    """Attach, for reading only, to the board that this process holds; any process of the herd will do.

    Raises:
        NotFoundError: no such process, not ours to look into, or it holds no scoreboard.
        LayoutError: it holds one of another layout version.
    """
    folder = proc / str(pid) / "fd"
    try:
        links = sorted(folder.iterdir(), key=lambda link: (len(link.name), link.name))
    except PermissionError as error:
        raise NotFoundError(f"process {pid} is another user's: look as that user") from error
    except OSError as error:
        raise NotFoundError(f"not running: there is no process {pid}") from error
    refused: LayoutError | None = None
    for link in links:
        fd = _open(link)
        if fd is None:
            continue
        try:
            return Board.attach(fd)
        except LayoutError as error:
            os.close(fd)
            refused = error
    if refused is not None:
        raise refused
    raise NotFoundError(f"process {pid} holds no scoreboard: is it a supervisor?")


def _open(link: Path) -> int | None:
    try:
        if not str(link.readlink()).startswith(f"/memfd:{MEMFD_NAME}"):
            return None
        return os.open(link, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # closed since it was listed
        return None
