"""The supervisor's side of the logger: keeps its process alive and hands it the read ends of all pipes."""

import logging
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scoreboard import Board
from supervisor.deaths.certificates import Certificate
from supervisor.logs.logger_watch import DISCARD_S, Sink, Verdict, Watch
from supervisor.probes.lines import Sought
from supervisor.processes.channel import Channel, pair
from supervisor.processes.child import Child, Launch, Nursery
from supervisor.processes.children import Exit
from supervisor.processes.outputs import Output, Outputs
from supervisor.processes.own_output import PipeStream
from supervisor.services.restart import Policy
from supervisor.services.rule import Hooks, Rule
from supervisor.services.service import Service
from supervisor.upgrading.handover import Handover

log = logging.getLogger(__name__)

_UNWRITTEN = 100  # certificates that wait for a logger
CONTROL_FD = "HERDSMAN_LOGGER_FD"

# While no logger reads, full pipes hold the workers up: come back quickly, whatever happens.
_RULE = Rule(policy=Policy(base=0.1, cap=1.0), stop_timeout=5.0, kill_grace=1.0, settle=0.5)


class LoggerLink:
    """Duties: start the logger, give each new logger every pipe, tell it when a process of a tag has died."""

    def __init__(
        self,
        nursery: Nursery,
        outputs: Outputs,
        own: PipeStream,
        arguments: tuple[str, ...],
        env: Mapping[str, str],
        *,
        board: Board,
        wake: Callable[[], None],
    ) -> None:
        self._loop = nursery.loop
        self._outputs = outputs
        self._own = own
        self._arguments = arguments
        self._env = env
        self._pass_fds = (board.fd,)
        self._watch = Watch(board.logger())
        self.sink = Sink()
        self._ends: tuple[socket.socket, socket.socket] | None = None
        self._channel: Channel | None = None
        self.sought = Sought(self._send)
        self._unwritten: deque[dict[str, Any]] = deque(maxlen=_UNWRITTEN)
        outputs.announce = self._announce
        self.service = Service(
            "logger",
            nursery,
            self._launch,
            rule=_RULE,
            hooks=Hooks(started=self._started, ended=self._ended),
            wake=wake,
        )
        self.name = "logger"
        self.stop_timeout = _RULE.stop_timeout

    def flush(self, tag: str) -> None:
        """End the unfinished line of a tag: its process is dead, and the next one starts a line of its own."""
        if self._channel is not None:
            self._channel.send({"op": "flush", "tag": tag})

    def write_down(self, certificate: Certificate) -> None:
        """Have a death certificate written to disk, with the last lines of whoever died."""
        message = {"op": "death", "tag": certificate.name, "certificate": certificate.plain()}
        if self._channel is not None:
            self._channel.send(message)
        else:
            self._unwritten.append(message)  # for the next logger

    def reopen(self) -> None:
        """Have the files opened anew."""
        self.service.signal(signal.SIGUSR1)

    def change(self, arguments: tuple[str, ...], now: float) -> None:
        """Have a logger with other settings: this one writes what it has and leaves, the next one reads on."""
        if arguments == self._arguments:
            return
        self._arguments = arguments
        if self._channel is not None:
            self._channel.send({"op": "leave"})
        self.service.restart(now)

    def reconcile(self, now: float) -> float:
        """See Service; and see to it that somebody empties the pipes."""
        due = self.service.reconcile(now)
        if not self.service.wanted:
            return due
        match self._watch.look(self.service.pid, now):
            case Verdict.STUCK if self.service.child is not None:
                log.error("logger: it reads no more: killed; the next one reads on")
                self.service.child.signal(signal.SIGKILL)
            case Verdict.LOST:
                self.sink.empty([output.read_end for output in self._outputs.all()])
                return min(due, now + DISCARD_S)
        return min(due, now + self._watch.pause)

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process."""
        channel = handover.keep(self._channel.fileno()) if self._channel is not None else -1
        lost, unwritten = self.sink.discarded, list(self._unwritten)
        return {"service": self.service.save(handover), "channel": channel, "lost": lost, "unwritten": unwritten}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take the live logger over; it has every pipe already."""
        if saved["channel"] >= 0:
            ours = socket.socket(fileno=saved["channel"])
            self._channel = Channel(self._loop, ours, self._heard, lambda: None)
        self.sink.discarded = saved["lost"]
        self._unwritten.extend(saved["unwritten"])
        self.service.restore(saved["service"])

    @property
    def behind(self) -> bool:
        """Whether something for the logger waits for room."""
        return self._channel is not None and self._channel.behind

    def is_down(self) -> bool:
        """See Ward."""
        return self.service.is_down()

    def stop(self, now: float) -> None:
        """Close everything it listens to; it leaves by itself, and is only signalled when it is late.

        The logger ignores SIGTERM while its control socket is open, so that it hears everybody's last words.
        """
        self._own.disconnect()
        self.service.stop(now)
        self._outputs.close_writers()
        if self._channel is not None:
            self._channel.close()

    def kill(self, now: float) -> None:
        """Leave no time; what it had not written yet is lost."""
        self.stop(now)
        self.service.kill(now)

    def _launch(self) -> Launch:
        self._ends = pair()
        return Launch(
            command=(sys.executable, "-m", "supervisor.logger", *self._arguments),
            env={**self._env, CONTROL_FD: str(self._ends[1].fileno())},
            pass_fds=(self._ends[1].fileno(), *self._pass_fds),
            cwd=Path("/"),
        )

    def _started(self, child: Child | None) -> None:
        if self._ends is None:
            return
        ours, theirs = self._ends
        self._ends = None
        theirs.close()
        if child is None:
            ours.close()
            return
        self._channel = Channel(self._loop, ours, self._heard, lambda: None)
        self.sought.tell_all()  # before the pipes: what stands in them already may be what is sought
        for output in self._outputs.all():
            self._announce(output)
        while self._unwritten:
            self._channel.send(self._unwritten.popleft())

    def _announce(self, output: Output) -> None:
        if self._channel is not None:
            message = {"op": "pipe", "tag": output.tag, "file": output.file, "slot": output.slot}
            self._channel.send(message, [output.read_end])

    def _ended(self, _end: Exit) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _send(self, message: dict[str, Any]) -> None:
        if self._channel is not None:
            self._channel.send(message)

    def _heard(self, message: dict[str, Any], fds: list[int]) -> None:
        for fd in fds:
            os.close(fd)
        self.sought.heard(message)
