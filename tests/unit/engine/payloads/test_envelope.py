"""Compressed and encrypted values: what goes in comes out, and whatever else comes is an error of ours."""

import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import KeyMissing, KeyRing, PayloadError, Sealed
from engine.asking.peek import shown
from engine.payloads import envelope, payload
from engine.payloads.codec import PLAIN, Codec
from engine.payloads.key_ring import NONCE, _Key, new_key

pytest.importorskip("cryptography")

OLD, NEW = new_key(), new_key()
RING = KeyRing([("new", NEW), ("old", OLD)])
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
codecs = st.builds(
    Codec, compress_over=st.none() | st.integers(0, 50), keys=st.sampled_from([None, RING, KeyRing({"new": NEW})])
)


@given(plain, codecs, st.sampled_from(["payload", "result"]))
def test_every_value_comes_back_from_every_form(value, codec, what):
    packed = codec.pack(value, "a-type", what)
    assert payload.decode(Codec(keys=RING).unpack(packed, "a-type", what)) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_and_never_crash(data):
    with suppress(PayloadError):
        Codec(keys=RING).unpack(data, "t")
    shown(data)


@given(plain, st.booleans(), st.data())
def test_damaged_bytes_are_read_as_something_or_refused(value, encrypt, data):
    packed = bytearray(Codec(compress_over=0, keys=RING if encrypt else None).pack([value, "x" * 200], "t"))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(1, 255))
    shown(bytes(packed))
    with suppress(PayloadError):
        payload.decode(Codec(keys=RING).unpack(bytes(packed), "t"))
    with suppress(PayloadError):
        payload.decode(Codec(keys=RING).unpack(bytes(packed[:at]), "t"))


