"""The access log: one line a request. No token, no value of a query, no character that moves a cursor."""

import logging
from urllib.parse import unquote

from gateway.access.heard import Heard
from gateway.access.tokens import masked

LONGEST = 200
"""Characters of a path, and of a query's names, that are written."""

_log = logging.getLogger("gateway.access")


def write(heard: Heard, query: bytes, status: int, seconds: float, size: int) -> None:
    """Write the line; see `line`."""
    _log.info("access: %s", line(heard, query, status, seconds, size))


def line(heard: Heard, query: bytes, status: int, seconds: float, size: int) -> str:
    """`127.0.0.1 ops "GET /tasks?queue&limit" 200 1.4ms 512B`; pure.

    Args:
        query: as it came; the names of its parameters are written, not what they were given.
        size: bytes of the answer's body.
    """
    asked = f"{heard.method} {clean(heard.path)}{_names(query)}"
    return f'{heard.address or "-"} {heard.who or "-"} "{asked}" {status} {seconds * 1000:.1f}ms {size}B'


def clean(text: str) -> str:
    """The text on one line, of bounded length, with no token and no control character in it."""
    shown = masked(text)[:LONGEST]
    if shown.isprintable() and '"' not in shown and "\\" not in shown:
        return shown
    return shown.encode("unicode_escape").decode().replace('"', "\\x22")


def _names(query: bytes) -> str:
    if not query:
        return ""
    names = "&".join(part.partition("=")[0] for part in query.decode("latin-1").split("&"))
    return "?" + clean(unquote(names) if "%" in names else names)
