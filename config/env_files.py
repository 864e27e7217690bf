r"""`.env` files: `KEY=VALUE` lines -> variables. Every wrong line is told at once, with its place.

A line may begin with `export`. A value without quotes ends at ` #` and loses the spaces around it; one in single quotes
is taken as it stands; one in double quotes knows \n, \t, \r, \\, \", \$ and may go over several lines. `$` means
nothing: what is filled, is filled in the config file.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path as File
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from config import fields as f
from config.problems import ConfigError, Mark, Problem
from config.section import Section

LARGEST = 1 << 20
"""A larger file is refused, bytes."""

_LINE = re.compile(
    r"""[ \t]*(?:\#[^\n]*)?(?:\n|\Z)                                   # nothing, or a comment
    |[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*
     (?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bare>[^'"\n](?:[^\n]*?))?)
     [ \t]*(?:(?<=[ \t'"=])\#[^\n]*)?(?:\n|\Z)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}


class EnvFile(Section):
    """One file."""

    path: f.Folder = Field(description="Relative to this file")
    optional: bool = Field(default=False, description="true: it need not be there")


def _listed(value: Any) -> Any:
    """One or many, each a path or a mapping."""
    items = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return [{"path": item} if isinstance(item, str | File) else item for item in items]


_ONE: dict[str, Any] = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"path": {"type": "string"}, "optional": {"type": "boolean"}},
            "required": ["path"],
            "additionalProperties": False,
        },
    ]
}
EnvFiles = Annotated[
    tuple[EnvFile, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [*_ONE["anyOf"], {"type": "array", "items": _ONE}]}),
]


def read(file: EnvFile) -> dict[str, str]:
    """Answer the variables of a file; none when it is optional and not there.

    Raises:
        OSError: it cannot be read.
        ConfigError: it is no such file, with every wrong line.
    """
    try:
        fd = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        if file.optional:
            return {}
        raise
    with open(fd, "rb") as stream:  # noqa: PTH123  opened above, so that a pipe makes nobody wait
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ConfigError([Problem(Mark(str(file.path)), (), "is not a file")])
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ConfigError([Problem(Mark(str(file.path)), (), "is larger than 1 MiB: this is no .env file")])
    return parse(content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n"), str(file.path))


def parse(text: str, source: str) -> dict[str, str]:
    """Answer the variables of a text; the last of a name counts.

    Raises:
        ConfigError: with every line that is not understood. Values are not repeated in it: they may be secrets.
    """
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for at, match in _lines(text):
        if match is None:
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            problems.append(Problem(Mark(source, line, column), (), "expected KEY=VALUE", _hint(text[at:])))
        elif match["name"] is not None:
            found[match["name"]] = _value(match)
    problems += [Problem(Mark(source), (name,), "contains a null character") for name in found if "\0" in found[name]]
    if problems:
        raise ConfigError(problems)
    return found


def _lines(text: str) -> Iterator[tuple[int, re.Match[str] | None]]:
    at = 0
    while at < len(text):
        match = _LINE.match(text, at)
        yield at, match
        end = match.end() if match else text.find("\n", at) + 1
        at = end or len(text)


def _value(match: re.Match[str]) -> str:
    if match["double"] is not None:
        return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), match["double"])
    if match["single"] is not None:
        return match["single"]
    return (match["bare"] or "").rstrip(" \t")


def _hint(rest: str) -> str:
    line = rest.partition("\n")[0]
    name, equals, value = line.partition("=")
    if equals and value.strip()[:1] in {"'", '"'}:
        return "the quote is not closed, or something stands behind it"
    if equals and not name.replace("export ", "").strip().isidentifier():
        return "a name has letters, digits and _ only"
    return "a comment begins with #"
