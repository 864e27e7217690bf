"""One generation's zygote: the process that imports the tasks and forks workers for us.

Its protocol, one JSON object a message, with open files beside it:
    to it    fork (slot, two pipe ends), settle (a dead worker's jobs), exit (no more forks; leave after the last)
    from it  ready, failed, forked (with the pidfd), exit (a worker's end), keeper
"""

import logging
import math
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from supervisor.processes.channel import Channel, pair
from supervisor.processes.child import Child, Launch, Nursery
from supervisor.processes.children import Exit
from supervisor.upgrading.handover import Handover

log = logging.getLogger(__name__)

# One that closed its control socket is on its way out; this is how long the way may be.
_LEAVE_S = 5.0
_BOOT_FAILED = 3  # its exit status when the tasks cannot be imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """All that zygotes of one pool have in common."""

    pool: str
    number: int
    config: Path
    env: Mapping[str, str]
    output: int
    scoreboard_fd: int
    lifeline_fd: int
    config_hash: str = ""  # of all that the workers read of the config

    def launch(self, generation: int, control_fd: int) -> Launch:
        """Answer how the zygote of a generation is started."""
        command = (sys.executable, "-m", "worker", "--zygote", "-c", str(self.config))
        return Launch(
            command=(*command, "--pool", self.pool, "--generation", str(generation)),
            env={
                **self.env,
                "HERDSMAN_CONTROL_FD": str(control_fd),
                "HERDSMAN_SCOREBOARD_FD": str(self.scoreboard_fd),
                "HERDSMAN_LIFELINE_FD": str(self.lifeline_fd),
                "HERDSMAN_POOL_NUMBER": str(self.number),
            },
            stdout=self.output,
            stderr=self.output,
            pass_fds=(control_fd, self.scoreboard_fd, self.lifeline_fd),
            # Workers finish what they run when their zygote dies, and when we die: no group kill, no death signal.
            group_outlives=True,
        )


@dataclass(frozen=True, slots=True)
class WorkerExit:
    """A worker's end as its zygote tells it."""

    slot: int
    pid: int
    end: Exit
    cause: str
    charged: bool
    core: bool = False
    peak_rss: int = 0  # bytes
    stack: str = ""  # of all threads, where it was asked for before a kill


class ZygoteEvents(Protocol):
    """What a zygote tells its pool."""

    def zygote_ready(self, zygote: "Zygote") -> None:
        """It has imported the tasks and can fork."""

    def zygote_failed(self, zygote: "Zygote", error: str) -> None:
        """It cannot import them."""

    def worker_forked(self, zygote: "Zygote", slot: int, pid: int, pidfd: int) -> None:
        """A worker exists; the pidfd is the pool's now."""

    def worker_exited(self, zygote: "Zygote", told: WorkerExit) -> None:
        """A worker is dead, and its jobs are in the keeper's hands."""

    def zygote_dead(self, zygote: "Zygote", end: Exit) -> None:
        """The zygote itself is dead; its workers are ours to reap."""


