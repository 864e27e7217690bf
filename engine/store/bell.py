"""The bell: where an idle worker waits, without polling, until there is something to claim."""

import select
from collections.abc import Sequence
from typing import Any, Self

from engine.errors import StoreDown
from engine.store import keys
from engine.store.connection import open_connection, translated


class Bell:
    """A blocking pop on the wake marks of some queues, on a connection of its own. Not thread safe.

    A mark that is popped by a waiter that dies is lost, so waits are short: whoever wakes by timeout just looks.
    """

    def __init__(self, url: str, namespace: str, queues: Sequence[str]) -> None:
        self._url = url
        self._keys = [f"{keys.base(namespace)}:wake:{queue}" for queue in queues]
        self._connection: Any = None
        self.armed = False

    @classmethod
    def for_due(cls, url: str, namespace: str) -> Self:
        """The one that rings when something falls due earlier than the last `promote` has said."""
        bell = cls(url, namespace, ())
        bell._keys = [f"{keys.base(namespace)}:due"]
        return bell

    def fileno(self) -> int:
        """The socket, for select; only while armed."""
        return int(self._connection._sock.fileno())  # noqa: SLF001 - the library has no public name for it

    def arm(self, timeout: float) -> None:
        """Begins to wait, for at most `timeout` seconds; does nothing while it waits already.

        Raises:
            StoreDown: the store does not answer.
        """
        if self.armed:
            return
        try:
            with translated():
                if self._connection is None:
                    # The reply comes when the pop's time is up, so the socket must allow for more.
                    connection: Any = open_connection(self._url, timeout + 5.0)
                    connection.connect()
                    self._connection = connection
                self._connection.send_command("BLPOP", *self._keys, timeout, check_health=False)
        except StoreDown:
            self.close()
            raise
        self.armed = True

    def ready(self) -> bool:
        """Whether the wait is over, so that `ring` will not block."""
        return self.armed and bool(select.select([self], [], [], 0)[0])

    def ring(self) -> bool:
        """Reads the end of the wait: True when a mark was popped, False when the time was up.

        Raises:
            StoreDown: the connection is gone.
        """
        self.armed = False
        try:
            with translated():
                return self._connection.read_response() is not None
        except StoreDown:
            self.close()
            raise

    def close(self) -> None:
        """Gives the wait up."""
        self.armed = False
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()
