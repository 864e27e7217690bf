"""Which store is used: its URL, its namespace, and the URL as it may be shown."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from config.places import Places

if TYPE_CHECKING:
    from config.schema import Config

# Up to the last "@": a password may hold ":", "/" or "@" as they are, and it is better to hide too much.
_CREDENTIALS = re.compile(r"^([^:/]*://[^:/@]*):.*@", re.DOTALL)
_PARAMETER = re.compile(r"([?&][^=&]*password=)[^&]*", re.IGNORECASE)


def store_url(config: "Config") -> str:
    """The URL of the store: the given one, or the embedded server's socket."""
    if config.redis is not None:
        return config.redis.url
    return f"unix://{quote(str(Places(config.data_dir).store_socket))}"


def namespace(config: "Config") -> str:
    """The name that all keys live under."""
    return "default" if config.redis is None else config.redis.namespace


def redact(url: str) -> str:
    """The URL with every password in it replaced by `***`: for logs, status and error messages."""
    return _PARAMETER.sub(r"\1***", _CREDENTIALS.sub(r"\1:***@", url))
