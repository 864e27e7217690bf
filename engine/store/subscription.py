"""A connection on which the store tells whose jobs ended. It rests unsubscribed while nobody waits."""

import math
import select
import socket
import time
from contextlib import suppress
from typing import Any

from engine.errors import StoreDown
from engine.store.calls import text
from engine.store.connection import open_connection, translated

FRESH = 30.0  # seconds: a connection that rested longer may be dead without saying so; a new one is opened
TIMEOUT = 5.0  # seconds for any one reply


class Subscription:
    """To a single channel. For one thread at a time, except `interrupt`."""

    def __init__(self, url: str, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._connection: Any = None
        self._rested = 0.0

    def open(self) -> None:
        """Subscribes, on the connection that rests if there is one. What is told from now on, `next` gives.

        Raises:
            StoreDown: the store does not answer.
        """
        if self._connection is not None and time.monotonic() - self._rested < FRESH:
            with suppress(StoreDown):
                self._subscribe(self._connection)
                return
        self.close()
        connection = open_connection(self._url, TIMEOUT)
        try:
            with translated():
                connection.connect()
            self._subscribe(connection)
        except BaseException:
            connection.disconnect()
            raise
        self._connection = connection

    def _subscribe(self, connection: Any) -> None:
        with translated():
            connection.send_command("SUBSCRIBE", self._channel)
            while connection.read_response()[0] != b"subscribe":
                pass  # from before the rest

    def next(self, deadline: float) -> str | None:
        """The next id that is told, or None at the deadline (monotonic seconds).

        Raises:
            StoreDown: the connection is gone, or was interrupted.
        """
        with translated():
            while self._readable(deadline):
                message = self._connection.read_response()
                if message[0] == b"message":
                    return text(message[2])
        return None

    def _readable(self, deadline: float) -> bool:
        while not self._connection.can_read(0):  # after the poll, too: half a TLS record is no message
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            ready = select.poll()  # not select.select: that one refuses descriptors above 1023
            ready.register(self._connection._sock, select.POLLIN)  # noqa: SLF001 - no public name
            ready.poll(math.ceil(left * 1000))
        return True

    def rest(self) -> None:
        """Unsubscribes, lest the store heap up what nobody reads; the answer is read when it opens again."""
        if self._connection is None:
            return
        try:
            with translated():
                self._connection.send_command("UNSUBSCRIBE", check_health=False)
        except StoreDown:
            self.close()
        self._rested = time.monotonic()

    def interrupt(self) -> None:
        """From any thread: whoever reads finds the connection gone."""
        connection = self._connection
        held = connection and connection._sock  # noqa: SLF001 - no public name
        if held:
            with suppress(OSError):
                socket.socket.shutdown(
                    held, socket.SHUT_RDWR
                )  # the plain one: TLS's own pulls its state from under the reader

    def close(self) -> None:
        """Closes the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()

    def after_fork(self) -> None:
        """In the child: the connection is its parent's."""
        self._connection = None
