"""Tells the store what running jobs say, on a connection and in a thread of its own: the work loop's connection has a
call in flight. Both are made at the first word, after the fork: tasks that say nothing cost nothing.

Words are gathered and sent five times a second at most, for each job; when a job ends the ledger waits, for a while,
until all it said has arrived: its lease is the right to speak.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from engine.asking.sayings import say
from engine.errors import EngineError, LeaseLost, StoreDown, StoreFull
from engine.store.keys import lease
from worker.telling.words import Words

if TYPE_CHECKING:
    from engine.store.session import Session

log = logging.getLogger(__name__)
INTERVAL = 0.2  # s between two words of a job
PAUSE = 0.1  # s between two attempts to reach a store that is away
FAREWELL = 2.0  # s a finished job waits until its words have arrived
ANSWER = 30.0  # s a task waits for the store when it asks or insists

spoken: dict[int, Words] = {}
"""Words of runs that have said something and have not ended, by token; empty for all who never do."""


class _Errand:
    """Something that somebody waits for, until a deadline (monotonic seconds)."""

    def __init__(self, words: Sequence[Words], within: float, *, look: bool = False) -> None:
        self.words, self.look = words, look
        self.deadline = time.monotonic() + within
        self.done = threading.Event()
        self.error: EngineError | None = None


class Reporter:
    """Of one worker process. Any thread may call it; in a process that a task forked it says nothing."""

    def __init__(self, url: str, namespace: str, incarnation: int) -> None:
        self._url, self._namespace, self._incarnation = url, namespace, incarnation
        self._pid = os.getpid()
        self._inbox: SimpleQueue[Words | _Errand] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def words(self, job: str, token: int) -> Words:
        """Those of the run of that token."""
        found = spoken.get(token)
        return found or spoken.setdefault(token, Words(job, token, lease(job, token, self._incarnation)))

    def note(self, words: Words) -> None:
        """There is something new; never waits."""
        if words.noted or words.lost:
            return
        words.noted = True
        self._put(words)

    def look(self, words: Words) -> bytes | None:
        """The job's newest checkpoint: this run's, or else what an earlier one saved.

        Raises:
            StoreDown: the store does not answer.
        """
        if words.checkpoint is None and words.earlier is None:
            self._wait(_Errand([words], ANSWER, look=True))
        return words.checkpoint or words.earlier or None

    def insist(self, words: Words) -> None:
        """Return when the store has all that was said.

        Raises:
            LeaseLost: the job went to another. StoreDown, StoreFull: not now.
        """
        self._wait(_Errand([words], ANSWER))
        if words.lost:
            raise LeaseLost(f"job {words.job} went to another worker: what this run says counts no more")

    def farewell(self, words: Sequence[Words]) -> None:
        """These runs have ended: wait, for a while, until what they said has arrived."""
        try:
            self._wait(_Errand(words, FAREWELL))
        except EngineError as error:
            log.warning("what %d job(s) said at their end did not reach the store: %s", len(words), error)

    def _wait(self, errand: _Errand) -> None:
        if not self._put(errand):
            raise EngineError("only the worker's own process speaks for its job, not one that the task has forked")
        # The thread gives up at the deadline; a reply that hangs then has the connection's own time limit.
        if not errand.done.wait(max(0.0, errand.deadline - time.monotonic()) + 0.5):
            raise StoreDown("the store does not answer")
        if errand.error:
            raise errand.error

    def _put(self, item: Words | _Errand) -> bool:
        if os.getpid() != self._pid:
            return False
        self._inbox.put(item)
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    thread = threading.Thread(target=self._serve, name="herdsman-reporter", daemon=True)
                    thread.start()
                    self._thread = thread
        return True

    def _serve(self) -> None:
        # Signals are for the main thread, which may be waiting to be woken by one.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        from engine.store.session import Session  # the Redis library, which a task's module need not import

        session = Session(self._url, self._namespace)
        news: dict[int, Words] = {}
        due = 0.0
        while True:
            try:
                item = self._inbox.get(timeout=max(0.0, due - time.monotonic()) if news else None)
            except Empty:
                item = None
            if isinstance(item, _Errand):
                self._run(session, item)
            elif item is not None:
                news[item.token] = item
            if news and time.monotonic() >= due:
                due = time.monotonic() + (INTERVAL if self._tell(session, news) else 5 * INTERVAL)

    def _tell(self, session: "Session", news: dict[int, Words]) -> bool:
        """Send what is new; what could not be sent stays. False = the store is not well."""
        for token, words in list(news.items()):
            try:
                self._send(session, words)
            except (StoreDown, StoreFull) as error:
                log.debug("words of job %s wait: %s", words.job, error)
                return False
            del news[token]
        return True

    def _run(self, session: "Session", errand: _Errand) -> None:
        while True:
            try:
                for words in errand.words:
                    if errand.look:
                        words.earlier = session.command("HGET", f"{session.base}:job:{words.job}", "cp") or b""
                    else:
                        self._send(session, words)
                errand.error = None
                break
            except EngineError as error:
                errand.error = error
                if not isinstance(error, StoreDown | StoreFull) or time.monotonic() + PAUSE > errand.deadline:
                    break
                time.sleep(PAUSE)
        errand.done.set()

    def _send(self, session: "Session", words: Words) -> None:
        words.noted = False  # before looking: what is said from here on is noted again
        while not words.lost and (said := words.waiting()) is not None:
            try:
                held = session.run(say(words.lease, said))
            except (StoreDown, StoreFull):
                raise
            except EngineError:
                log.exception("the store refused what job %s said", words.job)
                held = True
            words.heard()
            if not held:
                words.lost = True
                spoken.pop(words.token, None)


_reporter: Reporter | None = None


def install(reporter: Reporter | None) -> None:
    """From now on this one tells the store; called once after the fork."""
    global _reporter  # noqa: PLW0603 - one a process, as the context variable is
    _reporter = reporter
    spoken.clear()


def reporter() -> Reporter | None:
    """The process's own; None where jobs are run without a store (a test's inline mode)."""
    return _reporter


def ended(token: int) -> Words | None:
    """The run of that token is over; what it said, if anything."""
    return spoken.pop(token, None)
