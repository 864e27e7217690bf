"""`python -m supervisor.logger`: started by the supervisor, with the control socket in HERDSMAN_LOGGER_FD."""

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

from supervisor.logger.buffer import BoundedBuffer
from supervisor.logger.files import Limits, LogFolder
from supervisor.logger.formats import FORMATS
from supervisor.logger.origin import Origins
from supervisor.logger.outlets import Outlets
from supervisor.logger.packer import Packer
from supervisor.logger.reader import Reader
from supervisor.logger.register import Register
from supervisor.logger.settings import Settings
from supervisor.logger.tally import find_board, tally
from supervisor.logger.writer import Echo, Writer, told

_DISK_BUFFER = 8 * 1024 * 1024
_ECHO_BUFFER = 1024 * 1024
_LAST_WORDS_S = 4.0  # less than what the supervisor allows for leaving
_OWN_LOG = "supervisor"  # where the logger speaks of itself


def main(arguments: list[str]) -> int:
    """Run until everybody has fallen silent; the exit status is 0, or 2 for a wrong start."""
    parser = argparse.ArgumentParser(prog="python -m supervisor.logger")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--deaths", type=Path, required=True)
    parser.add_argument("--settings", type=Settings.from_json, default=Settings())
    options = parser.parse_args(arguments)
    inherited = os.environ.get("HERDSMAN_LOGGER_FD", "")
    if not inherited.isdigit():
        print("the logger is started by the supervisor, not by hand", file=sys.stderr)
        return 2
    control = socket.socket(fileno=int(inherited))
    os.set_inheritable(control.fileno(), False)  # noqa: FBT003  the argument has no name
    _run(control, options.dir, options.deaths, options.settings)
    return 0


def _run(control: socket.socket, folder: Path, deaths: Path, settings: Settings) -> None:
    board = find_board(os.environ)
    counts, form = tally(board), FORMATS[settings.format]
    disk, echo = BoundedBuffer(_DISK_BUFFER), BoundedBuffer(_ECHO_BUFFER)
    packer = Packer(folder) if settings.compress == "gzip" else None
    limits = Limits(settings.max_size, settings.max_total, settings.rotate_every, settings.max_age)
    files = LogFolder(folder, limits) if packer is None else LogFolder(folder, limits, packer.add)
    writer = Writer(disk, files, counts, form)
    _listen(writer, disk)
    if packer is not None:
        packer.start()
    register = Register(deaths)
    threads = [writer, register, Echo(echo, form)]
    for thread in threads:
        thread.start()
    lost = counts.inherit()
    if lost:
        notice = told(f"{lost} bytes were in the hands of the logger before this one and are lost", _OWN_LOG, form)
        counts.took(len(notice))
        disk.put(_OWN_LOG, notice)
    Reader(control, Outlets(disk, echo, settings, counts), Origins(board), register.put).run()
    for buffer in (disk, echo, register.buffer):
        buffer.close()
    for thread in threads:
        thread.join(_LAST_WORDS_S)


def _listen(writer: Writer, disk: BoundedBuffer) -> None:
    # It leaves when all pipes have ended, and by no signal: it must hear everybody's last words.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)

    def reopen(_number: int, _frame: object) -> None:
        writer.reopen()
        disk.poke()

    signal.signal(signal.SIGUSR1, reopen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
