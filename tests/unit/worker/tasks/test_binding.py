from typing import Any

import msgspec
import pytest

from worker.tasks.binding import ArgumentsError, Binding

encode = msgspec.msgpack.encode


def send(to: str, subject: str, copies: int = 1, *, weight: float = 1.5) -> None: ...
def one(text: str) -> None: ...
def none() -> None: ...
def anything(*values: int, **names: int) -> None: ...


@pytest.mark.parametrize(
    ("function", "payload", "expected"),
    [
        (one, {"text": "a"}, (("a",), {})),
        (one, ["a"], (("a",), {})),
        (one, "a", (("a",), {})),
        (none, None, ((), {})),
        (none, {}, ((), {})),
        (none, [], ((), {})),
        (send, ["a", "b"], (("a", "b"), {})),
        (send, {"to": "a", "subject": "b", "weight": 2.0}, ((), {"to": "a", "subject": "b", "weight": 2.0})),
        (anything, [1, 2], ((1, 2), {})),
        (anything, {"x": 1}, ((), {"x": 1})),
    ],
)
def test_a_map_is_keywords_a_list_places_a_value_the_one_argument_and_nil_none(
    function: Any, payload: Any, expected: Any
) -> None:
    assert expected == Binding(function).arguments(encode(payload))


@pytest.mark.parametrize(
    ("function", "payload", "complaint"),
    [
        (one, {"text": 3}, "Expected `str`, got `int`"),
        (one, {"txt": "a"}, "unknown field `txt`"),
        (one, None, "the payload is empty, but the task needs text"),
        (one, ["a", "b"], "at most length 1"),
        (none, "a", "takes no positional argument"),
        (send, "a", "also needs subject"),
        (send, {"to": "a"}, "missing required field `subject`"),
    ],
)
def test_a_payload_that_does_not_fit_is_explained(function: Any, payload: Any, complaint: str) -> None:
    with pytest.raises(ArgumentsError, match=complaint):
        Binding(function).arguments(encode(payload))


def test_bytes_that_are_no_msgpack_are_explained() -> None:
    with pytest.raises(ArgumentsError):
        Binding(one).arguments(b"\xc1")


def test_hints_that_cannot_be_looked_up_check_nothing() -> None:
    def task(value: "Missing") -> None: ...  # type: ignore[name-defined]  # noqa: F821 - that is the point

    assert Binding(task).arguments(encode(3)) == ((3,), {})


def test_a_parameter_that_was_left_out_keeps_its_default() -> None:
    _, names = Binding(send).arguments(encode({"to": "a", "subject": "b"}))
    assert names == {"to": "a", "subject": "b"}
