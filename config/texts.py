"""Text as values of keys, and text of one form."""

import re
from collections.abc import Callable

from config.units import shown


def text(value: object) -> str:
    """Text. Its value is not repeated in the error: it may be a secret."""
    if isinstance(value, str):
        if "\0" in value:  # no file name, argument or variable can hold one
            raise ValueError("contains a null character")
        return value
    if value is None:
        raise ValueError('expected text, got nothing (write "" for empty text)')
    kind = shown(value) if isinstance(value, dict | list | tuple) else type(value).__name__
    raise ValueError(f"expected text, got {kind}")


def matching(pattern: str, what: str) -> Callable[[object], str]:
    """A reader of text of one form; `what` describes it for the error."""
    compiled = re.compile(pattern)

    def read(value: object) -> str:
        found = text(value)
        if not compiled.fullmatch(found):
            raise ValueError(f"expected {what}, got {shown(found)}")
        return found

    return read
