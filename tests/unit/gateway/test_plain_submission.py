import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bodies import parse_object
from gateway.errors import ApiError
from gateway.plain_submission import plain
from gateway.submission import submission

_words = st.one_of(
    st.text(max_size=8), st.sampled_from(["high", "low", "a\n", "herdsman.x", "q.1", "x" * 201, "x" * 129])
)
_values = st.one_of(_words, st.none(), st.booleans(), st.integers(-2, 1001), st.floats(allow_nan=False), st.just([]))
_fields = st.sampled_from(
    ["type", "data", "queue", "retries", "priority", "tenant", "limit_key", "durable", "accept_unknown", "delay", "dta"]
)


@given(body=st.dictionaries(_fields, _values), name=st.one_of(st.none(), _words))
def test_what_is_plainly_right_means_what_a_close_look_finds(body: dict[str, Any], name: str | None) -> None:
    raw = json.dumps({**body, **({} if name is None else {"type": name})}).encode()
    quick = plain(raw)
    if quick is not None:
        close = submission(parse_object(raw))
        assert quick.job() == close.job()
        assert (quick.durable, quick.accept_unknown) == (close.durable, close.accept_unknown)
        assert quick.is_scheduled is close.is_scheduled is False


@pytest.mark.parametrize(
    "raw",
    [
        b'{"type": "send-email", "data": {"to": "a@b"}, "queue": "mail", "retries": 3}',
        b'{"type": "x", "tenant": "acme", "priority": "low", "durable": true, "accept_unknown": true}',
    ],
)
def test_the_usual_is_plain(raw: bytes) -> None:
    assert plain(raw) is not None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"type": "x", "delay": 1}',
        b'{"type": "herdsman.x"}',
        b"[" * 200,
        b'{"type": "a\xff"}',
    ],
)
def test_the_rest_is_looked_at_closely(raw: bytes) -> None:
    assert plain(raw) is None


def test_what_is_nested_too_deep_is_not_plain() -> None:
    raw = b'{"type": "x", "data": ' + b"[" * 150 + b"]" * 150 + b"}"
    assert plain(raw) is None
    with pytest.raises(ApiError, match="nested too deep"):
        parse_object(raw)
