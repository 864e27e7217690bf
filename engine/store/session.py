"""A session: one held connection with a caller's name and a count of its operations.

A call whose script remembers (`claim`, `enqueue`) carries (caller, operation); sent again after a lost reply it gets
the same answer and does nothing twice. All other scripts that change anything are fenced by the lease, so sending them
again is harmless. That is why a session may repeat what it does not know the fate of, and nothing else may.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from redis.exceptions import NoScriptError, ResponseError

from engine.errors import EngineError, StoreDown
from engine.store import keys
from engine.store.calls import Call
from engine.store.connection import open_connection, translate, translated
from engine.store.question import Question, Step, Together
from engine.store.scripts import script

T = TypeVar("T")
Incoming = Callable[[Call[Any], Any], Any]


class Session:
    """Not thread safe, not to be used across a fork.

    Args:
        caller: 64-bit number that no other session has; random when left out.
        timeout: seconds for any one reply.
        incoming: sees each call's answer and gives the one that is handed on; payloads are decrypted there.
    """

    def __init__(
        self,
        url: str,
        namespace: str,
        *,
        caller: int | None = None,
        timeout: float = 5.0,
        incoming: Incoming | None = None,
    ) -> None:
        self.base = keys.base(namespace)
        self.caller = caller if caller is not None else secrets.randbits(63) | 1
        self.operation = 0
        self.epoch = 0
        self._url = url
        self._timeout = timeout
        self._incoming = incoming
        self._connection: Any = None
        self._loaded: set[str] = set()

    def fileno(self) -> int:
        """The socket, for select; connects when needed.

        Raises:
            StoreDown: it cannot.
        """
        self.connect()
        return int(self._connection._sock.fileno())  # noqa: SLF001 - the library has no public name for it

    @property
    def connected(self) -> bool:
        """Whether a connection is held."""
        return self._connection is not None

    def connect(self) -> None:
        """Connects unless connected, and says hello: a new run of the server begins a new epoch of tokens.

        Raises:
            StoreDown: the store does not answer or is not ready.
        """
        if self._connection is not None:
            return
        connection: Any = open_connection(self._url, self._timeout)
        try:
            with translated():
                connection.connect()
                connection.send_command("INFO", "server")
                info = connection.read_response()
                hello = script("hello")
                connection.send_command("EVAL", hello.text, 1, self.base, run_id(info))
                self.epoch = int(connection.read_response()[1])
        except BaseException:
            connection.disconnect()
            raise
        self._connection = connection
        self._loaded.clear()

    def close(self) -> None:
        """Closes the connection; whatever reply was still to come is never read."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()

    def next_operation(self) -> int:
        """The number of the next call that the script shall remember."""
        self.operation += 1
        return self.operation

    def pack(self, call: Call[Any], operation: int = 0) -> list[Any]:
        """The command for a call; `operation` only for calls that are remembered."""
        head = [f"{self.caller:x}", operation] if call.remembered else []
        return ["EVALSHA", script(call.script).sha, 1, self.base, *head, *call.args]

    def send(self, command: list[Any]) -> None:
        """Sends a packed call.

        Raises:
            StoreDown: the connection is gone (and closed now); whether the store got the call is not known.
        """
        self.connect()
        try:
            with translated():
                self._connection.send_command(*command, check_health=False)
        except StoreDown:
            self.close()
            raise

    def receive(self) -> Any:
        """The next reply.

        Raises:
            NoScriptError: the server does not know the script (see `load`); nothing was run.
            StoreDown: the connection is gone (and closed now).
            StoreFull, EngineError: the store refused.
        """
        if self._connection is None:
            raise StoreDown("the connection was lost before the reply came")
        try:
            with translated():
                try:
                    return self._connection.read_response()
                except NoScriptError as missing:
                    unknown = missing
        except StoreDown:
            self.close()
            raise
        raise unknown

    def load(self, name: str) -> None:
        """Teaches the server a script: it is new, was flushed, or is a replica that was promoted.

        Raises:
            StoreDown: the store does not answer.
        """
        self.send(["SCRIPT", "LOAD", script(name).text])
        self.receive()

    def run(self, call: Call[T]) -> T:
        """One call, repeated once on a fresh connection when its fate is not known.

        Raises:
            StoreDown, StoreFull, QueueFull, EngineError: as they say.
        """
        command = self.pack(call, self.next_operation() if call.remembered else 0)
        for last in (False, True):
            try:
                answer = call.parse(self._exchange(command, call.script))
            except StoreDown:
                if last:
                    raise
            else:
                return cast("T", self._incoming(call, answer)) if self._incoming else answer
        raise AssertionError("unreachable")  # pragma: no cover

    def _exchange(self, command: list[Any], name: str) -> Any:
        self.send(command)
        try:
            return self.receive()
        except NoScriptError:
            self.load(name)
            self.send(command)
            return self.receive()

    def together(self, commands: Sequence[tuple[Any, ...]], *, held: bool = False) -> list[Any]:
        """The replies to commands that are sent in one go and never repeated; an error stands where one was refused.

        Args:
            held: only on the connection that is open now.

        Raises:
            StoreDown: it went away, or is not open.
        """
        if held and self._connection is None:
            raise StoreDown("the connection was lost")
        self.connect()
        try:
            with translated():
                for words in commands:
                    self._connection.send_command(*words, check_health=False)
                return [self._reply_or_refusal() for _ in commands]
        except StoreDown:
            self.close()
            raise

    def _reply_or_refusal(self) -> Any:
        try:
            return self._connection.read_response()
        except ResponseError as error:
            return translate(error)

    def answer(self, question: Question[T]) -> T:
        """The answer to a question of `engine.store.question`; a step's error is raised inside it first."""
        try:
            step = next(question)
            while True:
                try:
                    reply = self._do(step)
                except EngineError as error:
                    step = question.throw(error)
                else:
                    step = question.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result

    def _do(self, step: Step) -> Any:
        if isinstance(step, Call):
            return self.run(step)
        if isinstance(step, Together):
            return self.together(step.commands, held=step.held)
        return self.command(*step)

    def command(self, *words: Any) -> Any:
        """A plain command that only reads, so it may be repeated: once, on a fresh connection, as `run` does.

        Raises:
            StoreDown, EngineError: as they say.
        """
        try:
            self.send(list(words))
            return self.receive()
        except StoreDown:
            self.send(list(words))
            return self.receive()


def run_id(info: bytes) -> str:
    """The run id in an INFO reply: it changes with every start of the server."""
    for line in info.decode("utf-8", "replace").splitlines():
        if line.startswith("run_id:"):
            return line.removeprefix("run_id:")
    return "unknown"
