"""One process kept as wanted: the gateway, the janitor, the logger, the store, an instance of a program."""

import errno
import logging
import math
import random
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from supervisor.child import Child, Launch, Nursery
from supervisor.children import Exit
from supervisor.handover import Handover
from supervisor.restart import History, Life, Policy, after_crash
from supervisor.states import LIVE, Event, State, after

log = logging.getLogger(__name__)

# These will not pass by waiting: the command is wrong, and a human must look.
_HOPELESS = frozenset({errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.ENOEXEC, errno.EPERM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a service is kept. Times in seconds."""

    restart: str = "always"  # or "on-failure", "never"
    policy: Policy = field(default_factory=Policy)
    stop_timeout: float = 10.0  # from TERM to KILL
    kill_grace: float = 0.0  # the same when there is no time to lose
    settle: float = 1.0  # alive this long means it works; infinite: somebody calls `up`


def _nothing(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What else happens around a start and an end. `adopt` answers a live process (pid, pidfd) or None."""

    adopt: Callable[[], tuple[int, int] | None] = lambda: None
    started: Callable[[Child | None], None] = _nothing  # None: it could not be started
    ended: Callable[[Exit], None] = _nothing


class Service:
    """Duties: start, adopt, start again by its rule, stop by its deadline. Goals are set by commands; `reconcile`
    alone acts on them, from the arbiter's loop.
    """

    def __init__(
        self,
        name: str,
        nursery: Nursery,
        launch: Callable[[], Launch],
        *,
        rule: Rule | None = None,
        hooks: Hooks | None = None,
        wake: Callable[[], None] = _nothing,
    ) -> None:
        self.name = name
        self.rule = rule or Rule()
        self.state = State.STOPPED
        self.since = time.monotonic()
        self.wanted = True
        self.child: Child | None = None
        self.restarts = 0
        self.last_exit: Exit | None = None
        self.error = ""
        self.due = math.inf  # when the next start, or the kill, is to happen
        self._nursery = nursery
        self._launch = launch
        self._hooks = hooks or Hooks()
        self._wake = wake
        self._history = History()
        self._again = False
        self._started = 0.0

    @property
    def pid(self) -> int | None:
        """The live process."""
        return self.child.pid if self.child else None

    @property
    def stop_timeout(self) -> float:
        """Seconds between TERM and KILL."""
        return self.rule.stop_timeout

    def is_down(self) -> bool:
        """Tell whether no process is left."""
        return self.child is None

    def start(self) -> None:
        """Want it running, also after FATAL or EXITED."""
        self.wanted = True
        self._again = self.state in (State.EXITED, State.FATAL, State.BACKOFF)
        self._wake()

    def restart(self, now: float) -> None:
        """Stop it and start it again."""
        self.start()
        if self.state in (State.STARTING, State.RUNNING):
            self._terminate(now)

    def stop(self, now: float) -> None:
        """Want it gone."""
        self.wanted = False
        if self.state in (State.STARTING, State.RUNNING):
            self._terminate(now)
        elif self.state not in LIVE and self.state is not State.STOPPED:
            self._move(Event.STOP, now)
        self._wake()

    def kill(self, now: float) -> None:
        """Want it gone at once."""
        self.stop(now)
        if self.child is not None:
            self.due = min(self.due, now + self.rule.kill_grace)
            self.reconcile(now)

    def signal(self, number: signal.Signals) -> bool:
        """Pass a signal on; False when nobody is there."""
        return self.child is not None and self.child.signal(number)

    def up(self, now: float) -> None:
        """It showed that it works."""
        if self.state is State.STARTING:
            self._move(Event.UP, now)
            self.error = ""
            self._wake()

    def reconcile(self, now: float) -> float:
        """Bring what is nearer to what is wanted; answer the next time to look (infinite: on an event only)."""
        match self.state:
            case State.STOPPED if self.wanted:
                self._start(now)
            case State.BACKOFF if now >= self.due or self._again:
                self._start(now)
            case State.EXITED | State.FATAL if self.wanted and self._again:
                self._start(now)
            case State.STARTING if now >= self.since + self.rule.settle:
                self.up(now)
            case State.DRAINING if now >= self.due and self.child is not None:
                log.warning("%s did not leave in time: killed", self.name)
                self.child.kill_group()
                self.due = math.inf
        return self.since + self.rule.settle if self.state is State.STARTING else self.due

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process; see handover.py."""
        child, end = self.child, self.last_exit
        return {
            "state": str(self.state),
            "since": self.since,
            "wanted": self.wanted,
            "restarts": self.restarts,
            "last_exit": None if end is None else [end.code, end.signal],
            "error": self.error,
            "due": self.due,
            "history": self._history.save(),
            "again": self._again,
            "started": self._started,
            "child": None if child is None else [child.pid, handover.keep(child.pidfd), child.adopted],
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Be what was saved, and have the process that lives on."""
        self.state = State(saved["state"])
        self.since, self.due, self._started = saved["since"], saved["due"], saved["started"]
        self.wanted, self._again = saved["wanted"], saved["again"]
        self.restarts, self.error = saved["restarts"], saved["error"]
        self.last_exit = Exit(*saved["last_exit"]) if saved["last_exit"] else None
        self._history = History.restored(saved["history"])
        if saved["child"] is not None:
            pid, pidfd, adopted = saved["child"]
            if adopted:
                self.child = self._nursery.adopt(pid, pidfd, self._ended)
            else:
                self.child = self._nursery.own(pid, pidfd, self._ended, leads_group=True)

    def _start(self, now: float) -> None:
        self._again = False
        self.due = math.inf
        found = self._hooks.adopt()
        if found is not None:
            self.child = self._nursery.adopt(*found, self._ended)
            log.info("%s: adopted, pid %d", self.name, self.child.pid)
        elif not self._spawn(now):
            return
        self._move(Event.LAUNCH, now)
        self._hooks.started(self.child)

    def _spawn(self, now: float) -> bool:
        try:
            launch = self._launch()
            self.child = self._nursery.spawn(launch, self._ended)
        except OSError as error:
            self.error = f"cannot be started: {error.strerror}" + (f": {error.filename}" if error.filename else "")
            log.error("%s: %s", self.name, self.error)  # noqa: TRY400  the reason is in the text, a stack is noise
            self._hooks.started(None)
            if error.errno in _HOPELESS:
                self._move(Event.HOPELESS, now)
            else:
                self._move(Event.LAUNCH, now)
                self._back_off(now)
            self._wake()
            return False
        log.info("%s: started, pid %d", self.name, self.child.pid)
        return True

    def _terminate(self, now: float) -> None:
        self._move(Event.STOP, now)
        self.due = now + self.rule.stop_timeout
        if self.child is not None:
            self.child.signal(signal.SIGTERM)

    def _ended(self, end: Exit) -> None:
        now = time.monotonic()
        self.child = None
        self.last_exit = end
        log.log(logging.INFO if self.state is State.DRAINING or end.clean else logging.WARNING,
                "%s: ended, %s", self.name, end)  # fmt: skip
        self._hooks.ended(end)
        if self.state is State.DRAINING:
            self._move(Event.ENDED, now)
            self.due = math.inf
        elif self.rule.restart == "never" or (self.rule.restart == "on-failure" and end.clean):
            self._move(Event.ENDED, now)
        else:
            self._back_off(now)
        self._wake()

    def _back_off(self, now: float) -> None:
        life = Life(ended=now, lived=now - self._started)
        chance = random.random()  # noqa: S311  spreads restarts, guards nothing
        verdict = after_crash(self._history, self.rule.policy, life, chance)
        self._history = verdict.history
        self.restarts += 1
        self._move(Event.CRASHED, now)
        self.due = now + verdict.delay
        if verdict.over_budget:
            log.error("%s keeps dying: next start in %.0f s", self.name, verdict.delay)

    def _move(self, event: Event, now: float) -> None:
        self.state = after(self.state, event)
        self.since = now
        if event is Event.LAUNCH:
            self._started = now
