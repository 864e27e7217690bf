"""What was found in a foreign file: programs with our keys, and a remark for everything that has no place here."""

import re
from dataclasses import dataclass, field
from typing import Any

_LONGEST = 32  # characters of a name in our config


class ImportFileError(Exception):
    """The file cannot be read as what it should be; the text says what to do."""


@dataclass(slots=True)
class Found:
    """One program. keys: ours, in the order in which they are written. remarks: what is different now, or lost."""

    name: str
    keys: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Imported:
    """A whole file."""

    programs: list[Found] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def plain(value: object) -> str:
    """Answer a text that our config takes as it is: `$` before a brace and `{{` are no places to fill."""
    return str(value).replace("${", "$${").replace("{{", "{{{{")


def seconds(milliseconds: float) -> str:
    """Answer a duration as people write it."""
    return f"{milliseconds:g}ms" if milliseconds % 1000 else f"{milliseconds / 1000:g}s"


def label(wanted: str) -> str:
    """Answer what comes nearest to a name in the form that our config takes: `My API` is `my-api`."""
    text = re.sub(r"[^a-z0-9_]+", "-", wanted.lower()).strip("-_")
    return (text if text[:1].isalpha() else f"p-{text}".rstrip("-"))[:_LONGEST]


def unique(names: set[str], wanted: str) -> str:
    """Answer a name that our config takes and that is not in `names`, and add it there."""
    base, number = label(wanted), 2
    name = base
    while name in names:
        ending = f"-{number}"
        name, number = base[: _LONGEST - len(ending)] + ending, number + 1
    names.add(name)
    return name


def renamed(wanted: str, name: str) -> list[str]:
    """Answer the remark on a name that had to be changed; none when it is as it was."""
    return [] if name == wanted else [f"name: {wanted!r} is no name here, so it is {name}"]


def whole(value: object, key: str) -> int:
    """Answer a number that a foreign key holds.

    Raises:
        ImportFileError: it is none.
    """
    try:
        return int(str(value).strip())
    except ValueError:
        raise ImportFileError(f"{key} should be a whole number, and is {str(value)[:40]!r}") from None
