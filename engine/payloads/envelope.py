"""What travels compressed or encrypted: msgpack extension values around plain bytes. Nothing here is secret or slow for
plain payloads: their first byte tells that they are plain.

    ext 122 (z)   a zlib stream of a plain value
    ext 101 (e)   length of the key's id in one byte, the id, and what that key made of a plain or compressed value
"""

import zlib
from typing import NamedTuple, Protocol

import msgspec

from engine.errors import KeyMissing, PayloadError

LARGEST = (
    16 << 20
)  # bytes of any payload or result, when it is plain: what everybody who reads one must be able to hold
COMPRESSED, ENCRYPTED = 122, 101
EXTENSIONS = frozenset((0xC7, 0xC8, 0xC9, *range(0xD4, 0xD9)))  # first bytes of msgpack's extension values
_LEVEL = 1  # of 9: most of the gain for a third of the time
_ID_BYTES = 255

_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(msgspec.msgpack.Ext)


class Keys(Protocol):
    """What a key ring does (`engine.payloads.key_ring.KeyRing`)."""

    def seal(self, data: bytes, context: bytes) -> tuple[str, bytes]:
        """The id of the key that was used, and the encrypted bytes."""

    def open(self, key_id: str, box: bytes, context: bytes) -> bytes:
        """The bytes that were sealed; raises KeyMissing, PayloadError."""


class Sealed:
    """An encrypted value that could not be read here; as text `<encrypted, key id …>`. It cannot be sent on."""

    __slots__ = ("data", "key_id", "problem")

    def __init__(self, data: bytes, key_id: str, problem: str = "") -> None:
        self.data = data
        self.key_id = key_id
        self.problem = problem

    def __repr__(self) -> str:
        return f"<encrypted, key id {self.key_id}{': ' if self.problem else ''}{self.problem}>"


class _Envelope(NamedTuple):
    code: int
    body: bytes


def context(what: str, type: str) -> bytes:
    """What an encrypted value is bound to: it opens as nothing else, and for no other type of job."""
    return f"{what}\0{type}".encode()


def compress(data: bytes) -> bytes:
    """The envelope around the compressed bytes, or the bytes themselves when that would be no shorter."""
    packed = _encode(msgspec.msgpack.Ext(COMPRESSED, zlib.compress(data, _LEVEL)))
    return packed if len(packed) < len(data) else data


def encrypt(data: bytes, keys: Keys, context: bytes) -> bytes:
    """The envelope around the encrypted bytes."""
    key_id, box = keys.seal(data, context)
    name = key_id.encode()
    return _encode(msgspec.msgpack.Ext(ENCRYPTED, bytes((len(name),)) + name + box))


def is_ours(data: bytes) -> bool:
    """Whether these bytes are an envelope, sound or not. Dates and the like are extension values too."""
    return bool(data) and data[0] in EXTENSIONS and _envelope(data) is not None


def sealed(data: bytes) -> Sealed | None:
    """An encrypted value as it may be shown; None when it is not encrypted.

    Raises:
        PayloadError: the envelope is damaged.
    """
    found = _envelope(data) if data and data[0] in EXTENSIONS else None
    return Sealed(data, _key_id(found.body)[0]) if found and found.code == ENCRYPTED else None


def plain(data: bytes, keys: Keys | None, context: bytes, most: int = LARGEST) -> bytes:
    """The bytes inside; plain ones as they are.

    Raises:
        KeyMissing: it is encrypted with a key that is not at hand.
        PayloadError: damaged, changed on its way, of another type, or more than `most` bytes once it is inflated.
    """
    found = _envelope(data) if data and data[0] in EXTENSIONS else None
    if found is None:
        return data
    if found.code == ENCRYPTED:
        key_id, box = _key_id(found.body)
        if keys is None:
            raise KeyMissing(key_id)
        data = keys.open(key_id, box, context)
        found = _envelope(data) if data and data[0] in EXTENSIONS else None
        if found is None:
            return data
    if found.code != COMPRESSED:
        raise PayloadError("these bytes are encrypted twice: no payload of ours")
    return _inflated(found.body, most)


def _envelope(data: bytes) -> _Envelope | None:
    try:
        found = _decoder.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    return _Envelope(found.code, bytes(found.data)) if found.code in (COMPRESSED, ENCRYPTED) else None


def _key_id(body: bytes) -> tuple[str, bytes]:
    try:
        end = 1 + body[0]
        name = body[1:end].decode("ascii")
    except (IndexError, UnicodeDecodeError):
        name = ""
    if not name or len(body) <= end:
        raise PayloadError("an encrypted value that names no key: these bytes are no payload of ours")
    return name, body[end:]


def _inflated(stream: bytes, most: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        data = machine.decompress(stream, most + 1)
    except zlib.error as error:
        raise PayloadError(f"a compressed value is damaged: {error}") from None
    if len(data) > most:
        raise PayloadError(f"a compressed value has more than {most} bytes when it is plain")
    if not machine.eof or machine.unused_data:
        raise PayloadError("a compressed value is damaged: it is cut, or more follows")
    return data
