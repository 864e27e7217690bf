"""A config as a flat list: every value with its place, which bears names instead of numbers. Pure.

Two files that differ in comments, in order or in how a value is written have the same leaves.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from config import Config, redact
from config.section import Section

Place = tuple[str, ...]
"""`("pools", "web", "env", "MODE")`."""

# The first key encrypts: here the order of a named list means something.
_ORDERED = frozenset({("encryption", "keys")})
# Secret only in part, and `redact` knows which.
_ADDRESSES = frozenset({("redis", "url")})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value; a hidden one may be compared, never shown."""

    value: object
    hidden: bool = False

    def __str__(self) -> str:
        """The value for people."""
        if self.hidden:
            return "***"
        return _shown(self.value)


def leaves(config: Config) -> dict[Place, Leaf]:
    """Answer every value of a config."""
    return dict(_section(config, (), hidden=False))


def digest(found: Mapping[Place, Leaf]) -> str:
    """Answer twelve hex digits that stand for what these leaves say."""
    text = repr(sorted((place, repr(leaf.value)) for place, leaf in found.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _section(section: Section, place: Place, *, hidden: bool) -> Iterator[tuple[Place, Leaf]]:
    for name, field in type(section).model_fields.items():
        inner = (*place, field.alias or name)
        secret = hidden or (not field.repr and inner not in _ADDRESSES)
        yield from _value(getattr(section, name), inner, hidden=secret)


def _value(value: object, place: Place, *, hidden: bool) -> Iterator[tuple[Place, Leaf]]:
    if isinstance(value, Section):
        yield from _section(value, place, hidden=hidden and not _knows_its_secrets(value))
    elif isinstance(value, Mapping):
        for key in value:
            yield from _value(value[key], (*place, str(key)), hidden=hidden)
    elif isinstance(value, tuple | list) and value and all(isinstance(item, Section) for item in value):
        yield from _named(value, place, hidden=hidden)
    elif isinstance(value, tuple | list) and not value:
        return
    else:
        yield place, Leaf(tuple(value) if isinstance(value, list) else value, hidden)


def _named(items: Iterable[object], place: Place, *, hidden: bool) -> Iterator[tuple[Place, Leaf]]:
    names: list[str] = []
    for number, item in enumerate(items):
        name = str(getattr(item, "name", None) or getattr(item, "id", None) or number)
        if name in names:  # a token and its successor share an id: each has leaves of its own
            name = f"{name}#{number}"
        names.append(name)
        yield from _value(item, (*place, name), hidden=hidden)
    if place in _ORDERED:
        yield (*place, "(order)"), Leaf(tuple(names))


def _knows_its_secrets(section: Section) -> bool:
    """A hidden section whose own fields say which of them are secret shows the others."""
    return any(not field.repr for field in type(section).model_fields.values())


def _shown(value: object) -> str:
    if isinstance(value, str):
        return redact(value)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return f"{value:g}" if isinstance(value, float) else str(value)
