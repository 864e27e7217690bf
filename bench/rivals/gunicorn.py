"""Gunicorn with sync workers: requests take the place of jobs."""

import signal
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor

from bench.rivals.contender import Contender, program

PORT = 5985


class Gunicorn(Contender):
    name = "gunicorn"
    needs = "gunicorn"
    note = "its jobs are HTTP requests, sent once; its workers log past it, so it spends nothing on that"

    def start(self) -> None:
        self._pool, self._answers = ThreadPoolExecutor(64), list[Future[bool]]()
        self.launch(
            *(program("gunicorn"), "-w", str(self.count), "-b", f"127.0.0.1:{PORT}"),
            *("-c", "python:bench.rivals.web_worker", "bench.rivals.web_worker:application"),
        )

    def reload(self) -> None:
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self._pool.shutdown()
        super().stop()

    def offer(self, number: int, seconds: float) -> None:
        del number
        self._answers.append(self._pool.submit(_ask, seconds))

    def lost(self, offered: int) -> int:
        return offered - sum(answer.exception() is None for answer in self._answers)


def _ask(seconds: float) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/?seconds={seconds}", timeout=20) as answer:
        return bool(answer.status)
