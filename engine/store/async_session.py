"""`Session` for asyncio: the same calls, the same operation ids, the same repeat of what may not have happened."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any, TypeVar, cast

from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, ResponseError

from engine.errors import EngineError, StoreDown
from engine.store import keys
from engine.store.calls import Call
from engine.store.connection import options, translate, translated
from engine.store.question import Question, Step, Together
from engine.store.scripts import script
from engine.store.session import Incoming, run_id

T = TypeVar("T")


def open_async_connection(url: str, timeout: float) -> Any:
    """A connection that is not connected yet.

    Raises:
        EngineError: the URL is not one of redis://, rediss://, unix://.
    """
    try:
        pool: Any = ConnectionPool.from_url(url, retry=Retry(NoBackoff(), 0), **options(timeout))
    except ValueError as error:
        raise EngineError(f"this is no store's URL: {error}") from error
    return pool.make_connection()


class AsyncSession:
    """One held connection; one call at a time."""

    def __init__(self, url: str, namespace: str, *, timeout: float = 5.0, incoming: Incoming | None = None) -> None:
        self.base = keys.base(namespace)
        self.caller = secrets.randbits(63) | 1
        self.operation = 0
        self._url = url
        self._timeout = timeout
        self._incoming = incoming
        self._connection: Any = None

    async def _connect(self) -> None:
        if self._connection is not None:
            return
        connection = open_async_connection(self._url, self._timeout)
        try:
            with translated():
                await connection.connect()
                await connection.send_command("INFO", "server")
                info = await connection.read_response()
                await connection.send_command("EVAL", script("hello").text, 1, self.base, run_id(info))
                await connection.read_response()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        self._connection = connection

    async def close(self) -> None:
        """Closes the connection; whatever reply was still to come is never read."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)

    async def command(self, *words: Any) -> Any:
        """A plain command that only reads, so it may be repeated: once, on a fresh connection, as `run` does.

        Raises:
            StoreDown, EngineError: as they say.
        """
        try:
            return await self._read(words)
        except StoreDown:
            return await self._read(words)

    async def together(self, commands: Sequence[tuple[Any, ...]], *, held: bool = False) -> list[Any]:
        """See `Session.together`."""
        if held and self._connection is None:
            raise StoreDown("the connection was lost")
        await self._connect()
        try:
            with translated():
                for words in commands:
                    await self._connection.send_command(*words)
                return [await self._reply_or_refusal() for _ in commands]
        except (StoreDown, asyncio.CancelledError):
            await self.close()
            raise

    async def _reply_or_refusal(self) -> Any:
        try:
            return await self._connection.read_response()
        except ResponseError as error:
            return translate(error)

    async def answer(self, question: Question[T]) -> T:
        """See `Session.answer`."""
        try:
            step = next(question)
            while True:
                try:
                    reply = await self._do(step)
                except EngineError as error:
                    step = question.throw(error)
                else:
                    step = question.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result

    async def _do(self, step: Step) -> Any:
        if isinstance(step, Call):
            return await self.run(step)
        if isinstance(step, Together):
            return await self.together(step.commands, held=step.held)
        return await self.command(*step)

    async def _read(self, words: tuple[Any, ...]) -> Any:
        await self._connect()
        try:
            with translated():
                await self._connection.send_command(*words)
                return await self._connection.read_response()
        except (StoreDown, asyncio.CancelledError):
            await self.close()
            raise

    async def run(self, call: Call[T]) -> T:
        """One call, repeated once on a fresh connection when its fate is not known.

        Raises:
            StoreDown, StoreFull, QueueFull, EngineError: as they say.
        """
        head: list[Any] = []
        if call.remembered:
            self.operation += 1
            head = [f"{self.caller:x}", self.operation]
        words = ["EVALSHA", script(call.script).sha, 1, self.base, *head, *call.args]
        try:
            answer = call.parse(await self._exchange(words, call.script))
        except StoreDown:
            answer = call.parse(await self._exchange(words, call.script))
        return cast("T", self._incoming(call, answer)) if self._incoming else answer

    async def _exchange(self, words: list[Any], name: str) -> Any:
        await self._connect()
        try:
            with translated():
                await self._connection.send_command(*words)
                try:
                    return await self._connection.read_response()
                except NoScriptError:
                    await self._connection.send_command("SCRIPT", "LOAD", script(name).text)
                    await self._connection.read_response()
                    await self._connection.send_command(*words)
                    return await self._connection.read_response()
        except (StoreDown, asyncio.CancelledError):
            await self.close()
            raise
