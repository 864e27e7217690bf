"""Tasks that start processes of their own and leave them, or that take much memory; each says what it started."""

import os
import subprocess
import sys
import time

from tests.support.starts import noted
from worker import task

_LONG = "1000"


@task("leave-behind")
def leave_behind(seconds: float = 0.0) -> tuple[int, list[int]]:
    """Leave three processes in three ways; say our pid and theirs."""
    with noted():
        left = [
            subprocess.Popen(["sleep", _LONG], process_group=0).pid,
            subprocess.Popen(["sleep", _LONG], start_new_session=True).pid,
            daemon(),
        ]
        time.sleep(seconds)
    return os.getpid(), left


@task("swell")
def swell(megabytes: int) -> None:
    """Have a child hold so much memory, and wait for it."""
    code = f"x = b'1' * ({megabytes} << 20); import time; time.sleep(1000)"
    with noted():
        subprocess.run([sys.executable, "-c", code], check=False)


@task("work")
def work(seconds: float) -> None:
    """Take so long."""
    with noted():
        time.sleep(seconds)


def daemon() -> int:
    """Fork twice, with a session of its own and no file left open, as daemons do; the pid."""
    said, say = os.pipe()
    first = os.fork()
    if first == 0:
        os.setsid()
        second = os.fork()
        if second:
            os.write(say, str(second).encode())
            os._exit(0)
        os.closerange(0, 1024)
        time.sleep(float(_LONG))
        os._exit(0)
    os.waitpid(first, 0)
    pid = int(os.read(said, 32))
    os.close(said)
    os.close(say)
    return pid
