"""Enqueueing that returns only when the jobs are on disk, and on so many replicas.

look at the settings ───> enqueue ───> mark, WAITAOF, WAIT on the connection that wrote ───> ids
   │ no promise can be kept                            │ not within the time
   └──> NotDurable, nothing was enqueued               └──> NotDurable, with the ids: enqueued all the same
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine import durations
from engine.errors import EngineError, NotDurable, StoreDown
from engine.jobs.new_job import Durable
from engine.store.calls import text
from engine.store.question import Question, Together
from engine.store.storeinfo import info_fields, product

T = TypeVar("T")

WAITAOF_SINCE = (7, 2)
SOUND_SINCE = (8, 0)  # Redis; see `refusal`
_SLICE = 0.5  # seconds in one WAIT: well below any reply's time limit
_SETTINGS = ("appendonly", "appendfsync", "no-appendfsync-on-rewrite")


def durably(base: str, work: Question[T], wanted: "bool | Durable", ids_of: Callable[[T], list[str]]) -> Question[T]:
    """What `work` enqueues, and its answer once that is on disk (and replicas).

    Raises:
        NotDurable: it cannot be promised (nothing was enqueued), or was not confirmed in time. StoreDown, StoreFull,
            QueueFull: as without.
        ValueError: `wanted` makes no sense.
    """
    if not isinstance(wanted, bool | Durable):
        raise ValueError(f"durable is True, False or Durable(replicas=…, timeout=…), not {wanted!r}")  # noqa: TRY004 - as all options
    asked = wanted if isinstance(wanted, Durable) else Durable()
    timeout = durations.seconds(asked.timeout)
    facts, settings = yield from _settings()
    why = refusal(facts, settings, asked.replicas)
    if why:
        raise NotDurable(f"nothing was enqueued: {why}", [])
    answer = yield from work
    yield from _confirm(base, ids_of(answer), asked.replicas, timeout, has_waitaof=version(facts) >= WAITAOF_SINCE)
    return answer


def _settings() -> Question[tuple[dict[str, str], dict[str, str] | None]]:
    """INFO's fields, and CONFIG's (None where that is refused)."""
    ask = Together([("INFO", "server", "persistence", "replication"), ("CONFIG", "GET", *_SETTINGS)])
    try:
        info, config = yield ask
    except StoreDown:  # a connection that went stale
        info, config = yield ask
    if isinstance(info, EngineError):
        raise info
    return info_fields(info), None if isinstance(config, EngineError) else pairs(config)


def _confirm(base: str, ids: list[str], replicas: int, timeout: float, *, has_waitaof: bool) -> Question[None]:
    """Returns when all that the server was told before is on disk and on the replicas.

    Not what this connection wrote is asked for: a call that was repeated on a new connection wrote nothing there, and
    WAIT would be content at once. Hence a write of our own first; what is behind it is behind the jobs.
    """
    deadline = time.monotonic() + timeout
    try:
        yield from _told(("HINCRBY", f"{base}:meta", "durable", 1))
        on_disk = not has_waitaof or (yield from _reached(1, ("WAITAOF", 1, 0), deadline))
        copies = yield from _reached(replicas, ("WAIT", replicas), deadline)
    except EngineError as error:
        raise NotDurable(f"{_enqueued(ids)}, but whether durably cannot be told: {error}", ids) from error
    if not on_disk:
        raise NotDurable(f"{_enqueued(ids)}, but not known to be on disk after {timeout:g} s", ids)
    if copies < replicas:
        raise NotDurable(f"{_enqueued(ids)}, but on {copies} of {replicas} replicas after {timeout:g} s", ids)


def _reached(wanted: int, words: tuple[Any, ...], deadline: float) -> Question[int]:
    """How many the server counts, asked again until they are enough or the time is up."""
    count = 0
    while count < wanted:
        left = deadline - time.monotonic()
        reply = yield from _told((*words, max(1, round(min(_SLICE, left) * 1000))))  # 0 would wait for ever
        count = int(reply[0] if isinstance(reply, list) else reply)
        if left <= 0:
            break
    return count


def _told(words: tuple[Any, ...]) -> Question[Any]:
    """The reply on the connection that is held; raises what the server refuses with."""
    [reply] = yield Together([words], held=True)
    if isinstance(reply, EngineError):
        raise reply
    return reply


def _enqueued(ids: list[str]) -> str:
    return f"job {ids[0]} is enqueued" if len(ids) == 1 else f"{len(ids)} jobs are enqueued (the last: {ids[-1]})"


def refusal(facts: Mapping[str, str], settings: Mapping[str, str] | None, replicas: int) -> str | None:
    """Why such a server cannot keep the promise; None when it can. Pure.

    Under `always` a server answers nothing before it has synced the file, so every reply is a proof. Under `everysec`
    WAITAOF has to be believed, and Valkey (8.1 to 9.1) and Redis 7.4 answer it before any sync
    (redis/redis#13793): only Redis 8 is.

    Args:
        facts: INFO's fields.
        settings: CONFIG GET's, None where it was refused (managed services do).
    """
    if facts.get("aof_enabled") != "1":
        return "the server keeps no append-only file; set `appendonly yes` and `appendfsync always`"
    if replicas > int(facts.get("connected_slaves", 0)):
        return f"the server has {facts.get('connected_slaves', 0)} replicas, {replicas} are asked for"
    return _distrust(facts, settings or {})


def _distrust(facts: Mapping[str, str], settings: Mapping[str, str]) -> str | None:
    """Why such a server's word on what is on disk cannot be taken; None when it can."""
    fsync, number = settings.get("appendfsync"), version(facts)
    name = f"{product(facts)} {'.'.join(map(str, number))}"
    if fsync == "always":
        if number >= WAITAOF_SINCE or settings.get("no-appendfsync-on-rewrite") == "no":
            return None
        return "the server does not sync while it rewrites its file; set `no-appendfsync-on-rewrite no`"
    if fsync == "no":
        return "the server leaves it to the kernel when to write (`appendfsync no`); set `appendfsync always`"
    if product(facts) == "redis" and number >= SOUND_SINCE:
        return None
    if fsync is None:
        return f"{name} does not say when it writes to disk (CONFIG is refused), and its WAITAOF cannot be relied on"
    return f"with `appendfsync {fsync}` {name} cannot tell what is on disk; set `appendfsync always`"


def version(facts: Mapping[str, str]) -> tuple[int, ...]:
    """The server's version by its own numbering. Pure."""
    said = facts.get("valkey_version") or facts.get("redis_version") or "0"
    return tuple(int(part) for part in said.split(".") if part.isdigit())


def pairs(reply: Any) -> dict[str, str]:
    """A flat reply of names and values. Pure."""
    return {text(reply[i]): text(reply[i + 1]) for i in range(0, len(reply), 2)}
