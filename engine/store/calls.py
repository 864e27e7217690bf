"""The verbs, each as a call: which script, with which arguments, and what its reply means. No input or output here:
the sync and the async clients send the same calls.
"""

import os
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from engine.jobs.job import JobError, QueueFigures
from engine.payloads import payload
from engine.store import keys

T = TypeVar("T")

STORY_CHARACTERS = 100  # of an error, in a job's story
Args = list[Any]


class Call(NamedTuple, Generic[T]):
    """One script call; `remembered` = the script keeps the answer under an operation id put in front of the args."""

    script: str
    args: Args
    parse: Callable[[Any], T]
    remembered: bool = False


def text(value: Any) -> str:
    """A reply as text; bytes that are no UTF-8 are shown, not refused."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def counts(rows: Sequence[Any]) -> dict[str, int]:
    """A hash of numbers, as the store lists it: name, number, name, number."""
    return {text(rows[i]): int(rows[i + 1]) for i in range(0, len(rows), 2)}


def summary(error: JobError | None) -> str:
    """An error in one short line, for a job's story."""
    if error is None:
        return ""
    said = f"{error.type}: {error.message}" if error.message else error.type
    line = " ".join(said.encode("utf-8", "replace").decode().split())
    return line if len(line) <= STORY_CHARACTERS else line[: STORY_CHARACTERS - 1] + "…"


def retry(lease: str, error: JobError | None, delay: float, *, charge: bool, options: bytes = b"") -> Call[bool]:
    """Processing -> scheduled, `delay` seconds from now; an error of None leaves what an earlier attempt said.

    options: the job's from now on; empty leaves what they are. False = the lease was lost.
    """
    said = payload.encode(error) if error else b""
    return Call("retry", [lease, max(0, round(delay * 1000)), int(charge), said, summary(error), options], bool)


def bury(lease: str, error: JobError | None, *, charge: bool = True) -> Call[bool]:
    """Processing -> dead; an error of None leaves what an earlier attempt said. False = the lease was lost."""
    why = summary(error) if error else "no retry is left"
    return Call("bury", [lease, payload.encode(error) if error else b"", int(charge), why], bool)


def discard(lease: str, error: JobError, keep: float, *, charge: bool) -> Call[bool]:
    """Processing -> cancelled, the record kept for `keep` seconds; False = the lease was lost."""
    args = [lease, payload.encode(error), int(charge), max(1, round(keep * 1000)), summary(error)]
    return Call("discard", args, bool)


def release(leases: Sequence[str]) -> Call[int]:
    """Processing -> pending, unharmed; how many went back."""
    return Call("release", list(leases), int)


def give_back(incarnation: int, through: int, keep: Sequence[str]) -> Call[int]:
    """What this incarnation's claims up to call `through` granted goes back, but for `keep`; how many went back."""
    return Call("give_back", [f"{incarnation:x}", through, *keep], int)


class Extended(NamedTuple):
    """How many leases were extended, and the ids of jobs, on whatever host, that were asked to stop."""

    leases: int
    cancels: list[str]


def extend(workers: Iterable[tuple[int, bytes, str]], leases: Sequence[str], lease: float) -> Call[Extended]:
    """Workers (incarnation, info, running id) live and their leases go on for `lease` seconds."""
    rows = list(workers)
    args: Args = [round(lease * 1000), len(rows)]
    for incarnation, info, running in rows:
        args += [f"{incarnation:x}", info, running]
    return Call("extend", args + list(leases), lambda reply: Extended(int(reply[0]), [text(i) for i in reply[1]]))


class Ended(NamedTuple):
    """A run that its worker's death ended, by queue and type; outcome: "crashed", "dead", "released", "cancelled"."""

    queue: str
    type: str
    outcome: str


class Settled(NamedTuple):
    """What became of a dead worker's jobs; `ends` of those it had started."""

    released: int
    charged: int
    buried: int
    ends: list[Ended] = []  # noqa: RUF012 - never changed


def settle(
    incarnation: int, cause: str, started: Sequence[str], *, charged: bool, max_crashes: int, stack: str = ""
) -> Call[Settled]:
    """Marks the incarnation dead and gives back all it held; `started` are charged when its death was a crash.

    stack: of its threads, for the jobs that are charged; "" when nobody asked for it.
    """
    args: Args = [f"{incarnation:x}", cause, int(charged), max_crashes, *started]
    if stack:
        args += ["", stack]

    def settled(reply: Any) -> Settled:
        released, charged, buried, ends = reply
        return Settled(int(released), int(charged), int(buried), [Ended(*map(text, end)) for end in ends])

    return Call("settle", args, settled)


