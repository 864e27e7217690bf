"""How this process reads payloads and writes results: as its config says, worked out once for each type of job."""

from collections.abc import Callable
from typing import Any

from config.schema import Config
from engine import KeyMissing, PayloadError
from engine.entrance import carrier
from engine.entrance.carrier import Carrier, Carrying
from engine.payloads.codec import Codec
from worker.run.context import payload_version
from worker.tasks.binding import UnreadableError, Values
from worker.tasks.registry import Task
from worker.tasks.versions import Arguments


class ResultError(PayloadError):
    """The task ran, but what it returned cannot be stored. Running it again would do its work twice."""


def carrying(config: Config) -> Carrying:
    """What the file says of payloads and encryption, as clients take it.

    Raises:
        EngineError: there are keys, but no `cryptography` package.
    """
    pairs = [(key.id, key.key) for key in config.encryption.keys]
    return carrier.carrying(config.payloads.max_size, config.payloads.compress_over, pairs)


def codec_of(config: Config) -> Codec:
    """The same for a worker's own reading and writing."""
    return Carrier(**carrying(config)).codec


def opener(codec: Codec, type: str) -> Callable[[bytes], bytes]:
    """From a payload of that type to its plain bytes; it raises UnreadableError."""

    def plain(data: bytes) -> bytes:
        try:
            return codec.unpack(data, type)
        except KeyMissing as error:
            raise UnreadableError(f"the payload cannot be read: {error}", "no key") from None
        except PayloadError as error:
            raise UnreadableError(f"the payload cannot be read: {error}") from None

    return plain


def arguments(task: Task, codec: Codec) -> Callable[[bytes], Values]:
    """From a payload, packed or not, of any version, to the task's arguments; it raises ArgumentsError."""
    opened = opener(codec, task.name)
    bind = task.binding.opening(opened).arguments
    if task.upcasters is None:
        return bind
    return Arguments(task.upcasters, bind, opened, payload_version)


def results(codec: Codec, type: str, largest: int) -> Callable[[Any], bytes | None]:
    """From what a task of that type returned to bytes, None when there is nothing to keep; it raises ResultError.

    largest: bytes that travel, at most.
    """

    def pack(value: Any) -> bytes | None:
        if value is None:
            return None
        try:
            data = codec.pack(value, type, "result")
        except PayloadError as error:
            raise ResultError(f"the task ran, but {error}") from None
        if len(data) > largest:
            raise ResultError(
                f"the task ran, but the result has {len(data)} bytes, the limit is {largest}; store it elsewhere and "
                "return its place"
            )
        return data

    return pack
