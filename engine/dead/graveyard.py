"""Walking through the dead letters: bounded questions (engine/store/question.py), oldest first, by a position that
stays right while others retry and delete.
"""

from typing import NamedTuple

from engine.asking.listing import LOOKS
from engine.asking.peek import peek
from engine.asking.questions import PEEK
from engine.dead.deaths import Death, deaths, drop, requeue
from engine.dead.fingerprint import fingerprint, sense
from engine.jobs.job import DeadGroup, DeadGroups, Page
from engine.store import keys
from engine.store.calls import text
from engine.store.question import Question

MOST = 10_000  # dead letters a queue that are looked at for groups: the newest


class Wanted(NamedTuple):
    """Which dead letters are meant; None = any."""

    queue: str | None = None
    type: str | None = None
    fingerprint: str | None = None

    def has(self, queue: str, death: Death) -> bool:
        """Whether this one is meant."""
        return (
            self.queue in (None, queue)
            and self.type in (None, death.type)
            and self.fingerprint in (None, fingerprint(queue, death.type, death.error))
        )


class Position(NamedTuple):
    """Behind the dead letter `id` of `queue`, that died at `ms`. The empty one is before all."""

    queue: str = ""
    ms: int = 0
    id: str = ""

    def __str__(self) -> str:
        return f"{self.queue}/{self.ms}/{self.id}"

    @classmethod
    def read(cls, cursor: str | None) -> "Position":
        """The position that a cursor says.

        Raises:
            ValueError: it is none of ours.
        """
        if not cursor:
            return cls()
        queue, _, rest = cursor.partition("/")
        ms, _, job = rest.partition("/")
        if not (ms.isascii() and ms.isdigit() and len(ms) <= 15 and (job == "" or keys.place(job))):  # noqa: PLR2004 - an id's own limit
            raise ValueError(f"{cursor!r} is no cursor of ours: take it from the page before")
        return cls(keys.name(queue, "queue"), int(ms), job)


class Window(NamedTuple):
    """Some of one queue's dead letters that are meant, and the position behind all that were looked at (None = end)."""

    found: list[tuple[Death, Position]]
    after: Position | None


def window(base: str, wanted: Wanted, position: Position, until: float | None = None) -> Question[Window]:
    """The next PEEK dead letters behind a position, those among them that are meant; of `until` ms or before."""
    names = yield ("HKEYS", f"{base}:lanes")
    queues = sorted(q for q in map(text, names) if wanted.queue in (None, q) and q >= position.queue)
    if not queues:
        return Window([], None)
    queue = queues[0]
    if queue != position.queue:
        position = Position(queue)
    following = Position(queues[1]) if len(queues) > 1 else None
    rows = yield from after(base, position)
    if not rows:
        return Window([], following)
    fresh = [
        row for row in rows if (row.ms, row.id) > (position.ms, position.id) and (until is None or row.ms <= until)
    ]
    ended = len(rows) < PEEK or (until is not None and rows[-1].ms > until)
    found = [
        (death, where)
        for death, where in zip((yield deaths([row.id for row in fresh])) if fresh else [], fresh, strict=True)
        if wanted.has(queue, death)
    ]
    return Window(found, following if ended else rows[-1])


def after(base: str, position: Position) -> Question[list[Position]]:
    """PEEK members of the queue's set behind the position, even when the one it names is gone."""
    key = f"{base}:dead:{position.queue}"
    rank = None
    score = (yield ("ZSCORE", key, position.id)) if position.id else None
    if score is not None and int(float(score)) == position.ms:  # else it is gone, or came back and died anew
        rank = yield ("ZRANK", key, position.id)
    start = rank + 1 if rank is not None else (yield ("ZCOUNT", key, "-inf", f"({position.ms}"))
    rows = yield ("ZRANGE", key, start, start + PEEK - 1, "WITHSCORES")
    return [Position(position.queue, int(float(rows[i + 1])), text(rows[i])) for i in range(0, len(rows), 2)]


def listing(base: str, wanted: Wanted, limit: int, cursor: str | None) -> Question[Page]:
    """Some dead letters, oldest first, queue by queue; go on with the page's cursor.

    Raises:
        ValueError: the cursor is none.
    """
    position: Position | None = Position.read(cursor)
    chosen: list[tuple[Death, Position]] = []
    for _ in range(LOOKS):
        if position is None or len(chosen) >= limit:
            break
        seen = yield from window(base, wanted, position)
        chosen += seen.found
        position = seen.after
    if len(chosen) > limit:
        chosen = chosen[:limit]
        position = chosen[-1][1]
    found = []
    for start in range(0, len(chosen), PEEK):
        jobs = yield peek([death.id for death, _ in chosen[start : start + PEEK]])
        found += [job for job in jobs if job is not None and job.state == "dead"]
    return Page(found, str(position) if position else None)


def groups(base: str, queue: str | None) -> Question[DeadGroups]:
    """Dead letters by what they died of, the largest group first; at most MOST of each queue are looked at."""
    names = [queue] if queue else sorted(map(text, (yield ("HKEYS", f"{base}:lanes"))))
    made: dict[str, DeadGroup] = {}
    looked_at, cut = 0, []
    for name in names:
        key = f"{base}:dead:{name}"
        if (yield ("ZCARD", key)) > MOST:
            cut.append(name)
        ids = [text(row) for row in (yield ("ZRANGE", key, -MOST, -1))]
        for start in range(0, len(ids), PEEK):
            for death in (yield deaths(ids[start : start + PEEK])):
                if death.type:  # else it was taken away meanwhile
                    looked_at += 1
                    _count(made, name, death)
    return DeadGroups(sorted(made.values(), key=lambda g: (-g.count, -g.last_seen, g.fingerprint)), looked_at, cut)


def _count(made: dict[str, DeadGroup], queue: str, death: Death) -> None:
    mark = fingerprint(queue, death.type, death.error)
    known = made.get(mark)
    error, message = sense(death.error)
    newest = known is None or death.at >= known.last_seen
    made[mark] = DeadGroup(
        fingerprint=mark,
        queue=queue,
        type=death.type,
        error=error,
        message=message,
        count=(known.count if known else 0) + 1,
        first_seen=min(known.first_seen, death.at) if known else death.at,
        last_seen=max(known.last_seen, death.at) if known else death.at,
        example=death.id if newest or known is None else known.example,
    )


class Round(NamedTuple):
    """One round through some of the dead letters: how many were moved, where the next begins (None = none)."""

    moved: int
    after: Position | None


def clock() -> Question[float]:
    """The store's clock in ms: what dies after the beginning of a walk is not of that walk, else it might never end."""
    seconds, micros = yield ("TIME",)
    return int(seconds) * 1000 + int(micros) // 1000


def move(base: str, wanted: Wanted, position: Position, until: float, *, retry: bool, most: int) -> Question[Round]:
    """Retry (or delete) at most `most` of the next dead letters that are meant."""
    seen = yield from window(base, wanted, position, until)
    chosen = seen.found[:most]
    if not chosen:
        return Round(0, seen.after)
    ids = [death.id for death, _ in chosen]
    moved = sum((yield requeue(ids) if retry else drop(ids)))
    return Round(moved, seen.after if len(chosen) == len(seen.found) else chosen[-1][1])
