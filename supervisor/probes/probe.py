"""One process that is asked: until it is ready, and then again and again whether it still works.

started ──> asked until good ──> up ──> asked every interval ──> so many bad answers ──┐
│              └── not in time ──────────────────────────────────────────────> fail: TERM, KILL, started anew
└── ended: nobody is asked any more
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from supervisor.probes.asking import Question
from supervisor.probes.lines import Lines
from supervisor.probes.notify import NotifySocket, Word
from supervisor.probes.verdict import Health, Tally, judge
from supervisor.processes.child import Child, Launch

log = logging.getLogger(__name__)

_SPREAD = 0.1  # part of an interval that chance adds, so that many are not asked in the same moment
_FIRST_S = 1.0  # until the first good answer it is asked this often, when its interval is longer
_MICROSECONDS = 1_000_000


class Asked(Protocol):
    """The service whose process is asked."""

    @property
    def name(self) -> str:
        """Name for people."""

    def up(self, now: float) -> None:
        """It is ready."""

    def fail(self, cause: str, why: str, now: float) -> bool:
        """End this process, and treat its end as a crash; False when it is leaving already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """When it counts as running. Without a question it tells by itself: by a notify message, or a line of output."""

    question: Question | None = None
    line: str = ""  # a regular expression
    timeout: float = 30.0  # seconds, for all of it
    interval: float = 0.2
    patience: float = 5.0  # for one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Liveness:
    """How a hang is found. Without a question it must say WATCHDOG=1 within each interval."""

    question: Question | None = None
    interval: float = 10.0
    timeout: float = 2.0
    failures: int = 3
    grace: float = 10.0


