"""The kinds of value that probes take: addresses that need no look-up, and patterns that cannot take for ever."""

import importlib
import ipaddress
import re
import warnings
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, WithJsonSchema

from config.expressions import fill, joined
from config.texts import text
from config.units import shown

LONGEST_PATTERN = 500
# The only parser there is; by its name, for its types are known to a type checker or not, as other packages have it.
_parser: Any = importlib.import_module("re._parser")
_LAST_PORT = 65535
_FEW = 16  # a repeat of at most so many, as in an address, is no danger within another
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})  # a possessive one never comes back, so it costs nothing


def http_address(value: object) -> str:
    """A URL that the supervisor may ask: http, and a host that needs no name look-up, which would take a thread."""
    given = joined(text(value))
    found = fill(given, 0)
    if _UNSAFE.search(found) or not found.isascii():
        raise ValueError(f"expected a URL without spaces, got {shown(found)}")
    try:
        parts = urlsplit(found)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(f"{shown(found)} is no URL: {error}") from None
    if parts.scheme != "http" or not host:
        raise ValueError(f"expected a URL like http://127.0.0.1:8080/health, got {shown(found)}")
    if parts.username is not None or parts.fragment:
        raise ValueError("a user, a password or a fragment is not understood here")
    if not _needs_no_look_up(host):
        raise ValueError(f"the host {host!r} would have to be looked up: write localhost or an IP address")
    return given


def own_port(value: object) -> str:
    """A port of localhost, as text: each instance may have its own, like `{{8000 + instance}}`."""
    given = joined(str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value))
    found = fill(given, 0)
    if not (found.isascii() and found.isdigit() and 1 <= int(found) <= _LAST_PORT):
        raise ValueError(f"expected a port from 1 to {_LAST_PORT}, or like {{{{8000 + instance}}}}, got {shown(given)}")
    return given


def _needs_no_look_up(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host  # the zone of a link-local address is a name


def pattern(value: object) -> str:
    """A regular expression for a line. Repeats within repeats are refused: the logger must never think for ever."""
    found = text(value)
    if not found:
        raise ValueError("is empty: it would fit every line")
    if len(found) > LONGEST_PATTERN:
        raise ValueError(f"has {len(found)} characters: at most {LONGEST_PATTERN}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(found)
            parsed = _parser.parse(found)
    except (re.error, FutureWarning, DeprecationWarning, RecursionError, OverflowError) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    if _nested(parsed, inside=False):
        raise ValueError("repeats what already repeats, like (a+)+: that can take for ever on some lines")
    return found


def _nested(parsed: Any, *, inside: bool) -> bool:
    """Tell whether an unbounded repeat stands within another one."""
    for operation, argument in parsed:
        repeats = str(operation) in _REPEATS and int(argument[1]) > _FEW
        if repeats and inside:
            return True
        if any(_nested(part, inside=inside or repeats) for part in _parts(argument)):
            return True
    return False


def _parts(argument: Any) -> list[Any]:
    """Answer the patterns that one step of a parsed pattern is made of."""
    if hasattr(argument, "data"):
        return [argument]
    if isinstance(argument, tuple | list):
        return [part for item in argument for part in _parts(item)]
    return []


HttpAddress = Annotated[
    str,
    BeforeValidator(http_address),
    WithJsonSchema({"type": "string", "examples": ["http://127.0.0.1:8080/health"]}),
]
InstancePort = Annotated[
    str,
    BeforeValidator(own_port),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": _LAST_PORT}, {"type": "string"}]}),
]
LinePattern = Annotated[str, BeforeValidator(pattern), WithJsonSchema({"type": "string", "maxLength": LONGEST_PATTERN})]
