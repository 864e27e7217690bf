"""The kinds of value that keys take: how each is read from text, and what editors are told of it."""

import math
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationInfo, WithJsonSchema

from config import cpus, times, units
from config.marks import Plain
from config.units import shown

MOST_INSTANCES = 1024
LEAST_MEMORY = 16 << 20
_RATE = r"[1-9][0-9]{0,8}/([1-9][0-9]{0,5})?(ms|s|m|h|d)"
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})", re.ASCII)
_JSON_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,30})?([eE][-+]?\d{1,2})?", re.ASCII)
_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "redis+cluster")


def whole(value: object) -> int:
    """An integer. Text with leading noughts is refused: YAML 1.1 takes `010` for 8, people for 10."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"expected a whole number, got {shown(value)}")


def number(value: object) -> float:
    """A finite number."""
    result = math.nan
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            result = float(value)
        except (ValueError, OverflowError):
            result = math.nan
    if not math.isfinite(result):
        raise ValueError(f"expected a number, got {shown(value)}")
    return result


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


def instances(value: object) -> int:
    """A number of processes: n, `max` (one for each CPU), or -n (CPUs less n, at least 1)."""
    if value == "max":
        return cpus.available()
    try:
        count = whole(value)
    except ValueError:
        raise ValueError(f"expected a number, max, or -1 (CPUs less one), got {shown(value)}") from None
    return count if count >= 0 else max(1, cpus.available() + count)


def memory(value: object) -> int:
    """A memory limit in bytes; one that no Python process fits into is a forgotten unit."""
    result = units.size(value)
    if result < LEAST_MEMORY:
        raise ValueError(f"{shown(value)} is {result} bytes: at least 16M (K, M and G are understood)")
    return result


def cap(value: object) -> int:
    """A memory limit in bytes, or 0 for none."""
    result = units.size(value)
    return memory(value) if result else 0


def command(value: object) -> tuple[str, ...]:
    """The words of a command; text is split as a shell does. `python` first is our own interpreter."""
    if isinstance(value, str):
        try:
            words = shlex.split(text(value))
        except ValueError as error:
            raise ValueError(f"cannot be split into words: {str(error).lower()}") from None
    elif isinstance(value, list | tuple):
        words = [text(word) for word in value]
    else:
        raise ValueError(f"expected a command line, or a list of words, got {shown(value)}")  # noqa: TRY004  # pydantic collects ValueErrors only
    if not words or not words[0]:
        raise ValueError("is empty: expected a program and its arguments")
    if words[0] == "python":
        words[0] = sys.executable
    return tuple(words)


def module(value: object) -> str:
    """A module's dotted name."""
    name = text(value)
    if all(part.isidentifier() for part in name.split(".")):
        return name
    guess = name.removeprefix("./").removesuffix(".py").replace("/", ".")
    fits = guess != name and all(part.isidentifier() for part in guess.split("."))
    advice = f" (did you mean {guess}?)" if fits else ""
    raise ValueError(f"expected a module's dotted name like examples.text, got {shown(name)}{advice}")


def matching(pattern: str, what: str) -> Callable[[object], str]:
    """A reader of text of one form; `what` describes it for the error."""
    compiled = re.compile(pattern)

    def read(value: object) -> str:
        found = text(value)
        if not compiled.fullmatch(found):
            raise ValueError(f"expected {what}, got {shown(found)}")
        return found

    return read


def store_address(value: object) -> str:
    """A store's URL. Never repeated in an error: it may hold a password."""
    url = text(value)
    try:
        parts = urlsplit(url)
        hosts = parts.netloc.rpartition("@")[2]
        several = "," in hosts  # sentinels, cluster nodes: no single port to read
        readable = several or parts.port is None or parts.port > 0
    except ValueError:
        readable = False
    if not readable:
        raise ValueError("its host or port cannot be read (in a password, write / # ? @ : as %2F %23 %3F %40 %3A)")
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"expected a URL that begins with {', '.join(f'{scheme}://' for scheme in _SCHEMES)}")
    if parts.scheme == "unix":
        if len(parts.path) <= 1:
            raise ValueError("names no socket: expected unix:///path/to/socket")
    elif not hosts:
        raise ValueError(f"names no host: expected {parts.scheme}://host:port")
    elif parts.scheme in {"redis", "rediss"} and not re.fullmatch(r"/?\d{0,9}", parts.path, re.ASCII):
        raise ValueError("expected a database number after the host: redis://host:port/0")
    return url


def folder(value: object, info: ValidationInfo) -> Path:
    """A folder; a relative one is taken from where the config file is."""
    name = str(value) if isinstance(value, Path) else text(value)
    if not name:
        raise ValueError("is empty: expected a folder's path")
    base = info.context["path"].parent if info.context else Path.cwd()
    try:
        return Path(base, Path(name).expanduser())
    except RuntimeError:
        raise ValueError(f"there is no such user, or no home folder: {shown(name)}") from None