class Zygote:
    """Duties: start it, speak its protocol, see it out. What its news mean is the pool's to decide."""

    def __init__(self, nursery: Nursery, generation: int, events: ZygoteEvents) -> None:
        self.generation = generation
        self.ready = False
        self.leaving = False
        self.refused = False  # it could start, and must not: what the file says of its pool makes no sense
        self.keeper: int | None = None
        self.keeper_lost = False  # the zygote died, and after it the keeper, which nobody replaces
        self.tasks: tuple[str, ...] = ()
        self.started = 0.0
        self.config_hash = ""
        self._spoke = -math.inf
        self.pool = ""
        self._nursery = nursery
        self._events = events
        self._child: Child | None = None
        self._channel: Channel | None = None
        self._gone_at: float | None = None
        self._killed = False

    def start(self, origin: Origin, now: float) -> Self:
        """Start the process.

        Raises:
            OSError: it could not be started.
        """
        self.config_hash = origin.config_hash
        ours, theirs = pair()
        with theirs:
            try:
                launch = origin.launch(self.generation, theirs.fileno())
                self._child = self._nursery.spawn(launch, self._ended)
            except OSError:
                ours.close()
                raise
        self._open(ours)
        self.started = now
        self.pool = origin.pool
        return self

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process."""
        child, channel = self._child, self._channel
        return {
            "generation": self.generation,
            "ready": self.ready,
            "leaving": self.leaving,
            "keeper": self.keeper,
            "keeper_lost": self.keeper_lost,
            "tasks": list(self.tasks),
            "config_hash": self.config_hash,
            "pool": self.pool,
            "started": self.started,
            "gone_at": self._gone_at,
            "killed": self._killed,
            "child": None if child is None else [child.pid, handover.keep(child.pidfd)],
            "channel": -1 if channel is None else handover.keep(channel.fileno()),
        }

    def restore(self, saved: Mapping[str, Any]) -> Self:
        """Be what was saved, and speak with the process that lives on."""
        self.ready, self.leaving = saved["ready"], saved["leaving"]
        self.keeper, self.keeper_lost = saved["keeper"], saved["keeper_lost"]
        self.tasks, self.started = tuple(saved["tasks"]), saved["started"]
        self.config_hash, self.pool = saved["config_hash"], saved["pool"]
        self._gone_at, self._killed = saved["gone_at"], saved["killed"]
        if saved["child"] is not None:
            pid, pidfd = saved["child"]
            self._child = self._nursery.own(pid, pidfd, self._ended, leads_group=False)
        if saved["channel"] >= 0:
            self._open(socket.socket(fileno=saved["channel"]))
        return self

    @property
    def behind(self) -> bool:
        """Whether something for it waits for room."""
        return self._channel is not None and self._channel.behind

    @property
    def pid(self) -> int | None:
        """The live process, None when it is dead."""
        return self._child.pid if self._child else None

    def fork(self, slot: int, index: int, output: int) -> None:
        """Ask for a worker in a slot, the pool's `index`th; its output goes to this pipe."""
        self._send({"op": "fork", "slot": slot, "index": index}, (output, output))

    def settle(self, message: Mapping[str, Any]) -> None:
        """Pass on what a worker of a dead zygote has left."""
        self._send(message)

    def exit(self) -> None:
        """No more forks; it leaves after its last worker."""
        if not self.leaving:
            self.leaving = True
            self._send({"op": "exit"})

    def reconcile(self, now: float, *, has_workers: bool) -> float:
        """Kill it when it should have left and did not; answer when to look again."""
        if self._child is None or self._killed or has_workers:
            self._gone_at = None
            return float("inf")
        if self._channel is not None and not self.leaving:
            return float("inf")
        if self._gone_at is None:
            self._gone_at = now + _LEAVE_S
        if now < self._gone_at:
            return self._gone_at
        log.warning("the zygote with pid %s did not leave: killed", self.pid)
        self.kill()
        return float("inf")

    def kill(self) -> None:
        """Kill it and what is left in its group. Only when no worker of it lives any more, or all shall die."""
        if self._child is not None:
            self._killed = True
            self._child.kill_group()

    def kill_alone(self) -> None:
        """Kill a zygote that does not answer, and leave its workers be."""
        if self._child is not None:
            self._child.signal(signal.SIGKILL)

    def _open(self, end: socket.socket) -> None:
        self._channel = Channel(self._nursery.loop, end, self._heard, self._closed)

    def _send(self, message: Mapping[str, Any], fds: Sequence[int] = ()) -> None:
        if self._channel is not None:
            self._channel.send(message, fds)

    def _closed(self) -> None:
        self._channel = None

    def _ended(self, end: Exit) -> None:
        if self._channel is not None:
            # Its last news first: a fork or an end that it could still tell us.
            self._channel.drain()
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        self._certify("zygote", self.pid or 0, end, asked=self.leaving or self._killed)
        self._child = None
        self.ready = False
        self._events.zygote_dead(self, end)

    def spoke_within(self, seconds: float, now: float) -> bool:
        """Tell whether there was any news from it of late: one with two hundred workers to fork is busy, not stuck."""
        return now < self._spoke + seconds

    def _certify(self, kind: str, pid: int, end: Exit, *, asked: bool) -> None:
        name, lived = f"{self.pool}.{kind}", time.monotonic() - self.started
        why = "" if end.code != _BOOT_FAILED else "its tasks could not be imported"
        self._nursery.certificates.process_ended(
            name, kind, pid=pid, lived=lived, end=end, asked=asked, why=why, generation=self.generation
        )

    def _heard(self, message: dict[str, Any], fds: list[int]) -> None:
        self._spoke = time.monotonic()
        try:
            self._take(message, fds)
        except (KeyError, TypeError, ValueError) as error:
            log.error("the zygote with pid %s said something unknown: %r: %s", self.pid, message, error)  # noqa: TRY400
        finally:
            for fd in fds:
                os.close(fd)

    def _take(self, message: dict[str, Any], fds: list[int]) -> None:
        match message["event"]:
            case "ready":
                self.ready = True
                self.tasks = tuple(message.get("tasks", ()))
                self.keeper = message.get("keeper")
                self._events.zygote_ready(self)
            case "failed":
                self.refused = bool(message.get("refused"))
                self._events.zygote_failed(self, str(message["error"]))
            case "forked":
                slot, pid = int(message["slot"]), int(message["pid"])
                if not fds:
                    raise ValueError("the pidfd is missing")  # by number alone we signal nobody
                self._events.worker_forked(self, slot, pid, fds.pop(0))
            case "exit":
                self._events.worker_exited(self, _worker_exit(message))
            case "keeper":
                died = message.get("died")
                if died:
                    end = Exit(died.get("code"), died.get("signal"))
                    self._certify("keeper", int(died["pid"]), end, asked=False)
                self.keeper = int(message["pid"])
            case other:
                raise ValueError(f"unknown event {other!r}")


def _worker_exit(message: dict[str, Any]) -> WorkerExit:
    end = Exit(message.get("code"), message.get("signal"))
    cause, charged = str(message.get("cause", "")), bool(message.get("charged"))
    core, peak, stack = bool(message.get("core")), int(message.get("peak_rss") or 0), str(message.get("stack", ""))
    return WorkerExit(int(message["slot"]), int(message["pid"]), end, cause, charged, core, peak, stack)
