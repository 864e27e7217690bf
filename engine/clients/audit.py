"""The audit log: who did what to the herd. Lines of any number of gateways, in one bounded stream."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.asking.asking import Asks, AsksLater
from engine.store.calls import Call, text
from engine.store.question import Question

KEPT = 10_000
"""Lines that are kept, about; the oldest go."""

REFUSED, FAILED = 400, 500
"""From which HTTP status on an act was refused, and from which it failed."""

_CURSOR = re.compile(r"\d{1,15}-\d{1,15}", re.ASCII)


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One line: who did what, on what, how it ended.

    Attributes:
        who: the id of the token; "" where anybody may do everything.
        via: `token`, `cookie`, `open`.
        act: the route. on: what stood in its place holders, query and body. outcome: the HTTP status.
        address: of the client. at: epoch seconds, by the store's clock.
        left_out: refused acts like this one, before it, that are not in the log: they were too many.
    """

    who: str
    via: str
    act: str
    on: Mapping[str, str]
    outcome: int
    address: str = ""
    at: float = 0.0
    left_out: int = 0

    @property
    def refused(self) -> bool:
        """Whether nothing was done, because the gateway would not."""
        return REFUSED <= self.outcome < FAILED


class AuditPage(msgspec.Struct, frozen=True):
    """Some lines, the newest first, and the cursor that goes on behind them (None at the end)."""

    acts: list[Act]
    cursor: str | None


_act = msgspec.json.Decoder(Act)


class Audit:
    """The audit log of a namespace."""

    def __init__(self, client: Asks, base: str) -> None:
        self._client = client
        self._base = base

    def write(self, act: Act) -> None:
        """One more line; `act.at` does not count."""
        self._client.run(written(act))

    def list(self, limit: int = 50, cursor: str | None = None) -> AuditPage:
        """Some lines, the newest first. Raises ValueError: the cursor is none."""
        return self._client.ask(listed(self._base, limit, cursor))


class AsyncAudit:
    """See `Audit`."""

    def __init__(self, client: AsksLater, base: str) -> None:
        self._client = client
        self._base = base

    async def write(self, act: Act) -> None:
        """One more line; see `Audit.write`."""
        await self._client.run(written(act))

    async def list(self, limit: int = 50, cursor: str | None = None) -> AuditPage:
        """Some lines; see `Audit.list`."""
        return await self._client.ask(listed(self._base, limit, cursor))


def written(act: Act) -> Call[None]:
    """Write one line."""
    return Call("audit", [KEPT, msgspec.json.encode(act)], lambda _: None, remembered=True)


def listed(base: str, limit: int, cursor: str | None) -> Question[AuditPage]:
    """Lines before the cursor.

    Raises:
        ValueError: the cursor is none.
    """
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise ValueError(f"{cursor!r} is no cursor of ours"[:100])
    if cursor is not None and not cursor.strip("0-"):
        return AuditPage([], None)  # nothing stands before the beginning, and the store refuses to look there
    last = f"({cursor}" if cursor else "+"
    rows = yield ("XREVRANGE", f"{base}:audit", last, "-", "COUNT", limit)
    acts = [act for act in map(_read, rows) if act is not None]
    return AuditPage(acts, text(rows[-1][0]) if len(rows) == limit else None)


def _read(row: Any) -> Act | None:
    place, fields = row
    try:
        found = _act.decode(fields[1])
    except (msgspec.DecodeError, msgspec.ValidationError, IndexError):
        return None
    return msgspec.structs.replace(found, at=int(text(place).partition("-")[0]) / 1000)


def sealed(fresh: bytes) -> Call[bytes]:
    """The secret that gateways sign with; `fresh` when there is none yet."""
    return Call("seal", [fresh], bytes)
