"""`python -m supervisor.logger`: started by the supervisor, with the control socket in HERDSMAN_LOGGER_FD."""

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

from supervisor.logger.buffer import BoundedBuffer
from supervisor.logger.files import Limits, LogFolder
from supervisor.logger.reader import Reader
from supervisor.logger.register import Register
from supervisor.logger.tally import tally
from supervisor.logger.writer import Echo, Writer

_DISK_BUFFER = 8 * 1024 * 1024
_ECHO_BUFFER = 1024 * 1024
_LAST_WORDS_S = 4.0  # less than what the supervisor allows for leaving


def main(arguments: list[str]) -> int:
    """Run until everybody has fallen silent; the exit status is 0, or 2 for a wrong start."""
    parser = argparse.ArgumentParser(prog="python -m supervisor.logger")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--max-size", type=int, required=True)
    parser.add_argument("--max-total", type=int, required=True)
    parser.add_argument("--deaths", type=Path, required=True)
    parser.add_argument("--echo", action="store_true")
    options = parser.parse_args(arguments)
    inherited = os.environ.get("HERDSMAN_LOGGER_FD", "")
    if not inherited.isdigit():
        print("the logger is started by the supervisor, not by hand", file=sys.stderr)
        return 2
    control = socket.socket(fileno=int(inherited))
    os.set_inheritable(control.fileno(), False)  # noqa: FBT003  the argument has no name

    disk = BoundedBuffer(_DISK_BUFFER)
    echo = BoundedBuffer(_ECHO_BUFFER) if options.echo else None
    counts = tally(os.environ)
    writer = Writer(disk, LogFolder(options.dir, Limits(options.max_size, options.max_total)), counts)
    _listen(writer, disk)
    register = Register(options.deaths)
    threads = [writer, register, *([Echo(echo)] if echo is not None else [])]
    for thread in threads:
        thread.start()
    Reader(control, disk, echo, counts, register.put).run()
    for buffer in (disk, echo, register.buffer):
        if buffer is not None:
            buffer.close()
    for thread in threads:
        thread.join(_LAST_WORDS_S)
    return 0


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
