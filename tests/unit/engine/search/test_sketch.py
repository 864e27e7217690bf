"""What of a payload is looked through."""

import pytest

from engine.payloads.envelope import compress, encrypt
from engine.payloads.key_ring import KeyRing, new_key
from engine.payloads.payload import encode
from engine.search.match import TOO_LONG
from engine.search.sketch import LONGEST, searched


def test_plain_and_compressed_payloads_are_looked_through() -> None:
    for value in ({"a": [1, None, "x"]}, "y" * 2000, 0):
        assert searched(encode(value)) == value
        assert searched(compress(encode(value))) == value
    assert searched(None) is None
    assert searched(b"\xc1 no msgpack") == "\\xc1 no msgpack"


@pytest.mark.parametrize("packed", [True, False])
def test_what_is_longer_than_its_limit_once_it_is_plain_is_not(packed: bool) -> None:
    data = encode("z" * LONGEST)
    assert searched(compress(data) if packed else data) is TOO_LONG


def test_a_damaged_envelope_is_not() -> None:
    damaged = bytearray(compress(encode("z" * 500)))
    damaged[-5] ^= 0xFF
    assert searched(bytes(damaged)) is TOO_LONG


def test_an_encrypted_payload_says_so() -> None:
    box = encrypt(encode({"a": 1}), KeyRing([("k1", new_key())]), b"payload\0t")
    assert repr(searched(box)) == "<encrypted, key id k1>"
