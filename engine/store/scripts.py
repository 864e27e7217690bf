"""The Lua scripts: one file each, with the parts that its header and theirs name put in front; called by digest."""

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_INCLUDES = re.compile(r"^-- INCLUDES\s+(.+)$", re.MULTILINE)


class Script(NamedTuple):
    """A script as it is sent: its name, its whole text and the digest the server knows it by."""

    name: str
    text: str
    sha: str


def _read(path: str) -> str:
    return files("engine").joinpath("scripts", path).read_text("utf-8")


def assemble(text: str) -> str:
    """The text with its parts in front, each once and behind those it needs itself. The `#!lua` line stays first.

    Raises:
        FileNotFoundError: a header names a part that does not exist.
    """
    first, _, rest = text.partition("\n")
    parts: dict[str, str] = {}
    _gather(rest, parts, ())
    return "\n".join([first, *parts.values(), rest])


def _gather(text: str, parts: dict[str, str], within: tuple[str, ...]) -> None:
    included = _INCLUDES.search(text)
    for name in included.group(1).split() if included else ():
        if name in within:
            raise ValueError(
                f"the parts {' -> '.join([*within, name])} include one another: {name} is not ready for itself"
            )
        if name not in parts:
            part = _read(f"parts/{name}.lua")
            _gather(part, parts, (*within, name))
            parts[name] = part


@cache
def script(name: str) -> Script:
    """The script of that name.

    Raises:
        FileNotFoundError: there is no such file.
    """
    text = assemble(_read(f"{name}.lua"))
    return Script(name, text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


def names() -> list[str]:
    """The names of all scripts, sorted."""
    folder = files("engine").joinpath("scripts")
    return sorted(entry.name.removesuffix(".lua") for entry in folder.iterdir() if entry.name.endswith(".lua"))
