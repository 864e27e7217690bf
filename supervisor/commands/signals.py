"""`signal NAME SIG`: send a signal to every process of a pool or program, or to one of them."""

import signal
import time
from collections.abc import Mapping
from typing import Any

from scoreboard import Intent
from supervisor.arbiter import Arbiter
from supervisor.commands.errors import CommandError
from supervisor.commands.targets import named, refuse_when_leaving, wards
from supervisor.herd import Herd
from supervisor.pools.pool import Pool
from supervisor.pools.seat import Seat

_DRAINS = frozenset({signal.SIGTERM, signal.SIGINT})


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Send it through the pidfds; answer who has got it.

    What ends a worker is written down before it is sent: an operator's kill is no crash, neither of the worker nor of
    the job it ran, and TERM is a drain with its deadline. A successor comes.

    Raises:
        CommandError: there is nobody of that name, or no such signal.
    """
    refuse_when_leaving(arbiter.leaving)
    name, number = named(args), wanted(str(args.get("signal", "")))
    if name is None:
        raise CommandError("signal needs the name of a pool or program")
    seat = _seat(arbiter.herd, name)
    now = time.monotonic()
    if seat is not None:
        heard = [seat[1].name] if _send(*seat, number, now) else []
    else:
        pools, services = wards(arbiter.herd, name)
        heard = [one.name for pool in pools for one in tuple(pool.seats) if _send(pool, one, number, now)]
        heard += [service.name for service in services if service.signal(number)]
    arbiter.wake()
    return {"signal": number.name, "heard": heard}


def wanted(text: str) -> signal.Signals:
    """Answer the signal that `HUP`, `SIGHUP` or `1` means. Pure.

    Raises:
        CommandError: there is none.
    """
    name = text.strip().upper()
    try:
        if name.isdecimal():
            return signal.Signals(int(name))
        return signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]
    except (KeyError, ValueError):
        raise CommandError(f"there is no signal {text!r}: write a name like HUP or SIGUSR1, or a number") from None


def _seat(herd: Herd, name: str) -> tuple[Pool, Seat] | None:
    return next(((pool, seat) for pool in herd.pools for seat in pool.seats if seat.name == name), None)


def _send(pool: Pool, seat: Seat, number: signal.Signals, now: float) -> bool:
    if seat.pid is None:
        return False
    if number == signal.SIGKILL:
        seat.kill(now, Intent.KILL_NOW)
        return True
    if number in _DRAINS:
        seat.drain(now, pool.config.drain_timeout, Intent.RECYCLE)
        return True
    return seat.signal(number)
