import zlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.payloads.envelope import compress
from engine.payloads.glimpse import GLIMPSED, LONGEST, glimpse
from engine.payloads.payload import encode

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.binary(max_size=3000))
def test_any_bytes_at_all_give_a_short_text(data: bytes) -> None:
    found = glimpse(data)
    assert found is None if not data else len(found or "") <= LONGEST


@given(plain, st.integers(1, 2000))
def test_a_payload_that_is_cut_anywhere_shows_the_same_beginning(value: Any, length: int) -> None:
    data = encode(value)
    whole, cut = glimpse(data) or "", glimpse(data[:length]) or ""
    if len(data) <= length:
        assert cut == whole
    msgspec.json.encode(cut)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"to": "a@b", "n": [1, -2, 3.5, None, True]}, '{"to": "a@b", "n": [1, -2, 3.5, null, true]}'),
        ({}, "{}"),
        ([], "[]"),
        ("x", '"x"'),
        (b"12345", "<5 bytes>"),
        (70_000, "70000"),
        (["y" * 40] * 2, f'["{"y" * 40}", "{"y" * 40}"]'),
    ],
)
def test_it_reads_like_json(value: Any, text: str) -> None:
    assert glimpse(encode(value)) == text


def test_a_large_payload_shows_what_its_first_kilobyte_says() -> None:
    data = encode({"a": 1, "b": "z" * 1_000_000})
    assert (glimpse(data[:GLIMPSED]) or "").startswith('{"a": 1, "b": "zzz')


def test_a_compressed_one_is_looked_into_also_when_it_is_cut() -> None:
    data = compress(encode({"words": [str(number) for number in range(5000)]}))
    assert data[0] != 0x81
    for length in (200, GLIMPSED):
        assert (glimpse(data[:length]) or "").startswith('{"words": ["0", "1"')


def test_an_encrypted_one_is_named_by_its_key() -> None:
    data = msgspec.msgpack.encode(msgspec.msgpack.Ext(101, b"\x02k1" + zlib.compress(b"secret")))
    assert glimpse(data) == "<encrypted, key id k1>"


def test_what_is_no_payload_of_ours_is_shown_as_it_is() -> None:
    assert glimpse(b"\xc1 broken \xff") == "…" or "broken" in (glimpse(b"\xc1 broken \xff") or "")


def test_nothing_is_nothing() -> None:
    assert glimpse(None) is None
    assert glimpse(b"") is None
