"""Who tells a zygote what to do: the supervisor at the other end of a socket, or the herder when there is none."""

import logging
import signal
from typing import NamedTuple, Protocol

from worker.processes.messages import BadMessage, Closed, Message, Wire

log = logging.getLogger(__name__)
EXIT: Message = {"op": "exit"}


class Order(NamedTuple):
    """What to do: {"op": "fork" | "settle" | "exit", …}; the files with it are the receiver's to close."""

    message: Message
    fds: tuple[int, ...] = ()


class Boss(Protocol):
    """Gives orders and is told what happened. Nothing here waits."""

    def readable(self) -> list[int]:
        """Files to watch; ``orders`` is called when one can be read. Children must not hold them."""
        ...

    def orders(self) -> list[Order]:
        """What to do now."""
        ...

    def tell(self, event: Message, fds: tuple[int, ...] = ()) -> None:
        """Something happened; the files stay the caller's."""
        ...

    def due_in(self) -> float | None:
        """Seconds until ``orders`` has more to say by itself; None = not by time."""
        ...

    def signalled(self, number: int) -> None:
        """The zygote got a signal."""
        ...


class SocketBoss:
    """The supervisor. When its end is closed it is gone: no more forks, and the zygote leaves after its last worker."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._gone = False
        self._told_to_leave = False

    def readable(self) -> list[int]:
        """The control socket, as long as somebody is there."""
        return [] if self._gone else [self._wire.fileno()]

    def orders(self) -> list[Order]:
        """What came since the last time."""
        found = list[Order]()
        while not self._gone:
            try:
                received = self._wire.receive()
            except BadMessage as error:
                log.error("the supervisor sent what is no message: %s", error)  # noqa: TRY400 - no trace helps
                continue
            except Closed:
                log.warning("the supervisor is gone; no more workers are forked")
                self._lost()
                break
            if received is None:
                break
            found.append(Order(received[0], tuple(received[1])))
        if self._told_to_leave:
            self._told_to_leave = False
            found.append(Order(EXIT))
        return found

    def tell(self, event: Message, fds: tuple[int, ...] = ()) -> None:
        """Send it; when nobody is there any more it is not missed."""
        if self._gone:
            return
        try:
            self._wire.send(event, fds)
        except Closed:
            self._lost()

    def due_in(self) -> float | None:
        """Soon when messages wait for room in the socket."""
        if self._gone or not self._wire.behind:
            return None
        try:
            self._wire.flush()
        except Closed:
            self._lost()
        return 0.01

    def signalled(self, number: int) -> None:
        """TERM is an order to leave; INT came from the terminal, and the supervisor got it, too."""
        if number == signal.SIGTERM:
            self._told_to_leave = True

    def _lost(self) -> None:
        self._gone = True
        self._told_to_leave = True  # whoever noticed it first: the next look at the orders must say so
        self._wire.close()