class Promoted(NamedTuple):
    """How many jobs were promoted, and seconds until the next is due (None = none is scheduled)."""

    moved: int
    next_due: float | None


def promote(limit: int) -> Call[Promoted]:
    """Scheduled jobs whose time has come -> pending."""
    return Call("promote", [limit], lambda r: Promoted(int(r[0]), r[1] / 1000 if r[1] >= 0 else None))


class Rescued(NamedTuple):
    """A job taken back from a host that fell silent."""

    id: str
    queue: str
    buried: bool


def rescue(limit: int, grace: float, max_crashes: int, by_queue: Mapping[str, int]) -> Call[list[Rescued]]:
    """Jobs with lapsed leases -> pending (or dead, at the crash limit), once their owners were silent for `grace` s."""
    args: Args = [limit, round(grace * 1000), max_crashes]
    for queue, crashes in by_queue.items():
        args += [queue, crashes]
    return Call("rescue", args, lambda r: [Rescued(text(i), text(q), bool(int(b))) for i, q, b in r])


class Pruned(NamedTuple):
    """How many things went, and how many of them were a queue's dead letters over its `dlq_max`."""

    gone: int
    over: dict[str, int]


def prune(limit: int, age: float, dead_after: Mapping[str, float], dead_most: Mapping[str, int]) -> Call[Pruned]:
    """Forget what nobody needs: marks and memories older than `age` s, dead letters that are too old or too many."""
    args: Args = [limit, round(age * 1000)]
    for queue in {**dead_after, **dead_most}:
        oldest = round(dead_after[queue] * 1000) if queue in dead_after else ""
        args += [queue, oldest, dead_most.get(queue, 0)]
    return Call("prune", args, _pruned)


def _pruned(reply: Any) -> Pruned:
    gone, *rows = reply
    return Pruned(int(gone), counts(rows))


def cancel(job: str, keep: float, *, running: bool) -> Call[str]:
    """A job that has not started will not; one that runs is asked to stop when `running`.

    "cancelled", or "asked", "processing", "finished", "unknown".
    """
    return Call("cancel", [job, round(keep * 1000), int(running), f"{socket.gethostname()}:{os.getpid()}"], text)


def watch(ids: Sequence[str], timeout: float) -> Call[list[str]]:
    """Ask to be told of these jobs' ends; those that have ended already."""
    return Call("watch", [max(1, round(timeout * 1000)), *ids], lambda reply: [text(i) for i in reply])


def pause(queue: str, *, paused: bool) -> Call[bool]:
    """Pause a queue or resume it; whether that changed anything."""
    return Call("pause", [keys.name(queue, "queue"), str(int(paused)), "queue"], bool)


def pause_type(type: str, *, paused: bool) -> Call[bool]:
    """Pause a type in all queues or resume it; whether that changed anything."""
    return Call("pause", [keys.name(type, "task"), str(int(paused)), "type"], bool)


def park(lease: str, type: str) -> Call[str]:
    """Processing -> pending in a lane of its type: "parked", "passed on", or "" when the lease was lost."""
    return Call("park", [lease, type], text)


class Depths(NamedTuple):
    """Figures of the queues; `now` and `swept_at` are epoch seconds by the store's clock."""

    now: float
    swept_at: float
    queues: dict[str, QueueFigures]


def figures(queues: Sequence[str]) -> Call[Depths]:
    """How deep these queues are (none = all)."""
    return Call("figures", list(queues), _depths)


def _depths(reply: Any) -> Depths:
    now, swept, *rows = reply
    queues = {
        text(name): QueueFigures(
            pending=int(pending),
            scheduled=int(scheduled),
            processing=int(processing),
            dead=int(dead),
            oldest=max(0, oldest) / 1000,
            paused=bool(paused),
            rescued=int(rescued),
            parked=int(parked),
            lanes=int(lanes),
        )
        for name, pending, scheduled, processing, dead, oldest, paused, rescued, parked, lanes in rows
    }
    return Depths(now / 1000, swept / 1000, queues)