class Probe:
    """Duties: ask one process as its rules say, tell its service, know its health; leave nothing when it ends.

    Attributes are plain, so that they can be kept over a re-exec (`kept`, `resume`).
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        ready: Readiness | None = None,
        health: Liveness | None = None,
        lines: Lines | None = None,
        notify: bool = False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.ready = ready
        self.liveness = health
        self.tally = Tally()
        self.said = ""  # STATUS= of the process
        self.trouble = ""  # the last bad answer, "" after a good one
        self.restarts = 0  # so often it was ended by us
        self.never_good = False  # the last one that we ended had not worked for a moment: no good life, however long
        self.socket: NotifySocket | None = None
        self.service: Asked | None = None
        self._loop = loop
        self._lines = lines
        self._notify = notify
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self._is_ready = asyncio.Event()
        self._alive = asyncio.Event()
        self._hung = False

    @property
    def health(self) -> Health:
        """Whether the process that lives now works."""
        return self.tally.health

    # around a life ---------------------------------------------------------------------------------------------

    def launch(self, make: Callable[[], Launch]) -> Launch:
        """Prepare for a process that is about to be started; answer what it is to be started with."""
        self._forget()
        self.never_good = False
        if self._lines is not None and self.ready is not None and self.ready.line:
            self._lines.seek(self.ready.line, self._is_ready.set)
        launch = make()  # only now: the logger must know what it looks for before there is a pipe
        if not self._notify:
            return launch
        self.socket = NotifySocket(self._loop, self._heard)
        extra = {"NOTIFY_SOCKET": self.socket.name}
        if self.liveness is not None and self.liveness.question is None:
            extra["WATCHDOG_USEC"] = str(int(self.liveness.interval * _MICROSECONDS))
        return replace(launch, env={**launch.env, **extra})

    def started(self, child: Child | None) -> None:
        """Begin to ask; None: it could not be started."""
        if child is None:
            self._forget()
            return
        if self.socket is not None:
            self.socket.serve(child.pid)
        self._task = self._loop.create_task(self._ask())

    def ended(self) -> None:
        """Ask no more."""
        self._forget()

    def kept(self) -> dict[str, object]:
        """Answer what a re-exec must keep; the file named by `fd` must stay open."""
        name, fd = (self.socket.name, self.socket.fd) if self.socket else ("", -1)
        return {"restarts": self.restarts, "ready": self._is_ready.is_set(), "name": name, "fd": fd, "said": self.said}

    def resume(self, child: Child, kept: Mapping[str, object]) -> None:
        """Go on asking a process that an earlier image of this supervisor started."""
        self.restarts, self.said = int(str(kept["restarts"])), str(kept["said"])
        if kept["ready"]:
            self._is_ready.set()
        elif self._lines is not None and self.ready is not None and self.ready.line:
            self._lines.seek(self.ready.line, self._is_ready.set)
        if kept["name"]:
            self.socket = NotifySocket(self._loop, self._heard, name=str(kept["name"]), fd=int(str(kept["fd"])))
        self.started(child)

    def _forget(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        if self._lines is not None:
            self._lines.forget()
        self._is_ready, self._alive = asyncio.Event(), asyncio.Event()
        self._hung = False
        self.tally, self.said, self.trouble = Tally(), "", ""

    # what it tells by itself -----------------------------------------------------------------------------------

    def _heard(self, word: Word) -> None:
        if word.status is not None:
            self.said = word.status
        if word.ready:
            self._is_ready.set()
        if word.hung:
            self._hung = True
        if word.ready or word.alive or word.hung:
            self._alive.set()

    # asking ----------------------------------------------------------------------------------------------------

    async def _ask(self) -> None:
        service = self.service
        if service is None:
            return
        try:
            if self.ready is not None and not await self._until_ready(self.ready):
                self._fail(service, "not ready", f"it was not ready within {self.ready.timeout:g} s")
                return
            if self.ready is not None:
                service.up(time.monotonic())
            if self.liveness is not None:
                await self._until_unhealthy(self.liveness)
                said = f"{self.tally.bad} bad answers in a row"
                self._fail(service, "probe", "it asked to be started anew" if self._hung else said)
        except Exception:
            # A mistake of ours must not pass in silence: from here on nobody asks this process.
            log.exception("%s is not asked any more", service.name)

    def _fail(self, service: Asked, cause: str, why: str) -> None:
        if service.fail(cause, f"{why}: {self.trouble}" if self.trouble else why, time.monotonic()):
            self.restarts += 1
            self.never_good = not self.tally.good_once and not (self.ready and self._is_ready.is_set())

    async def _until_ready(self, ready: Readiness) -> bool:
        try:
            async with asyncio.timeout(ready.timeout):
                if ready.question is None:
                    await self._is_ready.wait()
                else:
                    while not await self._good(ready.question, ready.patience):  # noqa: ASYNC110  it is a question
                        await asyncio.sleep(ready.interval)
        except TimeoutError:
            return False
        self._is_ready.set()
        self.trouble = ""
        return True

    async def _until_unhealthy(self, rule: Liveness) -> None:
        began = time.monotonic()
        while True:
            good = await (self._good(rule.question, rule.timeout) if rule.question else self._spoke(rule.interval))
            age = time.monotonic() - began
            before = self.health
            self.tally = judge(self.tally, good=good, age=age, failures=rule.failures, grace=rule.grace)
            if self.health is not before:
                self._changed()
            if self.health is Health.UNHEALTHY or self._hung:
                self.tally = replace(self.tally, health=Health.UNHEALTHY)
                return
            if rule.question is not None:
                interval = rule.interval if self.tally.good_once else min(rule.interval, _FIRST_S)
                await asyncio.sleep(interval * (1 + _SPREAD * random.random()))  # noqa: S311  spreads, guards nothing

    async def _good(self, question: Question, seconds: float) -> bool:
        self.trouble = await question(seconds)
        return not self.trouble

    async def _spoke(self, interval: float) -> bool:
        """Wait for the next sign of life."""
        try:
            async with asyncio.timeout(interval):
                await self._alive.wait()
        except TimeoutError:
            self.trouble = f"no WATCHDOG=1 within {interval:g} s"
            return False
        self._alive.clear()
        self.trouble = ""
        return not self._hung
