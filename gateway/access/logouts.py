"""Sessions that were ended before their time: the store names them, so that all gateways refuse a copied cookie."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.errors import EngineError, StoreDown

T = TypeVar("T")

BELIEVED = 1.0
"""Seconds for which a session that was not ended is believed so; an act asks the store each time."""

MOST = 10_000
"""Sessions that a gateway remembers something of; what it forgets, the store knows."""


async def _nowhere(_: str, __: int) -> None:
    """Where no store is given, a gateway remembers its own logouts."""


async def _nobody(_: str) -> bool:
    return False


class Logouts:
    """Duties: end sessions; know which were ended, with one question a second and session at most for who only reads.

    While the store is away what was known last holds: nobody can end a session elsewhere then.

    Args:
        end: ends one in the store: its name, and when it would be over by itself (epoch seconds).
        is_ended: asks the store.
        ticks: monotonic seconds.
    """

    def __init__(
        self,
        end: Callable[[str, int], Awaitable[None]] = _nowhere,
        is_ended: Callable[[str], Awaitable[bool]] = _nobody,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._end = end
        self._is_ended = is_ended
        self._ticks = ticks
        self._over: OrderedDict[str, None] = OrderedDict()
        self._asked: OrderedDict[str, float] = OrderedDict()
        self._untold: OrderedDict[str, int] = OrderedDict()

    def knows(self, session: str) -> bool:
        """Whether this gateway has heard that the session was ended."""
        return session in self._over

    async def end(self, session: str, until: int) -> None:
        """End a session: here at once, and in the store, or as soon as that is back.

        Raises:
            EngineError: the store did not take it yet.
        """
        _keep(self._over, session, None)
        _keep(self._untold, session, until)
        await self._tell()

    async def is_over(self, session: str, *, anew: bool) -> bool:
        """Whether a session was ended.

        Args:
            anew: ask the store though it was asked a moment ago.

        Raises:
            StoreDown: the store is away, and this session was never seen here.
        """
        if session in self._over:
            return True
        asked = self._asked.get(session)
        now = self._ticks()
        if asked is not None and not anew and now - asked < BELIEVED:
            return False
        try:
            await self._tell()
            over = await self._is_ended(session)
        except StoreDown:
            if asked is None:
                raise
            over = False
        else:
            _keep(self._asked, session, now)
        if over:
            _keep(self._over, session, None)
        return over

    async def look_again(self, sessions: set[str]) -> None:
        """Ask after sessions that stay open; what cannot be said now is asked the next time."""
        for session in sessions:
            try:
                await self.is_over(session, anew=False)
            except EngineError:
                return

    async def _tell(self) -> None:
        """Tell the store of those that ended while it was away."""
        while self._untold:
            session, until = next(iter(self._untold.items()))
            await self._end(session, until)
            self._untold.pop(session, None)


def _keep(known: "OrderedDict[str, T]", session: str, what: T) -> None:
    known[session] = what
    known.move_to_end(session)
    if len(known) > MOST:
        known.popitem(last=False)
