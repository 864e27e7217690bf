"""What travels: payloads, results, options and errors, as msgpack. To the Lua scripts all of it is opaque bytes."""

from typing import Any

import msgspec

from engine.errors import PayloadError
from engine.payloads.envelope import LARGEST, is_ours

MAX_BYTES = 1 << 20  # of one payload or result, unless a client or the config says otherwise
OVERHEAD = 1 << 10  # bytes that an envelope may add to a packed payload (`msgspec.Raw`), whose size was checked before

_Ext = msgspec.msgpack.Ext
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder()


def encode(value: Any, *, what: str = "payload", limit: int = MAX_BYTES) -> bytes:
    """The bytes of a value made of plain data (None, bool, numbers, str, bytes, lists, dicts, dataclasses, dates).

    Raises:
        PayloadError: it cannot be written as msgpack, or is larger than `limit` bytes.
    """
    try:
        data = _encoder.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise PayloadError(f"the {what} cannot be sent: {error}; it must be made of plain data") from error
    if type(value) is _Ext and is_ours(data):
        raise PayloadError(f"the {what} cannot be sent: these msgpack extension codes are our own")
    if len(data) > limit and not (isinstance(value, msgspec.Raw) and len(data) <= LARGEST + OVERHEAD):
        raise PayloadError(
            f"the {what} has {len(data)} bytes, the limit is {limit}; store it elsewhere and send its place"
        )
    return data


def decode(data: bytes) -> Any:
    """The value of these bytes.

    Raises:
        PayloadError: they are no msgpack.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadError(f"these bytes are no payload of ours: {error}") from error


class Options(msgspec.Struct, omit_defaults=True, frozen=True):
    """What one job says differently from its queue and type; absent for most jobs.

    Attributes:
        r: retries after a failure.
        t: soft time limit in seconds.
        k: seconds for which the record is kept once completed, even when there is no result.
        x: seconds after its enqueueing from which it is not started any more; u: the same as epoch seconds.
        pr: its payload are the results of those it waited for.
        v: version of the payload's form, 1 when it is not said; h: headers, text by name.
        tp: traceparent of the attempt before, where its worker traced it.
    """

    r: int | None = None
    t: float | None = None
    k: float | None = None
    x: float | None = None
    u: float | None = None
    pr: bool = False
    v: int | None = None
    h: dict[str, str] | None = None
    tp: str | None = None

    def passing(self) -> "Options":
        """These, and the results of those it waited for are its payload."""
        return msgspec.structs.replace(self, pr=True)

    def expires_ms(self, enqueued_ms: int) -> float | None:
        """The store's time in ms from which the job is not started any more; None = never."""
        if self.x is not None:
            return enqueued_ms + self.x * 1000
        return None if self.u is None else self.u * 1000


_options = msgspec.msgpack.Decoder(Options)
NO_OPTIONS = Options()


def decode_options(data: bytes) -> Options:
    """The options in these bytes; unreadable ones count as none, for a job's options must never stop the job."""
    if not data:
        return NO_OPTIONS
    try:
        return _options.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return NO_OPTIONS


def encode_options(options: Options) -> bytes:
    """The bytes of the options, b"" when there are none."""
    return b"" if options == NO_OPTIONS else _encoder.encode(options)
