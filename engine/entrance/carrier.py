"""What both clients do to jobs on their way out, and to what they read on its way in."""

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict, TypeVar, cast

import msgspec

from engine.entrance.middleware import EnqueueMiddleware, through
from engine.jobs.job import Job
from engine.jobs.new_job import NewJob
from engine.payloads import payload
from engine.payloads.codec import Codec
from engine.payloads.envelope import Keys, Sealed
from engine.store.calls import Call

T = TypeVar("T")


class Carrying(TypedDict, total=False):
    """What clients take besides the store's address; all may be left out.

    Attributes:
        max_payload: most bytes of one payload, when it is plain; 1 MiB when left out, 16 MiB at most.
        compress_over: payloads of more bytes are compressed; left out, none are.
        keys: a `KeyRing`: payloads are encrypted with its first key, and what any of its keys opens is read.
        middleware: functions that see each new job, in this order; see `engine.entrance.middleware`.
    """

    max_payload: int
    compress_over: int | None
    keys: Keys | None
    middleware: Sequence[EnqueueMiddleware]


def carrying(max_payload: int, compress_over: int | None, keys: Iterable[tuple[str, str]]) -> Carrying:
    """What a file says of payloads and encryption, as clients take it; keys as (id, key), 0 or None = no compression.

    Raises:
        EngineError: there are keys, but no `cryptography` package.
    """
    said: Carrying = {"max_payload": max_payload, "compress_over": compress_over or None}
    if pairs := list(keys):
        from engine.payloads.key_ring import KeyRing  # few have keys, and cryptography takes memory

        said["keys"] = KeyRing(pairs)
    return said


class Carrier:
    """One client's settings at work.

    Attributes:
        packs: whether payloads are anything but encoded.
    """

    def __init__(
        self,
        *,
        max_payload: int = payload.MAX_BYTES,
        compress_over: int | None = None,
        keys: Keys | None = None,
        middleware: Sequence[EnqueueMiddleware] = (),
    ) -> None:
        self.codec = Codec(max_payload=max_payload, compress_over=compress_over, keys=keys)
        self._chain = tuple(middleware)
        self.packs = not self.codec.plain
        self._opens = keys is not None

    def outgoing(self, job: NewJob) -> NewJob:
        """The job as it is sent; every new job passes here once.

        Raises:
            PayloadError: it cannot be sent. Whatever a middleware raises.
        """
        if self._chain:
            job = through(self._chain, job)
        if not self.packs:
            return job
        return msgspec.structs.replace(job, data=self.packed(job.data, job.type), unpacked=job.data)

    @property
    def changes(self) -> bool:
        """Whether `outgoing` does anything at all."""
        return self.packs or bool(self._chain)

    def all_outgoing(self, jobs: list[NewJob]) -> list[NewJob]:
        """The same for many; a client without settings does nothing at all to them."""
        return [self.outgoing(job) for job in jobs] if self.changes else jobs

    def packed(self, data: Any, type: str) -> Any:
        """A payload that the encoder takes as it is; the same data when there is nothing to do to it.

        Raises:
            PayloadError: it cannot be sent.
        """
        return msgspec.Raw(self.codec.pack(data, type)) if self.packs else data

    def incoming(self, call: Call[Any], reply: T) -> T:
        """The reply to a call, with what was encrypted in it read, as far as the keys go."""
        if not self._opens or call.script != "peek":  # every job that is read comes through there
            return reply
        return cast("T", [job and self._opened(job) for job in cast("list[Job | None]", reply)])

    def _opened(self, job: Job) -> Job:
        if not isinstance(job.data, Sealed) and not isinstance(job.result, Sealed):
            return job
        data = self.codec.shown(job.data, job.type, "payload")
        return msgspec.structs.replace(job, data=data, result=self.codec.shown(job.result, job.type, "result"))
