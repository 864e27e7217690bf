"""Waiting for jobs' ends: the scripts that end a watched job publish its id; whoever waits listens. No polling.

All threads of a client share a subscription and no thread of its own serves it: one of those who wait reads (it has the
lead) and tells the others; when it leaves, another one reads. So nothing runs where nobody waits, nor before a fork.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from weakref import WeakSet

from engine.errors import EngineError, StoreDown
from engine.store import calls, keys
from engine.store.calls import Call
from engine.store.subscription import Subscription

PAUSE = 0.2  # seconds between two attempts to reach a store that is away
CHUNK = 1000

Run = Callable[[Call[list[str]]], list[str]]


class _Waiter:
    """A thread that waits. `asked`: in which subscription it has asked the store to be told."""

    def __init__(self, ids: Sequence[str], deadline: float, closings: int) -> None:
        self.open, self.ended = set(ids), set[str]()
        self.deadline = deadline
        self.closings = closings
        self.asked = 0
        self.trouble: StoreDown | None = None  # why it could not ask
        self.awake = threading.Event()

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()


class Listener:
    """One a client; thread safe. After a fork the child has a subscription of its own.

    Only the thread with the lead touches the subscription. While nobody has the lead, somebody is awake who will.
    """

    def __init__(self, url: str, namespace: str) -> None:
        self._subscription = Subscription(url, keys.base(namespace) + ":done")
        self._closings = 0
        self._era = 0  # counts the subscriptions: what was told between two of them is lost, so all ask again
        self.after_fork()
        _all.add(self)

    def after_fork(self) -> None:
        """In the child: those who wait are its parent's threads, and one of them may hold the lock."""
        self._lock = threading.Lock()
        self._waiters: dict[str, set[_Waiter]] = {}
        self._present: set[_Waiter] = set()
        self._leader: _Waiter | None = None
        self._live = False
        self._trouble: StoreDown | None = None
        self._subscription.after_fork()

    def wait(self, ids: Sequence[str], deadline: float, run: Run) -> set[str]:
        """The ids among these that ended before `deadline` (monotonic seconds); `run` sends the watch.

        Raises:
            StoreDown: the store was away to the end.
            EngineError: the client was closed meanwhile.
        """
        waiter = _Waiter(ids, deadline, self._closings)
        if not ids or waiter.left <= 0:
            return set()
        try:
            self._enter(waiter)
            while step := self._next_step(waiter):
                step(waiter, run)
        finally:
            self._leave(waiter)
        return waiter.ended

    def _enter(self, waiter: _Waiter) -> None:
        with self._lock:
            self._present.add(waiter)
            for job in waiter.open:
                self._waiters.setdefault(job, set()).add(waiter)

    def _next_step(self, waiter: _Waiter) -> Callable[[_Waiter, Run], None] | None:
        with self._lock:
            waiter.awake.clear()
            if not waiter.open:
                return None
            if waiter.closings != self._closings:
                raise EngineError("the client was closed while this waited")
            if waiter.left <= 0:
                if trouble := waiter.trouble or self._trouble:
                    raise StoreDown(str(trouble)) from trouble  # it may be raised in many threads
                return None
            if self._live and waiter.asked != self._era:
                return self._ask
            if self._leader in (None, waiter):
                self._leader = waiter
                return self._read if self._live else self._open
            return self._sleep

    def _ask(self, waiter: _Waiter, run: Run) -> None:
        era, ids = self._era, list(waiter.open)
        try:
            for start in range(0, len(ids), CHUNK):
                ended = run(calls.watch(ids[start : start + CHUNK], max(0.05, waiter.left)))
                with self._lock:
                    waiter.open.difference_update(ended)
                    waiter.ended.update(ended)
        except StoreDown as trouble:
            waiter.trouble = trouble
            self._pause(waiter, trouble)
        else:
            waiter.asked, waiter.trouble = era, None

    def _open(self, waiter: _Waiter, _run: Run) -> None:
        """Subscribes; then all who wait ask the store, and the lead is for the first of them who has."""
        try:
            self._subscription.open()
        except StoreDown as trouble:
            self._lose(trouble)
            self._pause(waiter, trouble)
            return
        with self._lock:
            self._era += 1
            self._live, self._trouble, self._leader = True, None, None
            for other in self._present:
                other.awake.set()

    def _read(self, waiter: _Waiter, _run: Run) -> None:
        try:
            job = self._subscription.next(waiter.deadline)
        except StoreDown as trouble:
            self._lose(trouble)
            self._pause(waiter, trouble)
        except BaseException:
            self._lose(None)  # half a message may have been read
            raise
        else:
            if job is not None:
                self._tell(job)

    def _lose(self, trouble: StoreDown | None) -> None:
        self._subscription.close()
        with self._lock:
            self._live, self._trouble = False, trouble

    def _tell(self, job: str) -> None:
        with self._lock:
            for waiter in self._waiters.pop(job, ()):
                waiter.open.discard(job)
                waiter.ended.add(job)
                if not waiter.open:
                    waiter.awake.set()

    def _sleep(self, waiter: _Waiter, _run: Run) -> None:
        waiter.awake.wait(waiter.left)

    def _pause(self, waiter: _Waiter, trouble: StoreDown) -> None:
        """Before it tries again; in no time left for that it gives up."""
        if waiter.left <= PAUSE:
            raise trouble
        waiter.awake.wait(PAUSE)

    def _leave(self, waiter: _Waiter) -> None:
        """Hands the lead on; the last one lays the subscription to rest."""
        with self._lock:
            self._present.discard(waiter)
            for job in waiter.open | waiter.ended:
                others = self._waiters.get(job, set())
                others.discard(waiter)
                if not others:
                    self._waiters.pop(job, None)
            if self._leader not in (None, waiter):
                return
            self._leader = None
            if self._present:
                self._appoint()
                return
            self._leader = waiter
            self._live, self._trouble = False, None
        try:
            self._subscription.rest()
        finally:
            with self._lock:
                self._leader = None
                if self._present:
                    self._appoint()
                elif waiter.closings != self._closings:
                    self._subscription.close()

    def _appoint(self) -> None:
        # Better one who sleeps than one who still asks: until it has the answer, nobody would read.
        self._leader = next((w for w in self._present if w.asked == self._era), next(iter(self._present)))
        self._leader.awake.set()

    def close(self) -> None:
        """Ends the subscription; those who still wait are told so by an error."""
        with self._lock:
            self._closings += 1
            if self._leader is None and not self._present:
                self._subscription.close()
                return
            for waiter in self._present:
                waiter.awake.set()
            self._subscription.interrupt()


_all: WeakSet[Listener] = WeakSet()


def _after_fork() -> None:
    for listener in list(_all):
        listener.after_fork()


os.register_at_fork(after_in_child=_after_fork)
