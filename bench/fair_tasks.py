"""Tasks that say that they were started: one for anybody, one whose type is limited."""

import os

from worker import task

_log = os.open(os.environ["BENCH_STARTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


@task("start", queue="bench")
def start(who: str) -> None:
    """Writes the letter."""
    os.write(_log, who.encode())


@task("limited", queue="bench", rate_limit="10/s")
def limited(who: str) -> None:
    """Writes the letter, ten times a second at most."""
    os.write(_log, who.encode())
