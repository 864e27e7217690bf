"""The supervisor's side of the logger: keeps its process alive and hands it the read ends of all pipes."""

import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from supervisor.channel import Channel, pair
from supervisor.child import Child, Launch, Nursery
from supervisor.children import Exit
from supervisor.handover import Handover
from supervisor.outputs import Output, Outputs
from supervisor.own_output import PipeStream
from supervisor.restart import Policy
from supervisor.service import Hooks, Rule, Service

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
        pass_fds: tuple[int, ...] = (),
        wake: Callable[[], None],
    ) -> None:
        self._loop = nursery.loop
        self._outputs = outputs
        self._own = own
        self._arguments = arguments
        self._env = env
        self._pass_fds = pass_fds
        self._ends: tuple[socket.socket, socket.socket] | None = None
        self._channel: Channel | None = None
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

    def reopen(self) -> None:
        """Have the files opened anew."""
        self.service.signal(signal.SIGUSR1)

    def reconcile(self, now: float) -> float:
        """See Service."""
        return self.service.reconcile(now)

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process."""
        channel = handover.keep(self._channel.fileno()) if self._channel is not None else -1
        return {"service": self.service.save(handover), "channel": channel}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take the live logger over; it has every pipe already."""
        if saved["channel"] >= 0:
            ours = socket.socket(fileno=saved["channel"])
            self._channel = Channel(self._loop, ours, _unexpected, lambda: None)
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
        self._channel = Channel(self._loop, ours, _unexpected, lambda: None)
        for output in self._outputs.all():
            self._announce(output)

    def _announce(self, output: Output) -> None:
        if self._channel is not None:
            message = {"op": "pipe", "tag": output.tag, "file": output.file}
            self._channel.send(message, [output.read_end])

    def _ended(self, _end: Exit) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None


def _unexpected(_message: dict[str, Any], _fds: list[int]) -> None:
    return None
