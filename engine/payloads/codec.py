"""From values to the bytes that travel and back: the size limit, compression and encryption, as one side is set up."""

from typing import Any

from engine.errors import KeyMissing, PayloadError
from engine.payloads import envelope, payload
from engine.payloads.envelope import LARGEST, Keys, Sealed


class Codec:
    """How payloads and results are written here. Reading needs no settings but the keys: all understand all forms.

    Args:
        max_payload: most bytes of a payload or result, counted when it is plain; 16 MiB at most.
        compress_over: larger ones are compressed, when that makes them shorter; None = none are.
        keys: all are encrypted with the first key.

    Raises:
        ValueError: a number makes no sense.
    """

    def __init__(
        self, *, max_payload: int = payload.MAX_BYTES, compress_over: int | None = None, keys: Keys | None = None
    ) -> None:
        if not 0 < max_payload <= LARGEST:
            raise ValueError(f"max_payload must be 1 to {LARGEST} bytes, not {max_payload}")
        if compress_over is not None and compress_over < 0:
            raise ValueError(f"compress_over must be zero or more bytes, or None, not {compress_over}")
        self.max_payload = max_payload
        self.compress_over = compress_over
        self.keys = keys

    @property
    def plain(self) -> bool:
        """Whether it writes as one without any settings does."""
        return self.keys is None and self.compress_over is None and self.max_payload == payload.MAX_BYTES

    def pack(self, value: Any, type: str, what: str = "payload") -> bytes:
        """The bytes that travel; `type` is the job's, `what` is "payload" or "result".

        Raises:
            PayloadError: it cannot be written, or is too large.
        """
        data = payload.encode(value, what=what, limit=self.max_payload)
        if self.compress_over is not None and len(data) > self.compress_over:
            data = envelope.compress(data)
        return data if self.keys is None else envelope.encrypt(data, self.keys, envelope.context(what, type))

    def unpack(self, data: bytes, type: str, what: str = "payload") -> bytes:
        """The plain msgpack inside.

        Raises:
            KeyMissing: it is encrypted with a key that is not here. PayloadError: it is damaged, or of another type.
        """
        return envelope.plain(data, self.keys, envelope.context(what, type))

    def shown(self, value: Any, type: str, what: str) -> Any:
        """A value as `peek` read it: what was sealed is opened when the key is here."""
        if not isinstance(value, Sealed):
            return value
        try:
            return payload.decode(self.unpack(value.data, type, what))
        except KeyMissing:
            return value
        except PayloadError:
            return Sealed(value.data, value.key_id, "does not open")


PLAIN = Codec()
