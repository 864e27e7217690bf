"""The Lua scripts: one file each, with the parts its header names put in front; loaded once, called by digest."""

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
    """The text with its parts in front. The `#!lua` line stays first; parts keep the order of the header.

    Raises:
        FileNotFoundError: the header names a part that does not exist.
    """
    first, _, rest = text.partition("\n")
    included = _INCLUDES.search(rest)
    names = included.group(1).split() if included else []
    return "\n".join([first, *(_read(f"parts/{part}.lua") for part in names), rest])


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
