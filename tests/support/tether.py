"""Run as a script: ``tether.py PARENT SIGNAL COMMAND...`` becomes COMMAND, tied to the life of PARENT.

A test run that is killed outright cannot clean up; the kernel can: it sends SIGNAL to what the tether holds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, word: str, command: list[str]) -> None:
    """Ask for the signal, make sure the parent had not died before that, and become the command."""
    number = signal.Signals[f"SIG{word}"]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)
    os.execvp(command[0], command)  # noqa: S606 - becoming another program is the whole job


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
