"""Values that errors never repeat: addresses that may hold a password, secrets, keys."""

import base64
import re
from urllib.parse import urlsplit

from config.texts import text

LEAST_SECRET, MOST_SECRET = 24, 64  # bytes, by the scheme
KEY_BYTES = 32
_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "redis+cluster")


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


def web_address(value: object) -> str:
    """An http or https URL. Never repeated in an error: it may hold a secret."""
    url = text(value)
    try:
        parts = urlsplit(url)
        sound = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        )
    except ValueError:
        sound = False
    if not sound or not url.isascii() or not url.isprintable() or " " in url or "#" in url:
        raise ValueError("expected a URL like https://example.com/hook, without user, password and fragment")
    return url


def webhook_secret(value: object) -> str:
    """A secret of the Standard Webhooks scheme. Never repeated in an error."""
    secret = text(value)
    try:
        length = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except ValueError:
        length = 0
    if not secret.startswith("whsec_") or not LEAST_SECRET <= length <= MOST_SECRET:
        raise ValueError(
            f"expected whsec_ and base64 of {LEAST_SECRET} to {MOST_SECRET} random bytes "
            "(openssl rand -base64 32 makes some)"
        )
    return secret


def key(value: object) -> str:
    """A key of 32 bytes in base64. Never repeated in an error."""
    found = text(value).strip()
    try:
        size = len(base64.b64decode(found.replace("-", "+").replace("_", "/"), validate=True))
    except ValueError:
        size = 0
    if size != KEY_BYTES:
        raise ValueError(f"expected {KEY_BYTES} bytes in base64 (python -m engine keys new makes a key)")
    return found


def token_hash(value: object) -> str:
    """The hash of a token. Never repeated in an error: somebody may have written the token itself."""
    found = text(value).strip()
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", found, re.ASCII):
        raise ValueError(
            "expected sha256: and 64 hex digits, not the token itself (python -m gateway token prints both)"
        )
    return found


def only_list(value: object) -> object:
    """A list (or nothing); what else it is, is not repeated in the error: it may be a key."""
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return value
    raise ValueError(f"expected a list of mappings like {{id: …}}, got {type(value).__name__.lower()}")
