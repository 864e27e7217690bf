"""A tab of the dashboard, for tests: a real websocket, and the rows of its subscriptions."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.live_view import Rows, View


class LiveClient:
    """Subscribes, draws and acknowledges as docs/live.md tells a browser to."""

    def __init__(self, port: int, **options: Any) -> None:
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(f"ws://127.0.0.1:{port}/ws", **options))
        self.closed: int | None = None
        self.views: dict[int, View] = {}
        self.ticks: list[dict[str, Any]] = []
        self.hello = self.receive(10) or {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def send(self, **frame: Any) -> None:
        """Send a frame."""
        self._socket.send(json.dumps(frame))

    def raw(self, data: str | bytes) -> None:
        """Send something that need be no frame."""
        self._socket.send(data)

    def sub(self, number: int, topic: str, args: Any = None, **more: Any) -> View:
        """Subscribe; the view is kept up to date while somebody waits for something."""
        view = self.views[number] = View()
        self.send(t="sub", id=number, topic=topic, args=args or {}, **more)
        return view

    def receive(self, timeout: float) -> dict[str, Any] | None:
        """The next frame, applied; None when there is none in time, or the socket was closed."""
        try:
            frame: dict[str, Any] = json.loads(self._socket.recv(timeout))
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            self.closed = closed.rcvd.code if closed.rcvd else 1006
            return None
        if frame["t"] in ("snap", "delta", "err"):
            self.views.setdefault(frame["id"], View()).take(frame)
        if frame["t"] == "tick":
            self.ticks.append(frame)
        if frame["t"] in ("tick", "snap"):
            self._ack(frame["n"])
        return frame

    def until(self, condition: Callable[[], Any], timeout: float = 10.0) -> Any:
        """Receive until the condition holds; fails with what is seen when it does not in time."""
        deadline = time.monotonic() + timeout
        while not (found := _tried(condition)):
            left = deadline - time.monotonic()
            assert left > 0, f"not within {timeout} s; {self.closed=} {self.shown()}"
            if self.receive(min(left, 0.25)) is None and self.closed is not None and not _tried(condition):
                raise AssertionError(f"closed with {self.closed} before; {self.shown()}")
        return found

    def until_closed(self, timeout: float = 10.0) -> int:
        """The code with which the server closes the socket."""
        self.until(lambda: self.closed is not None, timeout)
        assert self.closed is not None
        return self.closed

    def shown(self) -> dict[int, Rows]:
        """All rows, for a message."""
        return {number: view.rows for number, view in self.views.items()}

    def _ack(self, n: int) -> None:
        try:
            self.send(t="ack", n=n)
        except ConnectionClosed as closed:
            self.closed = closed.rcvd.code if closed.rcvd else 1006


def _tried(condition: Callable[[], Any]) -> Any:
    try:
        return condition()
    except (KeyError, IndexError):  # a row that is not there yet
        return None
