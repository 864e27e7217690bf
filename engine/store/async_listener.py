"""One subscription for all who wait in this process; it lives while somebody waits."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from engine.errors import EngineError, StoreDown
from engine.store import calls, keys
from engine.store.async_session import open_async_connection
from engine.store.calls import Call, text
from engine.store.connection import translated

PAUSE = 0.2  # between two attempts to listen while the store is away


class AsyncListener:
    """Waiters are futures by id; a task reads the channel and resolves them.

    Args:
        run: sends a call (the watch) on a connection of the client's.
    """

    def __init__(self, url: str, namespace: str, run: Callable[[Call[list[str]]], Awaitable[list[str]]]) -> None:
        self._url = url
        self._channel = keys.base(namespace) + ":done"
        self._run = run
        self._waiters: dict[str, set[asyncio.Future[None]]] = {}
        self._reader: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()
        self._closings = 0
        self._trouble: StoreDown | None = None  # why nobody listens now

    async def wait(self, ids: Sequence[str], timeout: float) -> set[str]:  # noqa: ASYNC109 - part of the answer, no error
        """The ids among these that ended within `timeout` seconds.

        Raises:
            StoreDown: the store was away to the end.
            EngineError: the client was closed meanwhile.
        """
        if not ids:
            return set()
        closings, loop = self._closings, asyncio.get_running_loop()
        deadline = loop.time() + timeout
        futures = {i: loop.create_future() for i in ids}
        for i, future in futures.items():
            self._waiters.setdefault(i, set()).add(future)
        if self._reader is None or self._reader.done():
            self._reader = loop.create_task(self._read())
        try:
            async with asyncio.timeout_at(deadline):
                await self._listening.wait()
            if closings == self._closings:
                await self._ask(ids, deadline)
            await asyncio.wait(futures.values(), timeout=max(0.0, deadline - loop.time()))
        except TimeoutError:
            pass
        finally:
            for i, future in futures.items():
                self._drop(i, future)
        ended = {i for i, future in futures.items() if future.done() and not future.cancelled()}
        if closings != self._closings and len(ended) < len(futures):
            raise EngineError("the client was closed while this waited")
        if self._trouble is not None and len(ended) < len(futures):
            raise StoreDown(str(self._trouble)) from self._trouble
        return ended

    async def _ask(self, ids: Sequence[str], deadline: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                self._resolve(await self._run(calls.watch(ids, max(0.05, deadline - loop.time()))))
            except StoreDown:
                if loop.time() + PAUSE >= deadline:
                    raise
                await asyncio.sleep(PAUSE)
            else:
                return

    def _drop(self, job: str, future: asyncio.Future[None]) -> None:
        waiting = self._waiters.get(job)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._waiters[job]

    def _resolve(self, ids: Sequence[str]) -> None:
        for i in ids:
            for future in self._waiters.get(i, ()):
                if not future.done():
                    future.set_result(None)

    async def _read(self) -> None:
        """Listens until closed; after a reconnect it asks again for all who wait: what was told meanwhile is lost."""
        while True:
            connection: Any = None
            try:
                connection = open_async_connection(self._url, 5.0)
                with translated():
                    await connection.connect()
                    await connection.send_command("SUBSCRIBE", self._channel)
                    await connection.read_response()
                if self._waiters and self._listening.is_set():
                    self._resolve(await self._run(calls.watch(list(self._waiters), 60.0)))
                self._listening.set()
                self._trouble = None
                while True:
                    with translated():
                        message = await connection.read_response(timeout=None, disconnect_on_error=False)
                    if message[0] == b"message":
                        self._resolve([text(message[2])])
            except StoreDown as trouble:
                self._trouble = trouble
                await asyncio.sleep(PAUSE)
            finally:
                if connection is not None:
                    await connection.disconnect(nowait=True)

    async def close(self) -> None:
        """Ends the subscription; those who still wait are told so by an error."""
        reader, self._reader = self._reader, None
        self._closings += 1
        for future in [future for waiting in self._waiters.values() for future in waiting]:
            future.cancel()
        self._listening.set()  # for those who still wait for it
        self._listening = asyncio.Event()
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
