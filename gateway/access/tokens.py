"""Bearer tokens: made, hashed, found again.

A token is `hm_<id>_<43 characters>`: 256 random bits, so nobody finds one by trying, and a plain fast hash is all that
the file needs to hold (a slow one protects what people think up). The form lets secret scanners find a leaked one.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from config import gateway as settings
from gateway.access.rules import RIGHTS

PREFIX = "hm_"
PATTERN = re.compile(r"hm_[A-Za-z0-9-]{1,32}_[A-Za-z0-9_-]{43}")
"""What tokens look like; see `masked`."""

_CLAIM = re.compile(r"hm_([A-Za-z0-9-]{1,32})_[A-Za-z0-9_-]+", re.ASCII)

LONGEST = 200
"""Characters of a token that anybody looks at."""

RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is known, by its hash (hexadecimal). `tag` tells those of one id apart, and says nothing of it."""

    id: str
    hash: str
    rights: tuple[str, ...]
    queues: frozenset[str] | None = None
    tenants: frozenset[str] | None = None
    rate_limit: str | None = None
    expires: float | None = None

    @property
    def tag(self) -> str:
        """Sixteen digits that name this very token."""
        return hashlib.sha256(self.hash.encode()).hexdigest()[:16]

    def is_over(self, now: float) -> bool:
        """Whether it has expired."""
        return self.expires is not None and now >= self.expires


def mint(token_id: str) -> str:
    """A new token for this id."""
    return f"{PREFIX}{token_id}_{secrets.token_urlsafe(RANDOM_BYTES)}"


def hashed(token: str) -> str:
    """What the file keeps of a token, hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def masked(text: str) -> str:
    """The text without the secret part of any token in it."""
    return PATTERN.sub("hm_***", text) if PREFIX in text else text


def claimed_id(text: str) -> str:
    """Whose token it says it is, which proves nothing; "" where it does not look like one."""
    found = _CLAIM.match(text.strip())
    return found[1] if found else ""


def rights(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes of a token, with those that each includes; pure."""
    most = max(RIGHTS.index(scope) for scope in RIGHTS if scope in set(scopes))
    return tuple(str(right) for right in RIGHTS[: most + 1])


def token_of(written: settings.Token) -> Token:
    """A token of the file."""
    return Token(
        id=written.id,
        hash=written.hash.removeprefix("sha256:"),
        rights=rights(written.scopes),
        queues=None if written.queues is None else frozenset(written.queues),
        tenants=None if written.tenants is None else frozenset(written.tenants),
        rate_limit=written.rate_limit,
        expires=written.expires,
    )


class KeyRing:
    """All tokens. Empty: the gateway is open."""

    def __init__(self, tokens: Iterable[Token] = ()) -> None:
        self._tokens = tuple(tokens)
        self._by_tag = {(token.id, token.tag): token for token in self._tokens}

    def __len__(self) -> int:
        return len(self._tokens)

    def find(self, presented: str, now: float) -> Token | None:
        """The token that was presented, unless it has expired at `now` (epoch seconds).

        It takes the same time whichever it is: hashes are compared, all of them, each in constant time.
        """
        digest, found = hashed(presented[:LONGEST]), None
        for token in self._tokens:
            if hmac.compare_digest(digest, token.hash):
                found = token
        return None if found is None or found.is_over(now) else found

    def tagged(self, token_id: str, tag: str, now: float) -> Token | None:
        """The token that a session was opened with, while it stands in the file and has not expired."""
        found = self._by_tag.get((token_id, tag))
        return None if found is None or found.is_over(now) else found
