"""An app with tokens, in process."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest

from config.gateway import Gateway
from gateway.access.doorkeeper import Access
from gateway.access.logouts import Logouts
from gateway.access.tokens import hashed, mint
from gateway.services import Services

if TYPE_CHECKING:
    from engine import AsyncClient


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Door:
    """Tokens, and the access that knows them: `door.add("ops", scopes=["admin"])` answers the token."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.written: list[dict[str, Any]] = []
        self.acts: list[Any] = []
        self.more: dict[str, Any] = {}
        self.stored = b""
        self.sealings = 0
        self.ended: set[str] = set()
        self.asked = 0
        self.away: Exception | None = None
        self.access = self.make()

    def make(self) -> Access:
        """One more gateway's access, on the same store."""
        logouts = Logouts(self._end, self._is_ended, self.clock)
        return Access(
            self.settings(), seal=self._seal, logouts=logouts, record=self._record, clock=self.clock, ticks=self.clock
        )

    def settings(self) -> Gateway:
        return Gateway.model_validate({"tokens": self.written, **self.more})

    def add(self, name: str, **said: Any) -> str:
        token = mint(name)
        self.written.append({"id": name, "hash": f"sha256:{hashed(token)}", **said})
        self.access.take(self.settings())
        return token

    def set(self, **more: Any) -> None:
        self.more |= more
        self.access.take(self.settings())

    async def _seal(self, fresh: bytes) -> bytes:
        self.sealings += 1
        self.stored = self.stored or fresh
        return self.stored

    async def _end(self, session: str, until: int) -> None:
        if self.away:
            raise self.away
        assert until > self.clock.now
        self.ended.add(session)

    async def _is_ended(self, session: str) -> bool:
        if self.away:
            raise self.away
        self.asked += 1
        return session in self.ended

    async def _record(self, act: Any) -> None:
        self.acts.append(act)


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def at_door(door: Door, client: Any, http_to: Callable[[Services], Any]) -> Any:
    """A client of the guarded app."""
    return http_to(Services.around(cast("AsyncClient", client), access=door.access))


@pytest.fixture
def bearing() -> Callable[[str], dict[str, str]]:
    return lambda token: {"Authorization": f"Bearer {token}"}
