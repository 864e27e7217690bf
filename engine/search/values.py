"""Comparing one value of a query with one value of a job. Pure, and linear in the length of both."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from engine.search.query import Value

_DEEPEST = 50  # lists in lists


def same(value: Value, text: str) -> bool:
    """Whether a name is this one; `*` stands for anything."""
    return _like(value.text, text) if value.wild else value.text == text


def contains(value: Value, text: str) -> bool:
    """Whether a text has this somewhere in it, whatever its case; `*` alone: whether there is any."""
    wanted, text = value.text.casefold(), text.casefold()
    if not value.wild:
        return wanted in text
    at = 0
    for part in wanted.split("*"):
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def shaped(value: Value, leaf: Any) -> bool:
    """Whether a value inside a payload is this one: `42` is the number and the text, `"42"` the text alone."""
    if value.wild and not value.text.strip("*"):
        return leaf is not None
    if isinstance(leaf, str):
        return same(value, leaf)
    if value.quoted or isinstance(leaf, dict | list):
        return False
    if leaf is None or isinstance(leaf, bool):
        return value.text == json.dumps(leaf)
    if isinstance(leaf, int | float):
        return _equals(value.text, leaf)
    return same(value, str(leaf))


def leaves(carried: Any, path: tuple[str, ...], depth: int = 0) -> Iterator[Any]:
    """What stands at the end of a path; in a list a number is a place, any other step goes into each of its parts."""
    if isinstance(carried, list):
        if not path:
            yield carried
        elif path[0].isascii() and path[0].isdigit() and len(path[0]) < 10:  # noqa: PLR2004 - no list is longer
            if int(path[0]) < len(carried):
                yield from leaves(carried[int(path[0])], path[1:], depth)
            return
        for part in carried if depth < _DEEPEST else ():
            yield from leaves(part, path, depth + 1)
    elif not path:
        yield carried
    elif isinstance(carried, dict) and path[0] in carried:
        yield from leaves(carried[path[0]], path[1:], depth)


def said(carried: Any) -> str:
    """A payload as one text to look through: JSON, and as text what that cannot say."""
    try:
        return json.dumps(carried, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        pass
    with contextlib.suppress(RecursionError):
        return repr(carried)
    return ""


def _like(pattern: str, text: str) -> bool:
    first, *middle, last = pattern.split("*")
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _equals(text: str, number: float) -> bool:
    if len(text) > 40:  # noqa: PLR2004 - no number that travels is longer
        return False
    with contextlib.suppress(ValueError):
        return int(text) == number
    with contextlib.suppress(ValueError):
        return float(text) == number
    return False
