"""Sessions of the dashboard: a signed cookie that says which token was shown, and until when. Nothing is kept of it but
the name of one that was ended before its time (`logouts`).

The secret that signs stands in the store (`herdsman:{NS}:seal`), made by the first gateway that needs it: so any number
of gateways agree, a restart logs nobody out, and nobody can make a cookie from the hashes in the config file. Whoever
reads the store can read and change every job already.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

NAME = "herdsman_session"
SECURE_NAME = "__Host-herdsman_session"
"""Over https: the browser then takes it from nobody else, not even from a neighbouring subdomain."""

SECRET_BYTES = 32
AGAIN_AFTER = 10.0
"""Seconds after which a signature that does not fit has the secret read once more: it may be another by now."""

_FORM = re.compile(r"1\.([A-Za-z0-9-]{1,32})\.([0-9a-f]{16})\.(\d{1,12})\.([A-Za-z0-9_-]{16})", re.ASCII)
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Session:
    """A login: with which token, and until when (epoch seconds). No two have one name."""

    token_id: str
    tag: str
    until: int
    name: str = field(default_factory=lambda: secrets.token_urlsafe(12))


def sealed(session: Session, secret: bytes) -> str:
    """The cookie's value for a session."""
    text = f"1.{session.token_id}.{session.tag}.{session.until}.{session.name}"
    return f"{text}.{_mac(secret, 'session', text)}"


def opened(value: str, secret: bytes) -> Session | None:
    """The session that a cookie says; None when it was not signed with this secret."""
    text, _, mac = value[:LONGEST].rpartition(".")
    match = _FORM.fullmatch(text)
    if match is None or not hmac.compare_digest(mac.encode(), _mac(secret, "session", text).encode()):
        return None
    return Session(match[1], match[2], int(match[3]), match[4])


def csrf(value: str, secret: bytes) -> str:
    """What acts of this session must bear in X-CSRF-Token: only who can read our answers knows it."""
    return _mac(secret, "csrf", value)


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))


def session_cookie(header: str) -> str:
    """Our cookie's value in a `Cookie` header, "" when it is not there."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        found.setdefault(name, value)
    return found.get(SECURE_NAME) or found.get(NAME) or ""


def set_cookie(value: str, seconds: int, *, secure: bool) -> str:
    """The `Set-Cookie` header for a session; `seconds` 0 ends it."""
    name, more = (SECURE_NAME, "; Secure") if secure else (NAME, "")
    return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{more}"


def _mac(secret: bytes, purpose: str, text: str) -> str:
    digest = hmac.new(secret, f"{purpose}\n{text}".encode("utf-8", "surrogateescape"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Secret:
    """The secret that signs, read from the store when it is first needed.

    Args:
        seal: gives the store's secret, or makes these bytes the secret.
    """

    def __init__(self, seal: Callable[[bytes], Awaitable[bytes]], clock: Callable[[], float] = time.monotonic) -> None:
        self._seal = seal
        self._clock = clock
        self._known = b""
        self._read_at = 0.0

    async def get(self, *, doubted: bool = False) -> bytes:
        """The secret; `doubted`: something did not fit, so that an old reading is read again.

        Raises:
            engine.errors.StoreDown: it was never read, and the store is away.
        """
        now = self._clock()
        if not self._known or (doubted and now - self._read_at > AGAIN_AFTER):
            self._known, self._read_at = await self._seal(secrets.token_bytes(SECRET_BYTES)), now
        return self._known