@given(st.data())
def test_no_bit_of_what_was_encrypted_can_be_changed(data):
    _, box = RING.seal(b"\x81\xa1a\x01", b"c")
    changed = bytearray(box)
    changed[data.draw(st.integers(0, len(box) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PayloadError, match="does not open"):
        RING.open("new", bytes(changed), b"c")


def test_the_cipher_is_the_published_one():
    # The vectors of C2SP's XAES-256-GCM.
    nonce, text = b"ABCDEFGHIJKLMNOPQRSTUVWX", b"XAES-256-GCM"
    first = _Key(b"\x01" * 32).seal(text, b"", nonce)
    assert first[NONCE:].hex() == "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"
    second = _Key(b"\x03" * 32).seal(text, b"c2sp.org/XAES-256-GCM", nonce)
    assert second[NONCE:].hex() == "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"


def test_keys_are_rotated_by_putting_a_new_one_first_and_dropping_the_old_one_last():
    before, both, after = KeyRing({"old": OLD}), RING, KeyRing({"new": NEW})
    early = Codec(keys=before).pack({"a": 1}, "t")
    late = Codec(keys=both).pack({"a": 2}, "t")
    assert payload.decode(Codec(keys=both).unpack(early, "t")) == {"a": 1}
    assert payload.decode(Codec(keys=after).unpack(late, "t")) == {"a": 2}
    with pytest.raises(KeyMissing, match="'old'") as caught:
        Codec(keys=after).unpack(early, "t")
    assert caught.value.key_id == "old"
    with pytest.raises(KeyMissing):
        PLAIN.unpack(early, "t")


def test_what_was_encrypted_opens_for_no_other_type_and_as_nothing_else():
    packed = Codec(keys=RING).pack({"a": 1}, "pay")
    for kind, what in (("refund", "payload"), ("pay", "result")):
        with pytest.raises(PayloadError, match="does not open"):
            Codec(keys=RING).unpack(packed, kind, what)


def test_another_key_of_the_same_id_opens_nothing():
    packed = Codec(keys=KeyRing({"k": OLD})).pack(1, "t")
    with pytest.raises(PayloadError, match="names another key here"):
        Codec(keys=KeyRing({"k": NEW})).unpack(packed, "t")


def test_nothing_of_the_value_can_be_read_in_what_travels():
    packed = Codec(keys=RING, compress_over=0).pack({"card": "4111111111111111"}, "t")
    assert b"4111" not in packed
    assert b"card" not in packed


def test_a_key_ring_never_says_its_keys():
    for text in (repr(RING), str(vars(RING))):
        assert OLD not in text
        assert NEW not in text


@pytest.mark.parametrize("key", ["", "short", "x" * 44, b"y" * 31, "A" * 43 + "=a", "ä" * 44])
def test_what_is_no_key_is_refused_and_not_repeated(key):
    with pytest.raises(ValueError, match="'k' is not 32 bytes") as caught:
        KeyRing({"k": key})
    assert not key or str(key) not in str(caught.value)


@pytest.mark.parametrize(
    ("keys", "complaint"), [([], "at least one"), ([("a", OLD), ("a", NEW)], "twice"), ([("ä", OLD)], "a key id is")]
)
def test_a_ring_that_makes_no_sense_is_refused(keys, complaint):
    with pytest.raises(ValueError, match=complaint):
        KeyRing(keys)


def test_a_bomb_is_stopped_before_it_takes_memory():
    stream = zlib.compressobj(9)
    bomb = b"".join([stream.compress(bytes(1 << 20)) for _ in range(256)]) + stream.flush()
    packed = msgspec.msgpack.encode(msgspec.msgpack.Ext(envelope.COMPRESSED, bomb))
    assert len(packed) < envelope.LARGEST // 32
    began = time.process_time()
    with pytest.raises(PayloadError, match="more than 16777216 bytes"):
        PLAIN.unpack(packed, "t")
    assert time.process_time() - began < 5
    inside = envelope.encrypt(packed, RING, envelope.context("payload", "t"))
    with pytest.raises(PayloadError, match="more than"):
        Codec(keys=RING).unpack(inside, "t")


def test_what_is_encrypted_twice_is_refused():
    inner = Codec(keys=RING).pack(1, "t")
    with pytest.raises(PayloadError, match="twice"):
        Codec(keys=RING).unpack(envelope.encrypt(inner, RING, envelope.context("payload", "t")), "t")


def test_small_and_dense_values_are_not_compressed():
    codec = Codec(compress_over=100)
    assert codec.pack("x" * 50, "t") == payload.encode("x" * 50)
    noise = bytes(range(256))
    assert codec.pack(noise, "t") == payload.encode(noise)
    assert len(codec.pack("x" * 5000, "t")) < 100


def test_the_limit_counts_the_plain_bytes():
    codec = Codec(max_payload=1000, compress_over=10, keys=RING)
    assert payload.decode(codec.unpack(codec.pack("x" * 990, "t"), "t")) == "x" * 990
    with pytest.raises(PayloadError, match="the limit is 1000"):
        codec.pack("x" * 1001, "t")


@pytest.mark.parametrize("said", [{"max_payload": 0}, {"max_payload": 1 << 30}, {"compress_over": -1}])
def test_settings_that_make_no_sense_are_refused(said):
    with pytest.raises(ValueError, match="must be"):
        Codec(**said)


def test_a_users_own_extension_values_and_dates_pass_and_ours_do_not():
    assert PLAIN.unpack(payload.encode(datetime(2026, 1, 2, tzinfo=UTC)), "t")
    foreign = payload.encode(msgspec.msgpack.Ext(7, b"abc"))
    assert PLAIN.unpack(foreign, "t") is foreign
    with pytest.raises(PayloadError, match="our own"):
        payload.encode(msgspec.msgpack.Ext(envelope.ENCRYPTED, b"abc"))


def test_an_encrypted_value_is_shown_as_such_and_cannot_be_sent_on():
    found = shown(Codec(keys=RING).pack({"a": 1}, "t"))
    assert isinstance(found, Sealed)
    assert str(found) == "<encrypted, key id new>"
    with pytest.raises(PayloadError, match="cannot be sent"):
        payload.encode({"again": found})
    assert Codec(keys=RING).shown(found, "t", "payload") == {"a": 1}
    assert str(Codec(keys=RING).shown(found, "other", "payload")) == "<encrypted, key id new: does not open>"
