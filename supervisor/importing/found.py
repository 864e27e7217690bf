"""What was found in a foreign file: programs with our keys, and a remark for everything that has no place here."""

from dataclasses import dataclass, field
from typing import Any


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


def unique(names: set[str], wanted: str) -> str:
    """Answer a name that our config takes and that is not in `names`, and add it there."""
    base = "".join(char if char.isascii() and (char.isalnum() or char in "_-.") else "-" for char in wanted)
    base = base.strip("-.")[:48] or "program"
    name, number = base, 2
    while name in names:
        name, number = f"{base}-{number}", number + 1
    names.add(name)
    return name


def whole(value: object, key: str) -> int:
    """Answer a number that a foreign key holds.

    Raises:
        ImportFileError: it is none.
    """
    try:
        return int(str(value).strip())
    except ValueError:
        raise ImportFileError(f"{key} should be a whole number, and is {str(value)[:40]!r}") from None
