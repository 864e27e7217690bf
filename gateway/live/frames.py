"""The frames of docs/live.md as they come in and go out. Pure."""

from typing import Any

import msgspec

LONGEST_FRAME = 4096
"""Bytes of a frame that a client may send."""

MOST_SUBSCRIPTIONS = 16
LAST_ID = 2**31

_decoder = msgspec.json.Decoder(dict[str, Any])


class Cut(Exception):
    """The socket is to be closed.

    Args:
        code: of the close frame: 1008 the client broke the rules, 1013 it cannot keep up, 1012 we leave.
        reason: at most 100 characters.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason[:100]


class Refused(Exception):
    """A subscription cannot be.

    Args:
        code: as in an `err` frame.
        text: what is wrong with it.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def heard(text: str) -> dict[str, Any]:
    """A client's frame.

    Raises:
        Cut: it is too long, or no JSON object.
    """
    if len(text) > LONGEST_FRAME or len(text.encode("utf-8", "replace")) > LONGEST_FRAME:
        raise Cut(1008, f"a frame has at most {LONGEST_FRAME} bytes")
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise Cut(1008, "a frame is a JSON object") from None


def identity(frame: dict[str, Any]) -> int:
    """The client's id of a subscription.

    Raises:
        Cut: it is none; an error could not be told to whom it belongs.
    """
    found = frame.get("id")
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= LAST_ID:
        raise Cut(1008, f"id: a whole number from 1 to {LAST_ID} was expected")
    return found


def row_frame(kind: str, n: int, id: int, fields: str) -> str:
    """A snap or a delta around fields that were encoded for all sockets at once."""
    return f'{{"t":"{kind}","n":{n},"id":{id},{fields}'


def said(kind: str, n: int, **fields: Any) -> str:
    """Any other frame of the server."""
    return msgspec.json.encode({"t": kind, "n": n, **fields}).decode()