def data(value: object) -> Any:
    """Any data. Here alone looks decide: a plain scalar that JSON reads as a number or a truth value is one."""
    if isinstance(value, dict):
        return {key: data(item) for key, item in value.items()}
    if isinstance(value, list):
        return [data(item) for item in value]
    if not isinstance(value, Plain):
        return value
    if value in {"true", "false"}:
        return value == "true"
    if not _JSON_NUMBER.fullmatch(value):
        return str(value)
    return float(value) if set(value) & set(".eE") else int(value)


def _empty(make: Callable[[], Any]) -> BeforeValidator:
    """A key with nothing after it (all it had is commented out) is an empty list or mapping."""
    return BeforeValidator(lambda value: make() if value is None else value)


def _number_or(pattern: str, example: Any, kind: str = "number") -> WithJsonSchema:
    either: list[dict[str, Any]] = [{"type": kind, "minimum": 0}, {"type": "string", "pattern": pattern}]
    return WithJsonSchema({"anyOf": either, "examples": [example]})


_NAME = r"[a-z][a-z0-9_-]{0,31}"
_QUEUE = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_TASK = r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}"
_SIZE_SCHEMA = _number_or(r"^\s*\d+(\.\d+)?\s*([KMGTkmgt]([iI]?[bB])?)?\s*$", "300M", "integer")

Whole = Annotated[int, BeforeValidator(whole)]
Number = Annotated[float, BeforeValidator(number)]
# An editor may take `8080` or `true` for what YAML says it is; here it is its text.
Text = Annotated[str, BeforeValidator(text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Duration = Annotated[
    float, BeforeValidator(units.duration), _number_or(r"^\s*(\d+(\.\d+)?\s*(d|h|m|s|ms)?\s*)+$", "30s")
]
Size = Annotated[int, BeforeValidator(units.size), _SIZE_SCHEMA]
Memory = Annotated[int, BeforeValidator(memory), _SIZE_SCHEMA]
Cap = Annotated[int, BeforeValidator(cap), _SIZE_SCHEMA]
Folder = Annotated[Path, BeforeValidator(folder), WithJsonSchema({"type": "string"})]
Port = Annotated[Whole, Field(ge=0, le=65535)]
OwnPort = Annotated[Whole, Field(ge=1, le=65535)]
Url = Annotated[str, BeforeValidator(store_address)]
Module = Annotated[str, BeforeValidator(module)]
Host = Annotated[str, BeforeValidator(matching(r"[^\s/\[\]@]{1,255}", "a host name or an address, without a port"))]
Name = Annotated[
    str,
    BeforeValidator(matching(_NAME, "a lower-case letter, then at most 31 of a-z, 0-9, _ and -")),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$"}),
]
QueueName = Annotated[str, BeforeValidator(matching(_QUEUE, "a queue's name: at most 64 letters, digits, _ . and -"))]
Namespace = Annotated[str, BeforeValidator(matching(_QUEUE, "a namespace: at most 64 letters, digits, _ . and -"))]
Instances = Annotated[
    int,
    BeforeValidator(instances),
    Field(le=MOST_INSTANCES),
    WithJsonSchema({"anyOf": [{"type": "integer", "maximum": MOST_INSTANCES}, {"const": "max"}]}),
]
Command = Annotated[
    tuple[str, ...],
    BeforeValidator(command),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
EnvName = Annotated[str, BeforeValidator(matching(r"[^=\0]+", "a variable's name, without ="))]
Environment = Annotated[dict[EnvName, Text], _empty(dict)]
Weight = Annotated[Whole, Field(ge=1, le=1000)]
QueuePlan = Annotated[
    Annotated[tuple[QueueName, ...], Field(min_length=1), Tag("list")]
    | Annotated[dict[QueueName, Weight], Field(min_length=1), Tag("weights")],
    Discriminator(lambda value: "weights" if isinstance(value, dict) else "list"),
]
Cron = Annotated[
    str, BeforeValidator(times.cron), WithJsonSchema({"type": "string", "examples": ["0 3 * * *", "@daily"]})
]
Zone = Annotated[str, BeforeValidator(times.zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})]
TaskName = Annotated[str, BeforeValidator(matching(_TASK, "a task's name: at most 64 letters, digits, _ . : and -"))]
RateLimit = Annotated[
    str,
    BeforeValidator(matching(_RATE, "a number and a time, like 100/m or 5/10s")),
    WithJsonSchema({"type": "string"}),
]
Data = Annotated[Any, BeforeValidator(data), WithJsonSchema({})]
AsList = _empty(tuple)
AsMapping = _empty(dict)
