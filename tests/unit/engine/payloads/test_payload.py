"""What travels, as bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import PayloadError
from engine.payloads import payload

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(plain)
def test_plain_data_comes_back_as_it_went(value):
    assert payload.decode(payload.encode(value)) == value


@pytest.mark.parametrize("value", [object(), 2**64, {"f": open}])
def test_what_cannot_be_sent_is_refused_with_the_reason(value):
    with pytest.raises(PayloadError, match="cannot be sent"):
        payload.encode(value)


def test_a_payload_over_the_limit_is_refused_with_both_sizes():
    with pytest.raises(PayloadError, match="the limit is 10"):
        payload.encode("x" * 100, limit=10)


@given(st.binary(max_size=50))
def test_bytes_that_are_no_payload_are_an_error_of_ours_and_options_count_as_none(data):
    with suppress(PayloadError):
        payload.decode(data)
    assert isinstance(payload.decode_options(data), payload.Options)


def test_options_that_say_nothing_take_no_bytes():
    assert payload.encode_options(payload.Options()) == b""
    assert payload.decode_options(payload.encode_options(payload.Options(r=3))) == payload.Options(r=3)
