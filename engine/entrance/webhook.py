"""Who wants to hear of a job's end: a URL, of which ends, with which headers. Checked before anything is sent; where
the URL leads to is the worker's business, at the time of sending.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from engine.payloads import payload

TYPE = "herdsman.webhook"
"""The type of the jobs that send webhooks."""

LONGEST_URL = 2048
MOST_HEADERS = 20
EVENTS = {"completed": "c", "dead": "d", "cancelled": "x"}
"""What a job may end as -> its letter in the record."""

_KEYS = ("url", "events", "headers")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]{0,4094}[\x21-\x7e])?|")
_OURS = re.compile(
    r"host|user-agent|content-.*|transfer-encoding|connection|expect|te|trailer|upgrade|webhook-.*", re.IGNORECASE
)


class Target(msgspec.Struct, frozen=True):
    """Where a webhook goes."""

    url: str
    headers: dict[str, str] = {}


def field(value: str | Mapping[str, Any]) -> bytes:
    """What is kept of `webhook=`: the letters of the events, a space, the target.

    Raises:
        ValueError: it makes no sense.
    """
    asked = {"url": value} if isinstance(value, str) else value
    if not isinstance(asked, Mapping) or "url" not in asked:
        raise ValueError(f"webhook must be a URL, or a dict with url, events and headers, not {type(value).__name__}")
    unknown = sorted(str(key) for key in asked if key not in _KEYS)
    if unknown:
        raise ValueError(f"webhook: {unknown[0][:40]!r} is not known: url, events and headers are")
    letters = _letters(asked.get("events"))
    return letters.encode() + b" " + payload.encode(Target(url(asked["url"]), headers(asked.get("headers"))))


def url(value: Any) -> str:
    """The URL itself, when something can be sent there.

    Raises:
        ValueError: it cannot. The URL is not repeated: it may hold a secret.
    """
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("webhook: the URL must be text in ASCII without spaces (a name like müller.de as xn--…)")
    if len(value) > LONGEST_URL:
        raise ValueError(f"webhook: the URL has {len(value)} characters, the limit is {LONGEST_URL}")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("webhook: the URL's host or port cannot be read") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("webhook: the URL must begin with https:// (or http://)")
    if not host or port == 0:
        raise ValueError("webhook: the URL names no host, or port 0")
    if "@" in parts.netloc:
        raise ValueError("webhook: the URL may hold no user and password; send a header instead")
    if re.search(r'[\\^`{}|<>"]', value) or "#" in value:
        raise ValueError('webhook: the URL may hold no fragment, and none of \\ ^ ` { } | < > "')
    return value


def headers(value: Any) -> dict[str, str]:
    """The headers themselves, when they can be sent.

    Raises:
        ValueError: they cannot, or are ours to set. Values are not repeated: they may be secrets.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping) or len(value) > MOST_HEADERS:
        raise ValueError(f"webhook: headers must be a dict of at most {MOST_HEADERS}")
    for name, text in value.items():
        if not isinstance(name, str) or not _HEADER.fullmatch(name):
            raise ValueError(f"webhook: {str(name)[:40]!r} cannot be the name of a header")
        if _OURS.fullmatch(name):
            raise ValueError(f"webhook: the header {name!r} is set by the sender")
        if not isinstance(text, str) or not _VALUE.fullmatch(text):
            raise ValueError(f"webhook: the value of the header {name!r} must be plain ASCII text in one line")
    return dict(value)


def _letters(events: Any) -> str:
    if events is None:
        return "cd"
    if isinstance(events, str) or not isinstance(events, list | tuple | set | frozenset) or not events:
        raise ValueError(f"webhook: events must be a list of {', '.join(EVENTS)}")
    for event in events:
        if not isinstance(event, str) or event not in EVENTS:
            raise ValueError(f"webhook: {str(event)[:40]!r} is no event: {', '.join(EVENTS)} are")
    return "".join(letter for event, letter in EVENTS.items() if event in events)
