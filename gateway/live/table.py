"""Rows of a topic, and what changed between two readings of them. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

Row = tuple[Any, ...]
Delta = dict[str, Any]

SHOWN = 2000
"""Characters of a value's text that are shown where JSON has no form for it."""

MOSTLY_NEW = 0.7
"""From this share of changed cells on, a snapshot says the same in fewer bytes: a delta names every column."""


class Reading(NamedTuple):
    """What a topic read. The first column of each row is its key, a text; `more` and `meta` as on the wire."""

    rows: list[Row]
    more: str | None = None
    meta: Mapping[str, Any] | None = None


class State(NamedTuple):
    """A reading that was numbered, its rows by key, in their order."""

    seq: int
    rows: dict[str, Row]
    more: str | None
    meta: Mapping[str, Any] | None


def keyed(rows: Iterable[Row], before: Mapping[str, Row]) -> dict[str, Row]:
    """The rows by key; one that is equal to that of before is that of before, so that many states cost little."""
    found = {}
    for row in rows:
        old = before.get(row[0])
        found[row[0]] = old if old == row else row
    return found


def same(state: State, rows: Mapping[str, Row], more: str | None, meta: Mapping[str, Any] | None) -> bool:
    """Whether a reading says nothing new."""
    if more != state.more or meta != state.meta or len(rows) != len(state.rows):
        return False
    return all(a == b and x is y for (a, x), (b, y) in zip(rows.items(), state.rows.items(), strict=True))


def snapshot(columns: tuple[str, ...], state: State) -> Delta:
    """The frame, but for what is the socket's own, that says all."""
    said: Delta = {"seq": state.seq, "cols": columns, "rows": list(state.rows.values())}
    if state.more is not None:
        said["more"] = state.more
    if state.meta is not None:
        said["meta"] = state.meta
    return said


def difference(columns: tuple[str, ...], old: State, new: State) -> Delta | None:
    """The frame that makes the new state of the old one; None where a snapshot is the shorter way."""
    changed = [
        (key, _cells(columns, old.rows.get(key), row)) for key, row in new.rows.items() if row is not old.rows.get(key)
    ]
    if sum(len(cells) for _, cells in changed) > MOSTLY_NEW * max(1, len(new.rows)) * (len(columns) - 1):
        return None
    said: Delta = {
        "seq": new.seq,
        "set": [pair for pair in changed if pair[1] or pair[0] not in old.rows],
        "del": [key for key in old.rows if key not in new.rows],
    }
    stay = [key for key in old.rows if key in new.rows]
    if stay + [key for key in new.rows if key not in old.rows] != list(new.rows):
        said["order"] = list(new.rows)
    if new.more != old.more:
        said["more"] = new.more
    if new.meta != old.meta:
        said["meta"] = new.meta
    return said


def encoded(said: Delta) -> str:
    """The frame's fields as JSON, without the brace before them: what is the socket's own goes there.

    What JSON cannot say is shown as text: one odd value must not cost all others their rows.
    """
    try:
        return msgspec.json.encode(said).decode()[1:]
    except (TypeError, ValueError, OverflowError, RecursionError):
        return msgspec.json.encode(_sayable(said)).decode()[1:]


def _cells(columns: tuple[str, ...], old: Row | None, new: Row) -> dict[str, Any]:
    if old is None:
        return dict(zip(columns[1:], new[1:], strict=True))
    return {name: b for name, a, b in zip(columns, old, new, strict=True) if a != b}


def _sayable(value: Any, depth: int = 20) -> Any:
    if isinstance(value, Mapping) and depth:
        return {_text(key): _sayable(one, depth - 1) for key, one in value.items()}
    if isinstance(value, list | tuple) and depth:
        return [_sayable(one, depth - 1) for one in value]
    try:
        msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return _text(value)
    return value


def _text(value: Any) -> str:
    try:
        return str(value).encode("utf-8", "backslashreplace").decode()[:SHOWN]
    except RecursionError:
        return f"a deeply nested {type(value).__name__}"
