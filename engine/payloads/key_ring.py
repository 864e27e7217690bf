"""The keys that payloads and results are encrypted with. Needs the `cryptography` package (extra `crypto`).

The cipher is XAES-256-GCM (C2SP): AES-256-GCM with a key derived for each message from a 24-byte random nonce. Plain
AES-GCM has nonces of 12 bytes, which repeat by chance after some billions of messages under one key: a queue's week.
"""

import base64
import binascii
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import EngineError, KeyMissing, PayloadError

BYTES = 32  # of a key
NONCE, _HALF = 24, 12
_TAG = 16
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_SHAPES = (b"\x00\x01X\x00", b"\x00\x02X\x00")  # of the two blocks that make a message's key


class KeyRing:
    """Keys by id: the first encrypts, all of them decrypt. So a new key goes first, and an old one leaves when no job
    encrypted with it is left.

    Args:
        keys: (id, key) in order, or a mapping; a key is 32 bytes or their base64 text (`python -m engine keys new`).

    Raises:
        ValueError: there is none, an id is given twice, or a key is no key (which is not repeated in the message).
        EngineError: the `cryptography` package is missing.
    """

    def __init__(self, keys: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]) -> None:
        pairs = list(keys.items() if isinstance(keys, Mapping) else keys)
        if not pairs:
            raise ValueError("a key ring needs at least one key")
        if len(dict(pairs)) < len(pairs):
            raise ValueError(f"a key id is given twice: {', '.join(name for name, _ in pairs)}")
        self._keys = {name: _Key(_key_bytes(name, key)) for name, key in pairs}
        self._first = pairs[0][0]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"

    def __reduce__(self) -> Any:
        raise TypeError("a key ring is not written down: make it anew where it is needed")

    @property
    def ids(self) -> list[str]:
        """The ids, the encrypting one first."""
        return list(self._keys)

    def seal(self, data: bytes, context: bytes) -> tuple[str, bytes]:
        """The id of the first key and the encrypted bytes, bound to `context`."""
        return self._first, self._keys[self._first].seal(data, context, os.urandom(NONCE))

    def open(self, key_id: str, box: bytes, context: bytes) -> bytes:
        """The bytes that were sealed.

        Raises:
            KeyMissing: no key of that id is here.
            PayloadError: changed on the way, of another context, or made with another key of that id.
        """
        key = self._keys.get(key_id)
        if key is None:
            raise KeyMissing(key_id)
        return key.open(box, context, key_id)


class _Key:
    """One key; no state changes after it was made, so threads may share it."""

    def __init__(self, key: bytes) -> None:
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError:
            raise EngineError(
                "encryption needs the cryptography package: pip install 'herdsman[crypto]', or pip install cryptography"
            ) from None
        self._gcm, self._wrong = AESGCM, InvalidTag
        self._cipher = Cipher(algorithms.AES256(key), modes.ECB())  # noqa: S305 - single blocks, as the derivation says
        doubled = int.from_bytes(self._blocks(bytes(_TAG)), "big") << 1
        self._mask = ((doubled ^ 0x87) & ((1 << 128) - 1) if doubled >> 128 else doubled).to_bytes(_TAG, "big")

    def seal(self, data: bytes, context: bytes, nonce: bytes) -> bytes:
        box: bytes = self._of_message(nonce).encrypt(nonce[_HALF:], data, context)
        return nonce + box

    def open(self, box: bytes, context: bytes, key_id: str) -> bytes:
        nonce, sealed = box[:NONCE], box[NONCE:]
        if len(sealed) < _TAG:
            raise PayloadError(f"what was encrypted with key {key_id!r} is cut short")
        try:
            opened: bytes = self._of_message(nonce).decrypt(nonce[_HALF:], sealed, context)
        except self._wrong:
            raise PayloadError(
                f"what was encrypted with key {key_id!r} does not open: it was changed, belongs to another type of "
                "job, or that id names another key here"
            ) from None
        return opened

    def _of_message(self, nonce: bytes) -> Any:
        blocks = b"".join(
            bytes(a ^ b for a, b in zip(shape + nonce[:_HALF], self._mask, strict=True)) for shape in _SHAPES
        )
        return self._gcm(self._blocks(blocks))

    def _blocks(self, data: bytes) -> bytes:
        encrypted: bytes = self._cipher.encryptor().update(data)
        return encrypted


def new_key() -> str:
    """A new random key as base64 text."""
    return base64.b64encode(os.urandom(BYTES)).decode()


def check_id(name: str) -> None:
    """Raises ValueError when it cannot be a key's id."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"a key id is 1 to 64 of A-Z a-z 0-9 _ . : -, not {name!r}")


def _key_bytes(name: str, key: str | bytes) -> bytes:
    check_id(name)
    try:
        raw = (
            key if isinstance(key, bytes) else base64.b64decode(key.replace("-", "+").replace("_", "/"), validate=True)
        )
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != BYTES:
        raise ValueError(f"key {name!r} is not {BYTES} bytes in base64 (python -m engine keys new makes one)") from None
    return raw
