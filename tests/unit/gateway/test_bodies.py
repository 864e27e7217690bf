import pytest

from gateway.bodies import MAX_DEPTH, is_deeper, json_name, parse_object
from gateway.errors import ApiError


def nested(depth: int) -> bytes:
    """An object with lists inside, `depth` levels in all."""
    return b'{"data":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "no valid JSON"),
        (b'{"a": NaN}', "no valid JSON"),
        (b"{'a': 1}", "no valid JSON"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": "\\ud800"}', "no valid JSON"),
        (b"[1]", "not a list"),
        (b'"text"', "not a string"),
        (b"null", "not null"),
        (b"7", "not a number"),
        (b"true", "not a boolean"),
        (nested(MAX_DEPTH + 1), "too deep"),
        (b"[" * 500_000, "too deep"),
    ],
)
def test_a_bad_body_is_answered_400_and_told_why(raw: bytes, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_object(raw)
    assert caught.value.status == 400
    assert message in caught.value.message


def test_as_deep_as_allowed_is_taken() -> None:
    assert parse_object(nested(MAX_DEPTH))


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert len(parse_object(b'{"data": [' + b",".join([b"[]"] * 5000) + b"]}")["data"]) == 5000


def test_brackets_in_text_are_not_deep() -> None:
    assert parse_object(b'{"data": "' + b"[" * 5000 + b'"}')["data"] == "[" * 5000


def test_depth_counts_objects_and_lists() -> None:
    assert not is_deeper({"a": [{}]}, 3)
    assert is_deeper({"a": [{}]}, 2)


def test_values_have_the_names_json_gives_them() -> None:
    assert [json_name(one) for one in (None, True, 1, 1.5, "", [], {})] == [
        *("null", "a boolean", "a number", "a number", "a string", "a list", "an object")
    ]
