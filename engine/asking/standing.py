"""Where a pending job stands among the lanes of its queue, and what keeps its lane back. See docs/lanes.md."""

import json
from collections.abc import Generator
from typing import Any

import msgspec

from engine.jobs.job import Job
from engine.store import keys
from engine.store.calls import text

NAMED = 10  # jobs named that hold the permits of a limit, at most
LOOKED_AT = 1000  # lanes of one ring, at most

_FIRST_APART = 1_000_000  # lanes apart are numbered from here on
_RINGS = (("high", ":high:"), ("", ":ring:"), ("low", ":low:"))  # in the order in which they are served

Steps = Generator[tuple[Any, ...], Any, Any]


class Full(msgspec.Struct, frozen=True):
    """A concurrency limit without a free permit: whose it is, how many may run, how many do, and some of those."""

    whose: str
    most: int
    running: int
    jobs: list[str]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps a pending job's lane back. Times are epoch seconds by the store's clock.

    Attributes:
        stopped: its type is paused.
        parked_since: since then its lane waits for a worker that knows the type.
        held_until: then a rate lets its lane go on; `rates` says whose rate it may be.
        full: concurrency limits of its lane that have no permit left.
        lanes: lanes of its queue that have their turn before its own.
        own: what its lane is for; "" = its queue's main lane.
    """

    stopped: bool = False
    parked_since: float | None = None
    held_until: float | None = None
    rates: list[str] = []
    full: list[Full] = []
    lanes: int = 0
    own: str = ""


def standing(base: str, job: Job) -> Generator[tuple[Any, ...], Any, Standing]:
    """Ask the store, in a few commands that only read."""
    stopped = bool((yield ("SISMEMBER", f"{base}:stopped", job.type)))
    found = yield ("HGET", f"{base}:job:{job.id}", "l")
    place = keys.place(job.id)
    lane = text(found) if found else str(place.lane if place else 0)
    if int(lane) < _FIRST_APART:
        return Standing(stopped=stopped, lanes=(yield from _before(base, job.queue, "*", "")))
    said = yield ("HGET", f"{base}:said", lane)
    priority, tenant, kind, key, _ = text(said or b"\t\t\t\t").split("\t")
    state = text((yield ("HGET", f"{base}:state:{job.queue}", lane)) or b"")
    parked = yield ("ZSCORE", f"{base}:parked", lane)
    held = yield ("ZSCORE", f"{base}:held", lane)
    rates, full = yield from _limits(base, job.queue, tenant, kind, key)
    return Standing(
        stopped=stopped,
        parked_since=float(parked) / 1000 if parked and state == "parked" else None,
        held_until=float(held) / 1000 if held and state == "held" else None,
        rates=rates,
        full=full,
        lanes=(yield from _before(base, job.queue, lane, priority)) if state == "ring" else 0,
        own=_own(priority, tenant, kind, key),
    )


def _own(priority: str, tenant: str, kind: str, key: str) -> str:
    said = {"tenant": tenant, "type": kind, "limit key": key, "priority": priority}
    return ", ".join(f"{what} {which}" for what, which in said.items() if which)


def _limits(base: str, queue: str, tenant: str, kind: str, key: str) -> Steps:
    """(Whose rates count for a lane, which of its concurrency limits are full); as part permits reads them."""
    rates: list[str] = []
    full: list[Full] = []
    asked = []
    if kind:
        of_type = f"type {kind}" + (f" with key {key}" if key else "")
        asked.append((of_type, ("HGET", f"{base}:traits", kind), f"t:{kind}:{key}"))
    if tenant:
        asked.append((f"tenant {tenant}", ("HGET", f"{base}:tenantry", queue), f"q:{queue}:{tenant}"))
    for whose, question, name in asked:
        rules = json.loads((yield question) or b"{}")
        if "rate" in rules:
            rates.append(whose)
        if "concurrency" in rules:
            running = yield ("ZCARD", f"{base}:permits:{name}")
            if running >= rules["concurrency"]:
                leases = yield ("ZRANGE", f"{base}:permits:{name}", 0, NAMED - 1)
                jobs = [text(lease).partition("/")[0] for lease in leases]
                full.append(Full(whose, rules["concurrency"], running, jobs))
    return rates, full


def _before(base: str, queue: str, lane: str, priority: str) -> Steps:
    """How many lanes that have jobs have their turn before this one; `*` is the main lane."""
    before = 0
    for name, ring in _RINGS:
        lanes = [text(one) for one in (yield ("LRANGE", f"{base}{ring}{queue}", 0, LOOKED_AT - 1))]
        if not name and not lanes:
            lanes = ["*"]  # the main lane needs no ring where it is alone
        mine = name == priority
        if mine and lane in lanes:
            lanes = lanes[: lanes.index(lane)]
        if "*" in lanes and not (yield from _waiting(base, queue)):
            lanes.remove("*")
        before += len(lanes)
        if mine:
            break
    return before


def _waiting(base: str, queue: str) -> Steps:
    """How many are pending in the main lane."""
    main = text((yield ("HGET", f"{base}:lanes", queue)) or b"0")
    stream = yield ("XLEN", f"{base}:lane:{main}")
    head = yield ("LLEN", f"{base}:head:{main}")
    passed = yield ("HGET", f"{base}:marks", f"p{main}")
    return int(stream) + int(head) - int(passed or 0)
