"""The audit log: who did what an admin may do; and which acts and logins were refused, of each caller only so many."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Scope

from engine.clients.audit import Act
from engine.errors import EngineError
from gateway.access.access_log import clean
from gateway.access.buckets import Buckets, Rate
from gateway.access.heard import Heard
from gateway.access.rules import Scope as Right
from gateway.access.visitors import NOBODY, OPEN, Visitor

if TYPE_CHECKING:
    from gateway.access.matching import Found

SAID = ("queue", "type", "fingerprint", "limit", "all", "to", "do", "q")
"""Fields of a body that the audit log keeps: which things were meant, never what jobs are given."""

LONGEST_BODY = 10_000
"""Bytes of a body that the audit log looks into."""

REFUSED_BY_ROUTES = frozenset({401, 403, 409, 422})
"""Answers of routes that say that an act was refused. What `gateway.access` refuses is kept whatever it answers."""

EACH = Rate(10, 10 / 3600)
"""Refused acts that are kept: of one known caller and scope, and of one address that is not known."""

STRANGERS = Rate(30, 60 / 3600)
"""And of all who are not known together, however many addresses they have."""

TOO_FAST = 429
_CLIENT_ERRORS, _SERVER_ERRORS = 400, 500

_log = logging.getLogger("gateway.audit")


class AuditLog:
    """Duties: write down what was done, and enough of what was refused that no flood of it washes the acts out.

    Args:
        ticks: monotonic seconds.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._known = Buckets()
        self._strangers = Buckets()
        self._left_out: Counter[str] = Counter()

    async def keep(self, act: Act, group: str, record: Callable[[Act], Awaitable[None]] | None) -> None:
        """Write a line to the log of this process, and to the store. The act is done: nothing can fail it now.

        Args:
            group: whose refused acts are counted together; "" for one who is not known.
            record: `client.audit.write`; None: no store keeps one.
        """
        if act.outcome >= _CLIENT_ERRORS:
            left_out = self._sifted(group, act.address)
            if left_out is None:
                return
            act = msgspec.structs.replace(act, left_out=left_out)
        on = " ".join(f"{name}={clean(value)}" for name, value in act.on.items())
        more = f", {act.left_out} refused before it are not told" if act.left_out else ""
        who = act.who or ("anybody" if act.via == OPEN else "somebody unknown")
        where = act.address or "-"
        _log.info("audit: %s (%s) from %s: %s %s: %d%s", who, act.via, where, act.act, on, act.outcome, more)
        if record is None:
            return
        try:
            await record(act)
        except EngineError as error:
            _log.warning("the store did not take this line of the audit log: %s", error)

    def _sifted(self, group: str, address: str) -> int | None:
        """How many like it were left out since the last line; None: leave this one out too."""
        now = self._ticks()
        buckets = self._known if group else self._strangers
        ways = [(group, EACH)] if group else [(f"address {address}", EACH), ("", STRANGERS)]
        if any(buckets.wait(name, rate, now, take=False) for name, rate in ways):
            self._left_out[group] += 1
            return None
        for name, rate in ways:
            buckets.wait(name, rate, now)
        return self._left_out.pop(group, 0)


def act_of(scope: Scope, came: Heard, status: int, *, by_access: bool) -> tuple[Act, str] | None:
    """The line of the audit log for a request, and the group it is counted with; None: it is kept in no case. Pure.

    Args:
        status: of the answer; 0: there was none.
        by_access: `gateway.access` refused it, not its route.
    """
    state: Mapping[str, Any] = scope.get("state", {})
    found: Found | None = state.get("found")
    if found is None or found.rule.method in ("GET", "WS"):
        return None
    visitor: Visitor | None = state.get("visitor")
    if visitor is not None and visitor.via == NOBODY:
        visitor = None
    if not _is_kept(state, came, visitor, status, by_access=by_access):
        return None
    on = {**found.parameters, **state.get("audit_on", {}), **_said(scope, state.get("audited_body", b""))}
    act = Act(
        who=visitor.id if visitor else "",
        via=visitor.via if visitor else NOBODY,
        act=f"{found.rule.method} {found.rule.path}",
        on={name: clean(value) for name, value in on.items()},
        outcome=status or _SERVER_ERRORS,
        address=came.address,
    )
    return act, f"{visitor.via} {visitor.id} {found.rule.scope}" if visitor else ""


def _is_kept(state: Mapping[str, Any], came: Heard, visitor: Visitor | None, status: int, *, by_access: bool) -> bool:
    rule = state["found"].rule
    if by_access and status == TOO_FAST:
        return False  # it is told to come back; that is no secret worth a line
    if rule.scope is Right.OPEN:
        return rule.path == "/login" and status in REFUSED_BY_ROUTES
    if by_access:
        # One who shows nothing at all only has the wrong address.
        return visitor is not None or bool(came.authorization or came.cookie or came.origin)
    if rule.audited:
        return bool(status) or "audited_body" in state  # or its client went before it had said what to do
    return visitor is not None and visitor.via != OPEN and status in REFUSED_BY_ROUTES


def _said(scope: Scope, body: bytes) -> dict[str, str]:
    """What query and body say of which things are meant."""
    on: dict[str, str] = {}
    try:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=20)
        on |= {name: value for name, value in pairs if name in SAID}
        fields = msgspec.json.decode(body) if body and len(body) <= LONGEST_BODY else {}
    except (ValueError, RecursionError):
        fields = {}
    if isinstance(fields, dict):
        on |= {name: str(fields[name]) for name in SAID if isinstance(fields.get(name), str | int)}
    return on
