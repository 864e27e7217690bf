"""When the end of one is the end of all: an essential program that is gone for good, or a pool that cannot start."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.processes.children import Exit
from supervisor.services.states import State

if TYPE_CHECKING:
    from supervisor.herd import Herd
    from supervisor.pools.pool import Pool
    from supervisor.services.service import Service

NOT_FOUND = 127
NOT_EXECUTABLE = 126
_FAILED = 1
_SIGNALLED = 128
# A pool whose generations fail so often in a row, with no worker left, has no work to offer.
_HOPELESS_BOOTS = 3


@dataclass(frozen=True, slots=True)
class End:
    """Why the supervisor is to end, and with which exit status."""

    why: str
    status: int


def exit_status(end: Exit | None, *, failed: bool) -> int:
    """Answer the exit status that tells of an end: its code, 128 + its signal, 1 when nobody knows. Pure.

    Args:
        end: how the process ended.
        failed: we ended it because of a probe: a clean exit is then no success.
    """
    if end is None or (end.code is None and end.signal is None):
        return _FAILED
    status = end.code if end.code is not None else _SIGNALLED + (end.signal or 0)
    return status or (_FAILED if failed else 0)


def essential_end(herd: "Herd") -> End | None:
    """Answer the first essential one that is gone for good; None while all are there, or may come back."""
    for name, services in herd.programs.items():
        if any(service.essential for service in services):
            found = _program_end(name, services)
            if found is not None:
                return found
    return next((end for pool in herd.pools if pool.config.essential and (end := _pool_end(pool))), None)


def _program_end(name: str, services: Sequence["Service"]) -> End | None:
    """A program has ended when all of its instances have; the first bad end of them is its end."""
    if not all(service.state in (State.EXITED, State.FATAL) for service in services):
        return None
    for service in services:
        if service.state is State.FATAL and service.error_number:
            status = NOT_FOUND if service.error_number == errno.ENOENT else NOT_EXECUTABLE
            return End(f"{service.name} is essential and {service.error}", status)
    ends = [(exit_status(one.last_exit, failed=bool(one.failure)), one) for one in services]
    status, worst = next(((status, one) for status, one in ends if status), ends[0])
    return End(f"{worst.name if status else name} is essential and has ended, {worst.last_exit}", status)


def _pool_end(pool: "Pool") -> End | None:
    if pool.generations.failures < _HOPELESS_BOOTS or pool.seats.live or pool.stopped:
        return None
    return End(f"the pool {pool.name} is essential and cannot start its workers", _FAILED)
