"""Headers of a job: short texts by name that travel beside its payload, in its options; for trace ids above all."""

import re
from collections.abc import Mapping

MOST_BYTES = 4096  # of all names and values of one job together
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


def checked(headers: Mapping[str, str] | None) -> dict[str, str] | None:
    """The headers to be sent; None when there are none.

    Raises:
        ValueError: a name or a value is none, or they are too long.
    """
    if not headers:
        return None
    size = 0
    for name, value in headers.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(f"a header's name is 1 to 64 of A-Z a-z 0-9 _ . -, not {name!r}")
        if not isinstance(value, str):
            raise ValueError(f"header {name!r} must be text, not {type(value).__name__}")  # noqa: TRY004 - as the other findings
        try:
            size += len(name) + len(value.encode())
        except UnicodeEncodeError:
            raise ValueError(f"header {name!r} holds half a character, which UTF-8 cannot say") from None
    if size > MOST_BYTES:
        raise ValueError(f"the headers have {size} bytes, the limit is {MOST_BYTES}: larger things go into the payload")
    return dict(headers)
