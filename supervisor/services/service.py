"""One process kept as wanted: the gateway, the janitor, the logger, the store, an instance of a program."""

import logging
import math
import random
import signal
import time
from collections import Counter
from collections.abc import Callable

from supervisor.probes.probe import Probe
from supervisor.processes.child import Child, Launch, Nursery
from supervisor.processes.children import Exit
from supervisor.services.dependencies import RELOOK_S, Gate
from supervisor.services.endings import Next, by_us, what_follows
from supervisor.services.remains import Remains
from supervisor.services.restart import History, Life, after_crash
from supervisor.services.rule import HOPELESS, Hooks, Rule
from supervisor.services.service_handover import HandedOver
from supervisor.services.states import LIVE, Event, State, after

log = logging.getLogger(__name__)


class Service(HandedOver):
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
        wake: Callable[[], None] = lambda: None,
        probe: Probe | None = None,
    ) -> None:
        self.name = name
        self.rule = rule or Rule()
        self.state = State.STOPPED
        self.since = time.monotonic()
        self.wanted = True
        self.child: Child | None = None
        self.restarts = 0  # starts after an end of its own
        self.causes: Counter[str] = Counter()  # of every start but the first: failure, finished, operator, cron, …
        self.last_exit: Exit | None = None
        self.error = ""
        self.due = math.inf  # when the next start, or the kill, is to happen
        self.probe = probe
        self.gate = Gate()
        self.essential = False
        self.failure = ""  # why we ended its last process by ourselves: "probe", "not ready"
        self.error_number = 0  # of the start that failed
        if probe is not None:
            probe.service = self
        self._nursery = nursery
        self._launch = launch
        self._hooks = hooks or Hooks()
        self._wake = wake
        self._history = History()
        self._again = False
        self._started = 0.0
        self._remains: Remains | None = None
        self._killed = False  # by an operator: no crash of its own

    @property
    def pid(self) -> int | None:
        """The live process."""
        return self.child.pid if self.child else None

    @property
    def stop_timeout(self) -> float:
        """Seconds between TERM and KILL."""
        return self.rule.stop_timeout

    def is_down(self) -> bool:
        """Tell whether no process is left, of those that it started neither."""
        return self.child is None and self._remains is None

    def start(self) -> None:
        """Want it running, also after FATAL or EXITED."""
        self.wanted = True
        self._again = self.state in (State.EXITED, State.FATAL, State.BACKOFF)
        if self.state is State.FATAL:
            self._history = History()  # a human has seen to it: a whole budget again
        self._wake()

    def restart(self, now: float, cause: str = "operator") -> None:
        """Stop it and start it again; the two never overlap."""
        self.start()
        self.causes[cause] += 1
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
        elif self._remains is not None:
            self._remains.kill_at = now

    def signal(self, number: signal.Signals) -> bool:
        """Pass a signal on; False when nobody is there. A KILL is remembered as ours: it is no crash."""
        sent = self.child is not None and self.child.signal(number)
        self._killed |= sent and number == signal.SIGKILL
        return sent

    def up(self, now: float) -> None:
        """It showed that it works."""
        if self.state is State.STARTING and not self.failure:
            self._move(Event.UP, now)
            self.error = ""
            self._wake()

    def fail(self, cause: str, why: str, now: float) -> bool:
        """End a process that does not work, and treat its end as a crash; False when it is leaving already."""
        if self.failure or self.state not in (State.STARTING, State.RUNNING) or self.child is None:
            return False
        self.failure, self.error = cause, why
        log.warning("%s: %s: told to leave", self.name, why)
        self.due = now + self.rule.stop_timeout
        self._ask_to_leave()
        self.child.signal(signal.SIGCONT)  # one that was stopped could not even hear the other
        self._wake()
        return True

    def reconcile(self, now: float) -> float:
        """Bring what is nearer to what is wanted; answer the next time to look (infinite: on an event only)."""
        if self._remains is not None and not self._is_clear(self._remains, now):
            return self._remains.next_look(now)
        match self.state:
            case State.STOPPED if self.wanted and self._must_wait():
                return now + RELOOK_S
            case State.STOPPED if self.wanted:
                self._start(now)
            case State.BACKOFF if now >= self.due or self._again:
                self._start(now)
            case State.EXITED | State.FATAL if self.wanted and self._again:
                self._start(now)
            case State.STARTING if now >= self.since + self._settle:
                self.up(now)
            case State.STARTING | State.RUNNING | State.DRAINING if now >= self.due and self.child is not None:
                log.warning("%s did not leave in time: killed", self.name)
                self.child.kill_group()
                self.due = math.inf
        return min(self.due, self.since + self._settle) if self.state is State.STARTING else self.due

    @property
    def _settle(self) -> float:
        """Seconds after which a life counts as one that works; infinite when somebody will tell."""
        asked = self.failure or (self.probe is not None and self.probe.ready is not None)
        return math.inf if asked else self.rule.settle

    def _must_wait(self) -> bool:
        before = self.gate.reason
        if self.gate.is_shut() and self.gate.reason != before:
            log.info("%s: waits for %s", self.name, self.gate.reason)
        return bool(self.gate.reason)

    def _is_clear(self, remains: Remains, now: float) -> bool:
        """Tell whether nothing is left of the last process; only then is a stop complete, or a start allowed."""
        if not remains.gone(now):
            return False
        self._remains = None
        if self.state is State.DRAINING:
            self._move(Event.ENDED, now)
            self._wake()
        return True

    def _start(self, now: float) -> None:
        self._again = False
        self.due = math.inf
        self.failure = ""
        found = self._hooks.adopt()
        if found is not None:
            self.child = self._nursery.adopt(*found, self._ended)
            log.info("%s: adopted, pid %d", self.name, self.child.pid)
        elif not self._spawn(now):
            return
        self._move(Event.LAUNCH, now)
        self._hooks.started(self.child)
        if self.probe is not None:
            self.probe.started(self.child)

    def _spawn(self, now: float) -> bool:
        try:
            launch = self.probe.launch(self._launch) if self.probe is not None else self._launch()
            self.child = self._nursery.spawn(launch, self._ended)
        except OSError as error:
            reason = error.strerror or str(error)
            self.error = f"cannot be started: {reason}" + (f": {error.filename}" if error.filename else "")
            log.error("%s: %s", self.name, self.error)  # noqa: TRY400  the reason is in the text, a stack is noise
            self._hooks.started(None)
            if self.probe is not None:
                self.probe.started(None)
            self.error_number = error.errno or 0
            if error.errno in HOPELESS:
                self._move(Event.HOPELESS, now)
            else:
                self._move(Event.LAUNCH, now)
                self._back_off(now, "failure")
            self._wake()
            return False
        self.error_number = 0
        log.info("%s: started, pid %d", self.name, self.child.pid)
        return True

    def _terminate(self, now: float) -> None:
        self._move(Event.STOP, now)
        self.due = now + self.rule.stop_timeout
        self._ask_to_leave()

    def _ask_to_leave(self) -> None:
        if self.child is not None:
            tell = self.child.signal_group if self.rule.stop_group else self.child.signal
            tell(self.rule.stop_signal)

    def _ended(self, end: Exit) -> None:
        now = time.monotonic()
        self._nursery.certificates.process_ended(
            self.name, "service", pid=self.pid or 0, lived=now - self._started, end=end,
            asked=self.state is State.DRAINING, why=by_us(self.state, self.failure and self.error, killed=self._killed),
        )  # fmt: skip
        pid, self.child = self.pid, None
        self.last_exit = end
        calm = self.state is State.DRAINING or end in self.rule.success
        log.log(logging.INFO if calm else logging.WARNING, "%s: ended, %s", self.name, end)
        self._hooks.ended(end)
        if self.probe is not None:
            self.probe.ended()
        # Those that were asked to leave with it have as long as it had.
        asked = self.state is State.DRAINING and self.rule.stop_group and math.isfinite(self.due)
        self._remains = self._hooks.remains(pid, self.due if asked else now) if pid is not None else None
        self._judge(end, now)
        self._wake()

    def _judge(self, end: Exit, now: float) -> None:
        rule, killed, self._killed = self.rule, self._killed, False
        self.due = math.inf
        if self.state is State.DRAINING:
            if self._remains is None:
                self._move(Event.ENDED, now)
            return
        # One that we ended because it did not work has not succeeded, however it left.
        success = frozenset[Exit]() if self.failure else rule.success
        match what_follows(end, restart=rule.restart, success=success, final=rule.final):
            case Next.LEAVE:
                self._move(Event.ENDED, now)
            case Next.GIVE_UP:
                self._give_up(f"{end} is one of its final_exits", now)
            case Next.AGAIN if killed:
                self.causes["signal"] += 1
                self._move(Event.CRASHED, now)
                self.due = now
            case Next.AGAIN:
                self._back_off(now, self.failure or ("finished" if end in success else "failure"))

    def _give_up(self, why: str, now: float) -> None:
        self.error = f"not started again: {why}"
        log.error("%s: %s; `start` tries again", self.name, self.error)
        self._move(Event.CRASHED, now)
        self._move(Event.HOPELESS, now)
        self.due = math.inf

    def _back_off(self, now: float, cause: str) -> None:
        useless = self.probe is not None and self.probe.never_good
        life = Life(ended=now, lived=0.0 if useless else now - self._started)
        chance = random.random()  # noqa: S311  spreads restarts, guards nothing
        verdict = after_crash(self._history, self.rule.policy, life, chance)
        self._history = verdict.history
        if verdict.over_budget and self.rule.gives_up:
            self._give_up(f"it ended early more than {self.rule.policy.budget} times", now)
            return
        self.restarts += 1
        self.causes[cause] += 1
        self._move(Event.CRASHED, now)
        self.due = now + max(verdict.delay, self.rule.restart_delay)
        if verdict.over_budget:
            log.error("%s keeps dying: next start in %.0f s", self.name, verdict.delay)

    def _move(self, event: Event, now: float) -> None:
        self.state = after(self.state, event)
        self.since = now
        if event is Event.LAUNCH:
            self._started = now
