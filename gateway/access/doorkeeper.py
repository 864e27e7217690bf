"""Access as the file says it, in force: tokens, sessions, limits. One a gateway; `take` puts another file in force."""

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from config.gateway import Gateway
from engine.clients.audit import Act
from gateway.access import cookies
from gateway.access.audit_log import AuditLog
from gateway.access.buckets import Buckets, Rate, rate
from gateway.access.cookies import Secret, Session
from gateway.access.heard import Heard
from gateway.access.logouts import Logouts
from gateway.access.matching import Matcher
from gateway.access.tokens import KeyRing, Token, token_of
from gateway.access.visitors import ANYBODY, COOKIE, TOKEN, Visitor
from gateway.errors import ApiError

WRONG_LOGINS = Rate(10, 10 / 60)
"""Wrong logins of one address: ten at once, then one in six seconds."""

LONGEST_HEADER = 1000


async def _no_seal(_: bytes) -> bytes:
    raise ApiError(503, "this gateway has no place for sessions")


class Access:
    """What the guard asks. Made without arguments it lets everybody do everything, whatever the host's name.

    Args:
        settings: the file's `gateway:`.
        seal: `client.seal`.
        logouts: which sessions were ended.
        record: `client.audit.write`; None: no audit log is kept.
        only_here: the gateway listens on loopback, and must not be reached by a page's name that points there.
        clock: epoch seconds. ticks: monotonic seconds.
    """

    def __init__(
        self,
        settings: Gateway | None = None,
        *,
        seal: Callable[[bytes], Awaitable[bytes]] = _no_seal,
        logouts: Logouts | None = None,
        record: Callable[[Act], Awaitable[None]] | None = None,
        only_here: bool = False,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.matcher = Matcher()
        self.record = record
        self.audit = AuditLog(ticks)
        self.secret = Secret(seal, ticks)
        self.logouts = logouts or Logouts(ticks=ticks)
        self._only_here = only_here
        self._clock = clock
        self._ticks = ticks
        self._requests = Buckets()
        self._wrong = Buckets()
        self.take(settings or Gateway())

    def take(self, settings: Gateway) -> None:
        """Put these settings in force; requests under way go on by the old ones."""
        self.settings = settings
        self.ring = KeyRing(token_of(token) for token in settings.tokens)
        self.is_open = not len(self.ring)
        self.allowed_hosts = frozenset(name.lower() for name in settings.allowed_hosts)
        self.checks_host = bool(self.allowed_hosts) or (self._only_here and self.is_open)
        self._rates = {
            text: rate(text) for text in (settings.rate_limit, *(t.rate_limit for t in settings.tokens)) if text
        }

    def by_token(self, authorization: str) -> Visitor | None:
        """Who shows this `Authorization` header; None when it is no token that counts."""
        scheme, _, presented = authorization[:LONGEST_HEADER].partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = self.ring.find(presented.strip(), self._clock())
        return None if found is None else _visitor(found, TOKEN)

    async def by_cookie(self, header: str, *, anew: bool = True) -> Visitor | None:
        """Who has this `Cookie` header; None without a session that counts.

        Args:
            anew: whether the session was ended is asked of the store, though it was asked a moment ago.

        Raises:
            engine.errors.StoreDown: the secret that signs, or the session, is not known yet, and the store is away.
        """
        value = cookies.session_cookie(header)
        session = await self._opened(value)
        now = self._clock()
        if session is None or now >= session.until:
            return None
        token = self.ring.tagged(session.token_id, session.tag, now)
        if token is None or await self.logouts.is_over(session.name, anew=anew):
            return None
        return _logged_in(token, session, value)

    async def login(self, presented: str, address: str) -> tuple[str, Visitor]:
        """A session for whoever shows this token: the cookie's value, and who it is.

        Raises:
            ApiError: 401: no such token. 429: too many wrong ones from this address.
        """
        wait = self._wrong.wait(address, WRONG_LOGINS, self._ticks(), take=False)
        if wait:
            raise _slow_down(wait, "too many wrong tokens were shown from your address")
        now = self._clock()
        token = self.ring.find(presented.strip(), now)
        if token is None:
            self._wrong.wait(address, WRONG_LOGINS, self._ticks())
            raise ApiError(401, "this token is not known here, or has expired")
        session = Session(token.id, token.tag, int(now + self.settings.session.lifetime))
        value = cookies.sealed(session, await self.secret.get())
        return value, _logged_in(token, session, value)

    async def logout(self, header: str) -> None:
        """End the session of this `Cookie` header, if there is one: here at once, and at all gateways.

        Raises:
            engine.errors.EngineError: the store did not take it; the other gateways hear of it when it is back.
        """
        session = None if self.is_open else await self._opened(cookies.session_cookie(header))
        if session is not None:
            await self.logouts.end(session.name, session.until)

    async def _opened(self, value: str) -> Session | None:
        """The session of a cookie that is signed with our secret."""
        if not value:
            return None
        session = cookies.opened(value, await self.secret.get())
        return session or cookies.opened(value, await self.secret.get(doubted=True))

    async def csrf(self, visitor: Visitor) -> str:
        """What the acts of this session must bear; "" for who has none."""
        return cookies.csrf(visitor.session, await self.secret.get()) if visitor.session else ""

    def holds(self, visitor: Visitor) -> bool:
        """Whether one who was let in would be let in still: for connections that stay open.

        False once their token was taken out of the file, they or it have expired, or they were logged out.
        """
        if visitor.via == ANYBODY.via:
            return self.is_open
        if self.logouts.knows(visitor.login):
            return False
        now = self._clock()
        alive = visitor.until is None or now < visitor.until
        return alive and self.ring.tagged(visitor.id, visitor.tag, now) is not None

    def check_rate(self, visitor: Visitor) -> None:
        """Count one request.

        Raises:
            ApiError: 429 with `Retry-After`.
        """
        if not self._rates:
            return
        token = self.ring.tagged(visitor.id, visitor.tag, self._clock())
        limit = (token.rate_limit if token else None) or self.settings.rate_limit
        wait = self._requests.wait(visitor.id, self._rates[limit], self._ticks()) if limit else 0.0
        if wait:
            raise _slow_down(wait, f"more requests than {limit}")

    async def who(self, heard: Heard) -> Visitor | None:
        """Who sends a request, by its token or else by its cookie; None when neither counts."""
        if heard.authorization:
            return self.by_token(heard.authorization)
        return await self.by_cookie(heard.cookie, anew=heard.is_act) if heard.cookie else None


def _visitor(token: Token, via: str) -> Visitor:
    return Visitor(token.id, token.rights, token.queues, token.tenants, via, token.expires, token.tag)


def _logged_in(token: Token, session: Session, value: str) -> Visitor:
    until = min(session.until, token.expires or math.inf)
    return replace(_visitor(token, COOKIE), session=value, login=session.name, until=until)


def _slow_down(wait: float, why: str) -> ApiError:
    seconds = str(max(1, math.ceil(wait)))
    return ApiError(429, f"{why}; try again in {seconds} s", {"Retry-After": seconds})
