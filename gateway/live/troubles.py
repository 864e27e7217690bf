"""What needs a person, from figures. Pure; docs/live.md shows where it is told, `href` is a page of the dashboard."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from engine import WorkerInfo
from engine.doctor.findings import NOTE, RISK, Finding
from engine.jobs.job import QueueFigures, StoreFigures

BAD, WARN = "bad", "warn"

JANITOR_SILENT = 30.0
"""Seconds without a sweep after which promotions and rescues have stopped."""

MUCH_LATER = 10.0
"""So many times its target a queue is not late but in trouble."""

NEARLY_FULL, FULL = 0.8, 0.92
"""Share of the store's memory limit."""

RESTLESS = 3
"""Restarts of one worker within ten minutes that are no chance."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known. Times are epoch seconds by the store's clock.

    Attributes:
        targets: seconds in which a queue's jobs are to start; alerts: dead jobs of a queue that are too many.
        dead_before: dead jobs by queue, ten minutes ago or when the gateway began to look.
        pools: of this host's supervisor, as `status --json` has them; None = there is no supervisor to ask.
        restarts_before: restarts by worker name, ten minutes ago or when the gateway began to look.
        swept_at: when a janitor last did; 0 = never.
        findings: what the store's doctor says.
    """

    now: float
    queues: Mapping[str, QueueFigures]
    targets: Callable[[str], float] = lambda _: 0.0
    alerts: Callable[[str], int] = lambda _: 0
    dead_before: Mapping[str, int] = {}
    workers: Sequence[WorkerInfo] = ()
    pools: Sequence[Mapping[str, Any]] | None = None
    restarts_before: Mapping[str, int] = {}
    swept_at: float = 0.0
    store: StoreFigures | None = None
    findings: Sequence[Finding] = ()


Trouble = dict[str, str]
Found = Iterator[Trouble]


def troubles(facts: Facts) -> list[Trouble]:
    """All there is to say, the worst first."""
    found = [one for check in CHECKS for one in check(facts)]
    return sorted(found, key=lambda one: (BAD, WARN).index(one["level"]))


def _said(level: str, text: str, href: str) -> Trouble:
    return {"level": level, "text": text, "href": href}


def _page(screen: str, name: str) -> str:
    return f"/ui/{screen}/{quote(name, safe='')}"


def _late(facts: Facts) -> Found:
    for name, queue in facts.queues.items():
        target = facts.targets(name)
        if target and queue.oldest > target and queue.pending and not queue.paused:
            level = BAD if queue.oldest > MUCH_LATER * target else WARN
            text = f"queue {name}: the oldest job waits for {span(queue.oldest)}, the target is {span(target)}"
            yield _said(level, text, _page("queues", name))


def _unserved(facts: Facts) -> Found:
    for name, queue in facts.queues.items():
        served = any(not one.queues or name in one.queues for one in facts.workers)
        if queue.pending and not queue.paused and not served:
            yield _said(BAD, f"queue {name}: {queue.pending} jobs wait, and no worker serves it", _page("queues", name))


def _parked(facts: Facts) -> Found:
    for name, queue in facts.queues.items():
        if queue.parked and any(not one.queues or name in one.queues for one in facts.workers):
            text = f"queue {name}: {queue.parked} jobs wait for a type that is paused or that no worker knows"
            yield _said(WARN, text, _page("queues", name))


def _dead(facts: Facts) -> Found:
    for name, queue in facts.queues.items():
        alert, more = facts.alerts(name), queue.dead - facts.dead_before.get(name, queue.dead)
        href = f"/ui/dead?queue={quote(name, safe='')}"
        if alert and queue.dead >= alert:
            grown = f", {more} of them in the last 10 minutes" if more > 0 else ""
            yield _said(BAD if more > 0 else WARN, f"queue {name}: {queue.dead} dead jobs{grown}", href)
        elif more > 0:
            yield _said(WARN, f"queue {name}: {more} jobs died in the last 10 minutes", href)


def _pools(facts: Facts) -> Found:
    for pool in facts.pools or ():
        name, href = str(pool.get("name")), f"/ui/workers?pool={quote(str(pool.get('name')), safe='')}"
        if pool.get("stopped"):
            continue
        if pool.get("desired") and not pool.get("running"):
            why = pool.get("error") or pool.get("waiting_for") or "none of its workers runs"
            yield _said(BAD, f"pool {name}: 0 of {pool['desired']} workers: {_line(why)}", href)
        elif pool.get("error"):
            yield _said(WARN, f"pool {name}: {_line(pool['error'])}", href)


def _crashes(facts: Facts) -> Found:
    for pool in facts.pools or ():
        for worker in pool.get("workers", ()):
            name = str(worker.get("name"))
            more = int(worker.get("restarts") or 0) - facts.restarts_before.get(name, int(worker.get("restarts") or 0))
            if worker.get("state") == "FATAL":
                yield _said(BAD, f"worker {name} cannot be started{_because(worker)}", _worker(pool))
            elif more >= RESTLESS:
                yield _said(
                    BAD, f"worker {name} was restarted {more} times in 10 minutes{_because(worker)}", _worker(pool)
                )


def _worker(pool: Mapping[str, Any]) -> str:
    return f"/ui/workers?pool={quote(str(pool.get('name')), safe='')}"


def _because(worker: Mapping[str, Any]) -> str:
    cause = (worker.get("last_end") or {}).get("cause")
    return f": {cause}" if cause else ""


def _workers(facts: Facts) -> Found:
    if not facts.workers and any(queue.pending for queue in facts.queues.values()):
        yield _said(BAD, "no worker lives, and jobs wait", "/ui/workers")


def _janitor(facts: Facts) -> Found:
    silent = facts.now - facts.swept_at
    if facts.swept_at and silent > JANITOR_SILENT:
        text = f"no janitor has swept for {span(silent)}: scheduled jobs and those of lost hosts wait"
        yield _said(BAD, text, "/ui/workers")
    elif not facts.swept_at and any(queue.scheduled for queue in facts.queues.values()):
        yield _said(WARN, "no janitor has ever swept: scheduled jobs wait", "/ui/workers")


def _store(facts: Facts) -> Found:
    if facts.store is not None and facts.store.memory_limit:
        used = facts.store.memory / facts.store.memory_limit
        if used > NEARLY_FULL:
            text = f"the store's memory is {used:.0%} full: at the limit new jobs are refused"
            yield _said(BAD if used > FULL else WARN, text, "/ui")
    for one in facts.findings:
        if one.level != NOTE and one.name != "memory":
            yield _said(BAD if one.level == RISK else WARN, f"the store: {one.what}: {one.why}", "/ui")


CHECKS: tuple[Callable[[Facts], Found], ...] = (
    _workers,
    _pools,
    _late,
    _unserved,
    _dead,
    _crashes,
    _janitor,
    _store,
    _parked,
)


def span(seconds: float) -> str:
    """A duration as people say it: 12 s, 3 min, 2 h, 4 d."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.3g} s"


def _line(text: object, longest: int = 160) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
