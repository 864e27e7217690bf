"""Who asks, and what they may do. Other code reads it with `visitor(scope)`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.access.rules import RIGHTS

OPEN, TOKEN, COOKIE, NOBODY = "open", "token", "cookie", "nobody"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One who asks.

    Attributes:
        id: the token's; "" where anybody may do everything, and of one who is not known.
        rights: `read`, `submit`, `admin`: those that they have.
        queues, tenants: what they are limited to; None: to nothing.
        via: `open` (no tokens are configured), `token`, `cookie`, or `nobody` (not known: no rights).
        until: epoch seconds at which their rights end by themselves; None: not by time.
        tag: which of several tokens with this id.
        session: the session as the cookie says it, "" without one.
        login: the name of that session.
    """

    id: str = ""
    rights: tuple[str, ...] = ()
    queues: frozenset[str] | None = None
    tenants: frozenset[str] | None = None
    via: str = NOBODY
    until: float | None = None
    tag: str = ""
    session: str = ""
    login: str = ""

    @property
    def is_limited(self) -> bool:
        """Whether there are queues or tenants that are not theirs."""
        return self.queues is not None or self.tenants is not None

    def may(self, scope: str) -> bool:
        """Whether they have this right."""
        return scope in self.rights

    def sees_queue(self, queue: str | None) -> bool:
        """Whether a queue is theirs."""
        return self.queues is None or queue in self.queues

    def sees(self, queue: str | None, tenant: str | None) -> bool:
        """Whether a job of this queue and tenant is theirs."""
        return self.sees_queue(queue) and (self.tenants is None or tenant in self.tenants)


ANYBODY = Visitor(rights=tuple(str(right) for right in RIGHTS), via=OPEN)
"""Whoever asks a gateway without tokens."""


def visitor(scope: Mapping[str, Any]) -> Visitor:
    """Who sends this request or opened this websocket (an ASGI scope); anybody, in an app that has no guard."""
    found = scope.get("state", {}).get("visitor", ANYBODY)
    return found if isinstance(found, Visitor) else ANYBODY
